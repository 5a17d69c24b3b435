import { AppError } from '../../../../errors.ts';
import { JsonFault, parseBoundedJson } from '../bounded-json.ts';
import {
  CellFault,
  type Column,
  columnOf,
  emptyValue,
  GUARDED_HEADING,
  guardedColumns,
  isBlankCell,
  type RowValues,
  unguarded,
} from '../row-fields.ts';

export interface CsvHeader {
  /** Headings that mean nothing here; their cells are left out. */
  readonly unknown: readonly string[];
  /**
   * What a record says. Beyond the header a cell may stand where nothing is in it, as spreadsheets write them.
   * @throws CellFault when it has more or fewer cells than the header.
   */
  read(record: readonly string[]): RowValues;
}

/** Characters of what a message quotes of a header. */
const MAX_QUOTED = 200;

/** Where each column stands, the first of those of one name; and what else the header names. */
export function placesOf(headings: readonly string[]): { places: Map<Column, number>; unknown: string[] } {
  const places = new Map<Column, number>();
  const unknown: string[] = [];
  for (const [place, heading] of headings.entries()) {
    const column = columnOf(heading);
    if (column === undefined) unknown.push(heading.trim() || `column ${place + 1}, which has no name`);
    else if (!places.has(column)) places.set(column, place);
  }
  return { places, unknown };
}

/** Whether a header names what no prompt can do without. */
export const isUsable = (places: ReadonlyMap<Column, number>): boolean =>
  places.has('title') && (places.has('content') || places.has('messages'));

/** @throws AppError import.unreadable when the headings name no title and text, or a column twice. */
export function csvHeader(headings: readonly string[]): CsvHeader {
  const { places, unknown } = placesOf(headings);
  const nameOf = (column: Column): string => headings[places.get(column) ?? -1]?.trim() ?? column;
  const second = headings.find((heading, place) => {
    const column = columnOf(heading);
    return column !== undefined && places.get(column) !== place;
  });
  if (second !== undefined) {
    const first = nameOf(columnOf(second) as Column);
    const isSame = first === second.trim();
    const names = isSame ? `column ${first} twice` : `columns ${first} and ${second.trim()}, which mean the same`;
    throw unreadable(`The header names the ${names}.`);
  }
  if (!isUsable(places)) {
    const named = headings.map((heading) => heading.trim()).join(', ');
    throw unreadable(
      `The header must name the columns title and content, or act and prompt, divided by comma, semicolon or tab. It names: ${named.slice(0, MAX_QUOTED)}.`,
    );
  }
  return {
    unknown,
    read: (record) => {
      const isTooLong = record.slice(headings.length).some((cell) => cell.trim() !== '');
      if (record.length < headings.length || isTooLong) {
        const cells = record.length === 1 ? '1 cell' : `${record.length} cells`;
        throw new CellFault(`The row has ${cells} and the header ${headings.length}`);
      }
      return rowOf(record, places, nameOf);
    },
  };
}

const unreadable = (message: string): AppError =>
  new AppError('import.unreadable', { message: message.toWellFormed() });

function rowOf(
  record: readonly string[],
  places: ReadonlyMap<Column, number>,
  nameOf: (column: Column) => string,
): RowValues {
  const cell = (column: Column): string | undefined => record[places.get(column) ?? -1];
  const guarded = guardedColumns(cell(GUARDED_HEADING));
  return {
    has: (column) => places.has(column),
    nameOf,
    value: (column, as) => {
      const raw = cell(column);
      if (raw === undefined) return undefined;
      if (isBlankCell(column, raw)) return emptyValue(column, as);
      const text = guarded.has(column) ? unguarded(raw) : raw;
      return as === 'json' ? parsedJson(column, text) : text;
    },
  };
}

function parsedJson(column: Column, text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonFault) throw new CellFault(`Is ${error.message}`, column);
    throw error;
  }
}
