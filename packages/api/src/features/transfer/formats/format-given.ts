// What people send most often in place of what is read: CSV as JSON, JSON as CSV, and a list of prompts within an object.
import { AppError } from '../../../errors.ts';
import { isUsable, placesOf } from './csv/csv-header.ts';
import { csvRecords, MAX_HEADER_LENGTH } from './csv/csv-records.ts';
import { divided } from './csv/delimiter.ts';
import { columnOf } from './row-fields.ts';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/** `[{`, `[]`, `{"` or `{}`, blanks aside: no header of a table begins so. */
const BEGINS_AS_JSON = /^(?:\[\s*[{[\]]|\{\s*["}])/;

/**
 * The same text, once its beginning has shown that it may be of the format that it was sent as.
 * @throws AppError import.unreadable where it is clearly of the other, with the type to send it as
 */
export async function ofFormat(format: 'csv' | 'json', text: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const source = text[Symbol.asyncIterator]();
  const isEnough = format === 'csv' ? showsFirstSigns : showsHeader;
  let head = '';
  while (head.length <= MAX_HEADER_LENGTH && !isEnough(head)) {
    const step = await source.next();
    if (step.done === true) break;
    head = head === '' ? step.value.trimStart() : head + step.value;
  }
  if (format === 'csv' ? BEGINS_AS_JSON.test(head) : await isTableText(head)) {
    await source.return?.();
    throw unreadable(
      format === 'csv'
        ? 'The file is JSON and was sent as CSV: send it as application/json.'
        : 'The file is CSV and was sent as JSON: send it as text/csv.',
    );
  }
  return withHead(head, source);
}

const showsFirstSigns = (head: string): boolean => /^[^[{\s]|^[[{]\s*\S/.test(head);

/** JSON shows by its first sign that it is no table, and may go on for long before a line ends. */
const showsHeader = (head: string): boolean => /^[[{]|\n/.test(head.replace(/^sep=.\r?\n/i, ''));

/** Whether a text has a first line with the columns that no prompt can do without. */
export async function isTableText(head: string): Promise<boolean> {
  if (/^[[{]/.test(head)) return false;
  const { delimiter, text } = await divided(only(`${head}\n`));
  try {
    for await (const header of csvRecords(text, delimiter)) return isUsable(placesOf(header).places);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return false;
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}

async function* withHead(head: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield head;
    for (let step = await source.next(); step.done !== true; step = await source.next()) yield step.value;
  } finally {
    await source.return?.();
  }
}

const MAX_DEPTH = 3;
/** Characters of what a message quotes of keys. */
const MAX_QUOTED = 200;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const placesIn = (value: object) => placesOf(Object.keys(value)).places;
const isPrompt = (value: unknown): boolean => isObject(value) && isUsable(placesIn(value));

/**
 * Refuses the first object of a file where it is no prompt, and prompts stand in it.
 * @throws AppError import.unreadable that says where they stand, and what is expected
 */
export function refuseWrapped(value: unknown): void {
  if (!isObject(value) || isPrompt(value)) return;
  // A prompt that lacks its text has a fault of its own.
  const isFound = placesIn(value).has('title') ? isPrompt : isObject;
  const path = placeOfPrompts(value, isFound, MAX_DEPTH);
  if (path !== undefined) throw wrapped(path);
}

/** `{"prompts":[` or `{"prompts":[{`, where the line ends. */
const BEGINS_A_LIST = /^\{\s*"([^"\\]{1,200})"\s*:\s*\[\s*(?:\{|$)/;

/**
 * The same of a first line that is no JSON by itself: what is printed over several lines may begin so.
 * @throws AppError import.unreadable
 */
export function refuseWrappedLine(line: string): void {
  const [, key] = BEGINS_A_LIST.exec(line) ?? [];
  if (key !== undefined && columnOf(key) === undefined) throw wrapped([key]);
}

function wrapped(path: readonly string[]): AppError {
  const quoted = path.join('.').slice(0, MAX_QUOTED).toWellFormed();
  const where = path.length === 0 ? 'each under a name' : `at "${quoted}"`;
  return unreadable(
    `The file is an object, and its prompts stand in it, ${where}. Send an array of the prompts alone, or one on each line.`,
  );
}

/** The keys that lead to a list of what is found, or to an object that has a prompt under each name; it may be this one. */
function placeOfPrompts(value: object, isFound: (item: unknown) => boolean, depth: number): string[] | undefined {
  if (Object.values(value).some(isPrompt)) return [];
  if (depth === 0) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (columnOf(key) !== undefined) continue;
    if (Array.isArray(inner) && inner.every(isFound)) return [key];
    const path = isObject(inner) ? placeOfPrompts(inner, isFound, depth - 1) : undefined;
    if (path !== undefined) return [key, ...path];
  }
  return undefined;
}
