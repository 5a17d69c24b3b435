// One set of names is read, in a header and in JSON alike, so that an export of Promptory, a file of prompts.chat (act,
// prompt, for_devs, type, contributor) and a sheet of somebody's own are the same thing. What prompts.chat says becomes: act
// the title, prompt the content as it stands, for_devs the tag `for-devs`, a type other than TEXT the category, contributor
// config.contributors.
import type { PortablePrompt } from '@promptory/schemas';

/** The columns of an export, in order. */
export const exportColumns = [
  'slug',
  'title',
  'content',
  'kind',
  'messages',
  'description',
  'category',
  'tags',
  'isTemplate',
  'visibility',
  'config',
  'inputSchema',
  'outputSchema',
] as const satisfies readonly (keyof PortablePrompt)[];

/** The column that names the cells, by column, which a spreadsheet would take for formulas and which begin with GUARD. */
export const GUARDED_HEADING = 'guarded';
export const GUARD = "'";

export type Column = (typeof exportColumns)[number] | 'forDevs' | 'type' | 'contributor' | typeof GUARDED_HEADING;

const columnsByName: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...exportColumns.map((column): [string, Column] => [column.toLowerCase(), column]),
  ['act', 'title'],
  ['prompt', 'content'],
  ['for_devs', 'forDevs'],
  ['type', 'type'],
  ['contributor', 'contributor'],
  [GUARDED_HEADING, GUARDED_HEADING],
]);

/** What a file's name for something means here; undefined where it means nothing. */
export const columnOf = (name: string): Column | undefined => columnsByName.get(name.trim().toLowerCase());

/** Where a field of a prompt may come from, the likeliest first. */
const sources: Readonly<Record<string, readonly Column[]>> = {
  category: ['category', 'type'],
  tags: ['tags', 'forDevs'],
  config: ['config', 'contributor'],
};

/** Characters of the cell that names guarded columns, each of which can stand there once. */
const MAX_GUARDED_LENGTH = 1_000;
/** Characters of a list that is divided by commas: more than twenty tags, or what a config, may take. */
const MAX_LIST_LENGTH = 65_536;

/** What stands as it is written, blanks included. */
const VERBATIM: ReadonlySet<Column> = new Set(['content', 'description']);

/** Whether somebody who looks at a cell sees nothing in it. */
export const isBlankCell = (column: Column, text: string): boolean =>
  VERBATIM.has(column) ? text === '' : text.trim() === '';

/** What a cell with nothing in it says, where it says more than a column that is not there. */
const emptyValues: Readonly<Partial<Record<Column, unknown>>> = {
  title: '',
  description: '',
  category: null,
  inputSchema: null,
  outputSchema: null,
};
const emptyJson: Readonly<Partial<Record<Column, unknown>>> = {
  tags: [],
  config: {},
  inputSchema: null,
  outputSchema: null,
};

export const emptyValue = (column: Column, as?: 'json'): unknown =>
  as === 'json' ? emptyJson[column] : emptyValues[column];

/** Why a cell or a value cannot be read; `column` is null where it is the whole row. */
export class CellFault extends Error {
  readonly column: Column | null;

  constructor(message: string, column: Column | null = null) {
    super(message);
    this.column = column;
  }
}

/** A row as its file gives it: what is undefined it does not say. */
export interface RowValues {
  /** Of CSV the cell, of JSON the value; `asJson` asks for what a cell's JSON says. */
  value(column: Column, as?: 'json'): unknown;
  /** Whether the file has this column at all, or the object this key. */
  has(column: Column): boolean;
  /** How the file writes the name of a column. */
  nameOf(column: Column): string;
}

/** How the file calls what a field of a prompt came from. */
export function fileNameOf(row: RowValues, field: string): string {
  const columns = sources[field] ?? [field as Column];
  const named = columns.find((column) => row.value(column) !== undefined) ?? columns.find((column) => row.has(column));
  return named === undefined ? field : row.nameOf(named);
}

/** The columns whose text begins with an apostrophe of ours. */
export function guardedColumns(names: unknown): ReadonlySet<string> {
  return new Set(typeof names === 'string' ? names.slice(0, MAX_GUARDED_LENGTH).split(' ') : []);
}

/** The same without the apostrophe that a spreadsheet was kept off with. */
export const unguarded = (text: string): string => (text.startsWith(GUARD) ? text.slice(GUARD.length) : text);

/**
 * What a row says, to be validated.
 * @throws CellFault
 */
export function fieldsOf(row: RowValues): Record<string, unknown> {
  const type = typeOf(row.value('type'));
  const category = row.value('category');
  return {
    slug: row.value('slug'),
    title: row.value('title'),
    content: row.value('content'),
    kind: row.value('kind'),
    messages: row.value('messages', 'json'),
    description: row.value('description'),
    category: category ?? type ?? category,
    tags: tagsOf(row),
    isTemplate: booleanOf('isTemplate', row.value('isTemplate')),
    visibility: row.value('visibility'),
    config: configOf(row),
    inputSchema: row.value('inputSchema', 'json'),
    outputSchema: row.value('outputSchema', 'json'),
  };
}

/** The category that a type of prompts.chat is; none for TEXT. */
function typeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new CellFault('Must be text', 'type');
  const type = value.trim().toLowerCase();
  return type === 'text' || type === '' ? undefined : type;
}

function booleanOf(column: Column, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word !== 'true' && word !== 'false') throw new CellFault('Must be TRUE or FALSE', column);
  return word === 'true';
}

function listOf(column: Column, text: string): string[] {
  if (text.length > MAX_LIST_LENGTH) throw new CellFault(`Is longer than ${MAX_LIST_LENGTH} characters`, column);
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** As JSON, which an export writes, or divided by commas. */
function tagsOf(row: RowValues): unknown {
  const text = row.value('tags');
  const isList = typeof text === 'string' && !text.trimStart().startsWith('[');
  const given = isList ? listOf('tags', text) : row.value('tags', 'json');
  if (booleanOf('forDevs', row.value('forDevs')) !== true) return given;
  if (given !== undefined && !Array.isArray(given)) return given;
  return given?.includes('for-devs') ? given : [...(given ?? []), 'for-devs'];
}

function configOf(row: RowValues): unknown {
  const config = row.value('config', 'json');
  const contributor = row.value('contributor');
  if (contributor === undefined) return config;
  if (config !== undefined && (typeof config !== 'object' || config === null || Array.isArray(config))) return config;
  const contributors = typeof contributor === 'string' ? listOf('contributor', contributor) : contributor;
  if (!Array.isArray(contributors) || contributors.some((name) => typeof name !== 'string')) {
    throw new CellFault('Must be names', 'contributor');
  }
  // Added in place: a copy would have JavaScript's order of names.
  return Object.assign(config ?? {}, { contributors });
}
