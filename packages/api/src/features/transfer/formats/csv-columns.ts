// One set of columns is read, so that an export of Promptory, a file of prompts.chat (act, prompt, for_devs, type,
// contributor) and a sheet of somebody's own are the same thing. What prompts.chat says becomes: act the title, prompt the
// content as it stands, for_devs the tag `for-devs`, a type other than TEXT the category, contributor config.contributors.
import type { PortablePrompt } from '@promptory/schemas';
import { AppError } from '../../../errors.ts';
import { JsonFault, parseBoundedJson } from './bounded-json.ts';

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
] as const satisfies readonly (keyof PortablePrompt)[];

/** The column that names the cells, by column, which a spreadsheet would take for formulas and which begin with GUARD. */
export const GUARDED_HEADING = 'guarded';
export const GUARD = "'";

type Column = (typeof exportColumns)[number] | 'forDevs' | 'type' | 'contributor' | typeof GUARDED_HEADING;

const columnsByHeading: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...exportColumns.map((column): [string, Column] => [column.toLowerCase(), column]),
  ['act', 'title'],
  ['prompt', 'content'],
  ['for_devs', 'forDevs'],
  ['type', 'type'],
  ['contributor', 'contributor'],
  [GUARDED_HEADING, GUARDED_HEADING],
]);

/** Characters of the cell that names guarded columns, each of which can stand there once. */
const MAX_GUARDED_LENGTH = 1_000;
/** Characters of a list that is divided by commas: more than twenty tags, or what a config, may take. */
const MAX_LIST_LENGTH = 65_536;

/** Why a cell cannot be read; the message is for the row's reason. */
export class CellFault extends Error {}

export interface CsvHeader {
  /** Headings that mean nothing here; their cells are left out. */
  readonly unknown: readonly string[];
  /**
   * What a record says, to be validated.
   * @throws CellFault
   */
  read(record: readonly string[]): Record<string, unknown>;
}

/** @throws AppError import.unreadable when the headings name no title and text, or a column twice. */
export function csvHeader(headings: readonly string[]): CsvHeader {
  const places = new Map<Column, number>();
  const unknown: string[] = [];
  for (const [place, heading] of headings.entries()) {
    const column = columnsByHeading.get(heading.trim().toLowerCase());
    if (column === undefined) unknown.push(heading.trim());
    else if (places.has(column)) throw unreadable(`The header names the column ${column} twice.`);
    else places.set(column, place);
  }
  if (!places.has('title') || !(places.has('content') || places.has('messages'))) {
    throw unreadable('The header must name the columns title and content, or act and prompt.');
  }
  return {
    unknown,
    read: (record) => {
      if (record.length !== headings.length) {
        throw new CellFault(`The row has ${record.length} cells and the header ${headings.length}`);
      }
      const cell = (column: Column): string | undefined => {
        const place = places.get(column);
        return place === undefined ? undefined : record[place];
      };
      const guarded = new Set(cell(GUARDED_HEADING)?.slice(0, MAX_GUARDED_LENGTH).split(' '));
      return readCells((column) => {
        const text = cell(column);
        return guarded.has(column) && text?.startsWith(GUARD) ? text.slice(GUARD.length) : text;
      });
    },
  };
}

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

function readCells(cell: (column: Column) => string | undefined): Record<string, unknown> {
  /** An empty cell says nothing, like a column that is not there. */
  const filled = (column: Column): string | undefined => cell(column) || undefined;
  const json = (column: Column): unknown => {
    const text = filled(column);
    return text === undefined ? undefined : parsedJson(column, text);
  };
  const orNull = (column: Column, value: unknown): unknown =>
    value === undefined && cell(column) === '' ? null : value;

  const type = filled('type')?.trim().toLowerCase();
  const category = orNull('category', filled('category')) ?? (type === 'text' ? undefined : type);
  return {
    slug: filled('slug'),
    title: cell('title'),
    content: filled('content'),
    kind: filled('kind'),
    messages: json('messages'),
    description: cell('description'),
    category: category ?? orNull('category', undefined),
    tags: tagsOf(cell('tags'), filled('forDevs')),
    isTemplate: booleanOf('isTemplate', filled('isTemplate')),
    visibility: filled('visibility'),
    config: configOf(cell('config') === '' ? {} : json('config'), filled('contributor')),
    inputSchema: orNull('inputSchema', json('inputSchema')),
  };
}

function parsedJson(column: Column, text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonFault) throw new CellFault(`${column}: Is ${error.message}`);
    throw error;
  }
}

function booleanOf(column: Column, text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase();
  if (word === undefined) return undefined;
  if (word !== 'true' && word !== 'false') throw new CellFault(`${column}: Must be TRUE or FALSE`);
  return word === 'true';
}

function listOf(column: Column, text: string): string[] {
  if (text.length > MAX_LIST_LENGTH) throw new CellFault(`${column}: Is longer than ${MAX_LIST_LENGTH} characters`);
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** As JSON, which an export writes, or divided by commas. */
function tagsOf(tags: string | undefined, forDevs: string | undefined): unknown {
  const given = tags?.trimStart().startsWith('[') ? parsedJson('tags', tags) : tags && listOf('tags', tags);
  if (booleanOf('forDevs', forDevs) === true) return [...(Array.isArray(given) ? given : []), 'for-devs'];
  return given === '' ? [] : given;
}

function configOf(config: unknown, contributor: string | undefined): unknown {
  if (contributor === undefined) return config;
  const contributors = listOf('contributor', contributor);
  return typeof config === 'object' && config !== null ? { ...config, contributors } : { contributors };
}
