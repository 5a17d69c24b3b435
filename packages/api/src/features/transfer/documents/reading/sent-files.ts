// What a body turns out to be, before any of it is read as something: rows, which are imported while they arrive, or files of
// prompts, which are read whole.
import { othersTurn } from '@promptory/db';
import { type ImportPromptsInput, ImportRow, type PromptFileFormat } from '@promptory/schemas';
import { detectFormat, mayBeJson } from '@promptory/template';
import { jsonExcess } from '@promptory/trpc-fastify/procedure';
import type { SignedInContext } from '../../../../context.ts';
import { AppError } from '../../../../errors.ts';
import { isTableText } from '../../formats/format-given.ts';
import { jsonItems } from '../../formats/json-items.ts';
import { encodingOf } from '../../formats/source/encoding.ts';
import { sourceText } from '../../formats/source/source-text.ts';
import type { newSourceFile } from '../../import/source-rows.ts';

/** Characters of the beginning that shows what a file is. */
const HEAD = 262_144;
/** Files of one import. */
const MAX_FILES = 1_000;

type Body = ImportPromptsInput['source']['body'];
type RowSource = ImportPromptsInput['source'];

/** A file of prompts, as it was sent. */
export interface SentFile {
  readonly name: string | null;
  readonly text: string;
  /** Null where nothing shows which. */
  readonly format: PromptFileFormat | null;
}

export type SentSource = { readonly rows: RowSource } | { readonly files: readonly SentFile[] };

/**
 * Tells rows from files, and reads the files, which are kept whole. Of rows nothing is lost by looking at their beginning.
 * @throws AppError import.unreadable
 */
export async function sentSource(
  ctx: Pick<SignedInContext, 'keepsBody'>,
  { source: { type, body }, name, format }: ImportPromptsInput,
  file: ReturnType<typeof newSourceFile>,
): Promise<SentSource> {
  if (format === undefined && isCsv(type)) return { rows: { type, body } };
  const { head, whole } = await peeked(body);
  const found = format ?? (await formatOf(head, name, type));
  if (found === 'csv' || found === 'json') {
    return { rows: { type: found === 'csv' ? 'text/csv' : 'application/json', body: whole } };
  }
  ctx.keepsBody();
  const text = sourceText(whole, file);
  const files =
    found === 'files' ? await filesIn(text) : [{ name: name ?? null, text: await wholeOf(text), format: found }];
  const formats = new Set(files.map((each) => each.format));
  file.format = found === 'files' ? ([...formats].length === 1 ? ([...formats][0] ?? 'files') : 'files') : found;
  return { files };
}

async function wholeOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const isCsv = (type: string): boolean => type === 'text/csv' || type === 'text/vnd.promptory.spreadsheet-csv';

async function formatOf(
  head: string,
  name: string | undefined,
  type: string,
): Promise<PromptFileFormat | 'files' | 'csv' | 'json'> {
  const start = head.trimStart();
  if (mayBeJson(start)) {
    const first = await firstItem(head);
    if (isFile(first)) return 'files';
    return (first === undefined ? formatOfStart(start) : detectFormat(JSON.stringify(first))) ?? 'json';
  }
  if (type.endsWith('json') || type.endsWith('jsonl')) return 'json';
  const found = detectFormat(head, name);
  if (found !== null) return found;
  if (await isTableText(start)) return 'csv';
  throw new AppError('import.unreadable', {
    message:
      'What this file is cannot be told by its text: say its name (`name=greet.prompt`) or its format (`format=dotprompt`).',
  });
}

/** Of JSON that is longer than what was looked at, or holds more than is parsed. */
function formatOfStart(start: string): PromptFileFormat | null {
  if (/^\{\s*"format"\s*:\s*"promptory-bundle"/.test(start)) return 'bundle';
  return /^\{\s*"(?:lc|manifest)"\s*:/.test(start) ? 'langsmith' : null;
}

/** The first item of JSON, or the text as a whole where it is one; undefined where the head holds none. */
async function firstItem(head: string): Promise<unknown> {
  for (const text of [head, await firstText(head)]) {
    if (jsonExcess(text) !== null) continue;
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) ? value[0] : value;
    } catch {
      // It goes on behind the head, or there are more of them.
    }
  }
  return undefined;
}

async function firstText(head: string): Promise<string> {
  try {
    for await (const { text } of jsonItems(only(head))) return text;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return '';
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}

interface FileItem {
  readonly type: 'file';
  readonly name: string;
  readonly content: string;
}

const isFile = (item: unknown): item is FileItem =>
  typeof item === 'object' &&
  item !== null &&
  'type' in item &&
  item.type === 'file' &&
  'name' in item &&
  typeof item.name === 'string' &&
  'content' in item &&
  typeof item.content === 'string';

/** Others have their turn between its pieces, and between the files. */
async function filesIn(text: AsyncIterable<string>): Promise<SentFile[]> {
  const files: SentFile[] = [];
  for await (const item of jsonItems(text)) {
    const value = parsedItem(item.text);
    // What an export has to say of its files.
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'warning') continue;
    if (!isFile(value)) throw unreadable(`File ${files.length + 1} is not { type, name, content }.`);
    if (files.length === MAX_FILES) throw unreadable(`An import has at most ${MAX_FILES} files.`);
    const { data: name } = ImportRow.shape.file.safeParse(value.name);
    if (typeof name !== 'string')
      throw unreadable(`The name of file ${files.length + 1} is no line of 1 to 200 characters.`);
    files.push({ name, text: value.content, format: formatIn(value.content, name) });
    if (item.text.length > HEAD) await othersTurn();
  }
  return files;
}

/** What holds more than is parsed shows by its start what it is. */
function formatIn(content: string, name: string): PromptFileFormat | null {
  const start = content.trimStart();
  return mayBeJson(start) && jsonExcess(start) !== null ? formatOfStart(start) : detectFormat(content, name);
}

/** Undefined of what is no JSON, or more than a file is. */
function parsedItem(text: string): unknown {
  try {
    return jsonExcess(text) === null ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/** The beginning of a body as text, and the body with it. */
async function peeked(body: Body): Promise<{ head: string; whole: Body }> {
  if (typeof body === 'string') return { head: body.slice(0, HEAD), whole: body };
  const source = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let [length, step] = [0, await source.next()];
  while (step.done !== true) {
    // Kept: whoever sends may fill the same memory again.
    chunks.push(Uint8Array.from(step.value));
    length += step.value.byteLength;
    if (length >= HEAD) break;
    step = await source.next();
  }
  const bytes = Buffer.concat(chunks);
  const head = new TextDecoder(encodingOf(bytes)).decode(bytes);
  return { head, whole: replayed(bytes, source) };
}

async function* replayed(bytes: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield bytes;
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}
