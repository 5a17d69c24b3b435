import type { Prompt } from '@promptory/client';
import type { JsonValue } from '@promptory/template';
import { isMap, isScalar, LineCounter, parseDocument, type Range } from 'yaml';
import { type BodyMessage, readMessages, writeMessages } from './message-blocks.ts';
import { unkeptInYaml } from './unkept-in-yaml.ts';
import { FRAGILE, yamlOf } from './yaml-of.ts';

/** What a file holds of a prompt; its slug is the name of the file. */
export type PromptFields = Pick<
  Prompt,
  | 'title'
  | 'description'
  | 'kind'
  | 'content'
  | 'messages'
  | 'category'
  | 'tags'
  | 'isTemplate'
  | 'visibility'
  | 'config'
  | 'inputSchema'
  | 'outputSchema'
>;

/** Why a file is no prompt, and on which line, from 1. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
  readonly line: number;

  constructor(message: string, line = 1) {
    super(message);
    this.line = line;
  }
}

const MARK = '---';
const MAX_ALIASES = 50;

const isFragile = (message: BodyMessage): boolean =>
  'content' in message && FRAGILE.test(typeof message.content === 'string' ? message.content : '');

/**
 * A prompt as a file: its fields as YAML between two lines `---`, then its text, or its messages in blocks. What it usually has not is left
 * out. The same prompt gives the same text, and reading that gives the same prompt.
 */
export function writePromptFile(prompt: PromptFields): string {
  const { title, description, kind, content, messages, category, tags, isTemplate, visibility, config } = prompt;
  const inBlocks = messages !== null && !messages.some(isFragile);
  const inBody = messages === null && !FRAGILE.test(content);
  const fields = {
    title,
    ...(description === '' ? {} : { description }),
    ...(kind === 'chat' ? { kind } : {}),
    ...(category === null ? {} : { category }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(isTemplate ? { isTemplate } : {}),
    ...(visibility === 'private' ? {} : { visibility }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(prompt.inputSchema === null ? {} : { inputSchema: prompt.inputSchema }),
    ...(prompt.outputSchema === null ? {} : { outputSchema: prompt.outputSchema }),
    ...(messages === null || inBlocks ? {} : { messages }),
    ...(messages === null && !inBody ? { content } : {}),
  };
  const head = `${MARK}\n${yamlOf(fields)}${MARK}\n`;
  if (messages !== null) return inBlocks ? `${head}${writeMessages(messages as BodyMessage[])}` : head;
  return inBody ? `${head}${content}\n` : head;
}

/** @throws FileFault for what is no prompt */
export function readPromptFile(bytes: Uint8Array): PromptFields {
  const text = textOf(bytes);
  const { yaml, body, bodyLine } = splitAtMarks(text);
  const { fields, lines } = fieldsOf(yaml);
  const lineOf = (name: string): number => lines.get(name) ?? 1;
  const take = <Value, Other>(name: string, check: (value: unknown) => value is Value, what: string, other: Other) => {
    const value = fields.get(name);
    fields.delete(name);
    if (value === undefined || value === null) return other;
    if (check(value)) return value;
    throw new FileFault(`\`${name}\` is ${what}.`, lineOf(name));
  };
  const kind = take('kind', isOneOf('text', 'chat'), '"text" or "chat"', 'text' as const);
  const written = {
    title: take('title', isText, 'a text', ''),
    description: take('description', isText, 'a text', ''),
    category: take('category', isText, 'a text', null),
    tags: take('tags', isTexts, 'a list of texts', []),
    isTemplate: take('isTemplate', isBoolean, 'true or false', false),
    visibility: take('visibility', isOneOf('private', 'public'), '"private" or "public"', 'private' as const),
    config: take('config', isObject, 'a mapping', {}),
    inputSchema: take('inputSchema', isObject, 'a mapping', null),
    outputSchema: take('outputSchema', isObject, 'a mapping', null),
  };
  const content = take('content', isText, 'a text', null);
  const messages = take('messages', isList, 'a list', null);
  const [unknown] = fields.keys();
  if (unknown !== undefined) throw new FileFault(`\`${unknown}\` is nothing that a prompt has.`, lineOf(unknown));
  if (written.title === '') throw new FileFault('A prompt has a `title`.');
  if ((content ?? messages) !== null && body !== '') {
    throw new FileFault('It has its text twice: in the front matter and below it.', bodyLine);
  }
  if (kind === 'text') {
    if (messages !== null) throw new FileFault('Messages are for `kind: chat`.', lineOf('messages'));
    return { ...written, kind, content: content ?? withoutLastEnd(body), messages: null };
  }
  const read = messages ?? readMessages(body, (message, line) => new FileFault(message, line + bodyLine - 1));
  return { ...written, kind, content: '', messages: read as PromptFields['messages'] };
}

/** A byte order mark and the ends of lines of Windows are the editor's, not the prompt's. */
function textOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
    if (!text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  throw new FileFault('It is no text in UTF-8.');
}

function splitAtMarks(text: string): { yaml: string; body: string; bodyLine: number } {
  // The end of the file ends a line too.
  const close = text.startsWith(`${MARK}\n`) ? `${text}\n`.indexOf(`\n${MARK}\n`, MARK.length) + 1 : 0;
  if (close === 0) throw new FileFault('It begins with its fields, as YAML between two lines `---`.');
  const yaml = text.slice(MARK.length + 1, close);
  return { yaml, body: text.slice(close + MARK.length + 1), bodyLine: yaml.split('\n').length + 2 };
}

interface Fields {
  readonly fields: Map<string, unknown>;
  /** On which line of the file each begins, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

function fieldsOf(yaml: string): Fields {
  const lineCounter = new LineCounter();
  const lineAt = (range: Range | null | undefined) => lineCounter.linePos(range?.[0] ?? 0).line + 1;
  const document = parseDocument(yaml, { logLevel: 'silent', prettyErrors: true, lineCounter });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = (fault.linePos?.[0].line ?? 1) + 1;
    throw new FileFault(`Its fields are no YAML: ${fault.message.split(' at line ', 1)[0]}.`, line);
  }
  const { contents } = document;
  if (contents !== null && !isMap(contents)) throw new FileFault('Its fields are no mapping.', 2);
  const unkept = unkeptInYaml(contents);
  if (unkept !== null) throw new FileFault(`Its fields: ${unkept.message}.`, lineAt(unkept.range));
  const lines = (contents?.items ?? []).map(({ key }): [string, number] =>
    isScalar(key) ? [String(key.value), lineAt(key.range)] : ['', 1],
  );
  try {
    const data = (document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}) as object;
    return { fields: new Map(Object.entries(data)), lines: new Map(lines) };
  } catch {
    throw new FileFault('Its fields repeat themselves too often.', 2);
  }
}

const withoutLastEnd = (body: string): string => (body.endsWith('\n') ? body.slice(0, -1) : body);

const isText = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isList = (value: unknown): value is BodyMessage[] => Array.isArray(value);
const isObject = (value: unknown): value is { [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOneOf =
  <const Values extends readonly string[]>(...values: Values) =>
  (value: unknown): value is Values[number] =>
    values.includes(value as string);
