import {
  type BundlePrompt,
  cutTo,
  type ExportedItem,
  type ExportFilesInput,
  ExportWarning,
  MAX_BUNDLE_PROMPTS,
  MAX_IMPORT_BYTES,
  type PortablePrompt,
} from '@promptory/schemas';
import { type DocumentPrompt, filesOf, type JsonValue, type Written, type WrittenFormat } from '@promptory/template';
import type { SignedInContext } from '../../../context.ts';
import { signedText } from '../../../domain/bundles/bundle-signature.ts';
import { AppError } from '../../../errors.ts';
import { runTask } from '../../../tasks.ts';
import { eachPrompt, listPortable } from '../export-prompts.ts';
import { eachVersion, listGroups, listHeads, listMoves } from './exported-prompts.queries.ts';

/** Items of one file that other systems import at once, and characters of them. */
const ITEMS_A_FILE = 500;
const CHARACTERS_A_FILE = 2_000_000;
/** Characters of a prompt that is written and read within some milliseconds. */
const SMALL = 4_000;

type Formatted<Format> = Omit<ExportFilesInput, 'format'> & { readonly format: Format };

/**
 * Prompts as files of a format, and what of them it cannot carry. A bundle is one file with all that the prompts have, signed.
 * @throws AppError group.not_found, limit.exceeded for searches; answer.too_large for a bundle that no import would take
 */
export async function* exportFiles(ctx: SignedInContext, input: ExportFilesInput): AsyncGenerator<ExportedItem> {
  const { format } = input;
  if (format === 'bundle') yield await bundleFile(ctx, { ...input, format });
  else if (filesOf(format).isOneFile) yield* listFiles(ctx, { ...input, format });
  else yield* promptFiles(ctx, { ...input, format });
}

/** A file for each prompt, as it is now. */
async function* promptFiles(
  ctx: SignedInContext,
  { format, ...filters }: Formatted<WrittenFormat>,
): AsyncGenerator<ExportedItem> {
  for await (const prompt of eachPrompt(ctx, filters, (ids) => listPortable(ctx, ids))) {
    const name = `${prompt.slug}${filesOf(format).ending}`;
    const { text, losses } = await written(ctx, format, documentOf(prompt));
    if (text !== null) yield { type: 'file', name, content: text, prompts: 1 };
    yield* warningsOf(prompt.slug, [...losses, ...lostFields(prompt)]);
  }
}

/** Files of many items: each version is one, with its labels. */
async function* listFiles(
  ctx: SignedInContext,
  { format, ...filters }: Formatted<WrittenFormat>,
): AsyncGenerator<ExportedItem> {
  let [items, characters, files, prompts]: [string[], number, number, Set<string>] = [[], 0, 0, new Set()];
  const file = (): ExportedItem => {
    files += 1;
    const name = `${format}${files === 1 ? '' : `-${files}`}${filesOf(format).ending}`;
    const content = `[\n${items.join(',\n')}\n]\n`;
    const written = { type: 'file' as const, name, content, prompts: prompts.size };
    [items, characters, prompts] = [[], 0, new Set()];
    return written;
  };
  for await (const head of eachPrompt(ctx, filters, (ids) => listHeads(ctx, ids))) {
    const said = new Map<string | null, string>();
    for await (const version of eachVersion(ctx, head)) {
      const { text, losses } = await written(ctx, format, documentOf({ ...head, ...version }, version, head));
      for (const { within, message } of [...losses, ...lostFields({ ...head, ...version })]) {
        said.set(within, text === null ? `Version ${version.version} is left out. ${message}` : message);
      }
      if (text === null) continue;
      if (items.length === ITEMS_A_FILE || (items.length > 0 && characters + text.length > CHARACTERS_A_FILE))
        yield file();
      items.push(text);
      characters += text.length;
      prompts.add(head.id);
    }
    yield* warningsOf(
      head.slug,
      Array.from(said, ([within, message]) => ({ within, message })),
    );
  }
  if (items.length > 0 || files === 0) yield file();
}

/** Long ones are written by a worker, which reads them again as well. @throws AppError server.busy */
async function written({ workers }: SignedInContext, format: WrittenFormat, prompt: DocumentPrompt): Promise<Written> {
  const text = JSON.stringify(prompt);
  const answer =
    text.length <= SMALL ? runTask('writePrompt', [format, text]) : await workers.run('writePrompt', format, text);
  return JSON.parse(answer) as Written;
}

function* warningsOf(
  ref: string,
  losses: Iterable<{ readonly within: string | null; readonly message: string }>,
): Generator<ExportedItem> {
  for (const { within, message } of losses) {
    yield { type: 'warning', ref, within, message: cutTo(ExportWarning.shape.message, message) };
  }
}

/** What belongs to a prompt here and to none of the documents of others. */
function lostFields({ category, isTemplate }: Pick<PortablePrompt, 'category' | 'isTemplate'>) {
  const message = 'It has no place in this format.';
  return [
    ...(category === null ? [] : [{ within: 'category', message }]),
    ...(isTemplate ? [{ within: 'isTemplate', message }] : []),
  ];
}

type Versioned = Pick<
  PortablePrompt,
  'slug' | 'title' | 'content' | 'messages' | 'description' | 'tags' | 'config' | 'inputSchema' | 'outputSchema'
>;

/** A title that the name says already is none of its own. */
function documentOf(
  prompt: Versioned,
  version?: { readonly version: number; readonly changeNote: string | null },
  head?: Pick<BundlePrompt, 'labels' | 'aliases'>,
): DocumentPrompt {
  const { slug, title, description, messages, content, tags } = prompt;
  return {
    name: slug,
    title: title === slug.split('/').at(-1) ? null : title,
    description: description === '' ? null : description,
    content: messages === null ? content : null,
    messages: messages as DocumentPrompt['messages'],
    config: prompt.config as DocumentPrompt['config'],
    inputSchema: prompt.inputSchema as JsonValue,
    outputSchema: prompt.outputSchema as JsonValue,
    tags,
    labels: (head?.labels ?? []).flatMap(({ label, version: at }) => (at === version?.version ? [label] : [])),
    version: version?.version ?? null,
    changeNote: version?.changeNote ?? null,
    aliases: head?.aliases ?? [],
  };
}

/** Its text is made of those of its versions, and what of it is signed by a worker. */
async function bundleFile(ctx: SignedInContext, { format: _, ...filters }: Formatted<'bundle'>): Promise<ExportedItem> {
  const prompts: string[] = [];
  const ids: string[] = [];
  let characters = 0;
  const counted = (value: unknown): string => {
    const text = JSON.stringify(value);
    characters += text.length;
    if (characters > MAX_IMPORT_BYTES || prompts.length > MAX_BUNDLE_PROMPTS) throw tooLarge();
    return text;
  };
  for await (const head of eachPrompt(ctx, filters, (found) => listHeads(ctx, found))) {
    const versions: string[] = [];
    for await (const version of eachVersion(ctx, head)) versions.push(counted(version));
    const moves = await listMoves(ctx, head);
    const { only: _only, versionCount: _versions, moveCount: _moves, ...own } = head;
    prompts.push(`${counted(own).slice(0, -1)},"versions":[${versions.join(',')}],"moves":${counted(moves)}}`);
    ids.push(head.id);
  }
  const groups = await listGroups(ctx.db, ctx.who, ids);
  const issuer = ctx.settings.publicUrl;
  const about = counted({ format: 'promptory-bundle', version: 1, createdAt: ctx.clock.now().toISOString(), issuer });
  const unsigned = `${about.slice(0, -1)},"prompts":[${prompts.join(',')}],"groups":${counted(groups)}}`;
  const payload = await ctx.workers.run('bundlePayload', unsigned);
  if (payload === '') throw tooLarge();
  const content = await signedText(ctx.bundleKey, unsigned, payload);
  if (Buffer.byteLength(content) > MAX_IMPORT_BYTES) throw tooLarge();
  return { type: 'file', name: 'promptory-bundle.json', content, prompts: prompts.length };
}

const tooLarge = (): AppError =>
  new AppError('answer.too_large', {
    message: 'This is more than a bundle holds: export it in parts, by tags, groups or other filters.',
  });

/** The contents of the files, one behind the other: of a format with one file that file. */
export async function* contentsOnly(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) {
    const exported = item as ExportedItem;
    if (exported.type === 'file') yield exported.content;
  }
}
