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
} from './row-fields.ts';

/** Keys of one object: as many as CSV has columns. */
const MAX_KEYS = 256;

/** What an object may say by null; of all else it says nothing by it. */
const nullable: ReadonlySet<Column> = new Set(['messages', 'category', 'inputSchema', 'outputSchema']);

export interface JsonRow {
  readonly values: RowValues;
  /** Keys that mean nothing here; what they hold is left out. */
  readonly unknown: readonly string[];
  /** Whether it holds no more than a row of empty cells. */
  readonly isBlank: boolean;
}

/**
 * What an object of a file says.
 * @throws CellFault when it is none, or says one thing twice.
 */
export function jsonRow(value: unknown, what: string): JsonRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CellFault(`The ${what} is ${kindOf(value)}, expected an object`);
  }
  const keys = Object.keys(value);
  if (keys.length > MAX_KEYS) throw new CellFault(`Has more than ${MAX_KEYS} fields`);
  const given = new Map<Column, { readonly key: string; readonly value: unknown }>();
  const unknown: string[] = [];
  for (const key of keys) {
    const column = columnOf(key);
    const known = column === undefined ? undefined : given.get(column);
    if (column === undefined) unknown.push(key.trim());
    else if (known === undefined) given.set(column, { key, value: Reflect.get(value, key) });
    else throw new CellFault(`The keys ${known.key} and ${key} mean the same`);
  }
  const guarded = guardedColumns(given.get(GUARDED_HEADING)?.value);
  return {
    unknown,
    isBlank: Object.values(value).every((item) => item === null || (typeof item === 'string' && item.trim() === '')),
    values: {
      has: (column) => given.has(column),
      nameOf: (column) => given.get(column)?.key ?? column,
      value: (column, as) => {
        const item = given.get(column)?.value;
        // As the same cell of CSV, of which many such files are made.
        if (typeof item === 'string' && isBlankCell(column, item)) return emptyValue(column, as);
        if (item === null && !nullable.has(column)) return undefined;
        return typeof item === 'string' && guarded.has(column) ? unguarded(item) : item;
      },
    },
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
