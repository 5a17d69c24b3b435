import { type Expression, type SelectQueryBuilder, type SqlBool, type StringReference, sql } from 'kysely';
import { InvalidCursorError, type KeysetValue } from './cursor.ts';
import { fittingCount, rowBytes } from './page-bytes.ts';

/**
 * One key of an order. The keys of an order together must tell any two rows apart: end with the id.
 * As PostgreSQL does by itself, null sorts as greater than everything: last ascending, first descending.
 */
export interface OrderKey<DB, TB extends keyof DB> {
  by: StringReference<DB, TB> | Expression<unknown>;
  direction: 'asc' | 'desc';
  /** Must be true where null can occur; null in a cursor is refused otherwise. */
  nullable?: boolean;
}

export interface KeysetPageOptions<DB, TB extends keyof DB> {
  orderBy: readonly OrderKey<DB, TB>[];
  /** Rows on a page. */
  limit: number;
  /** The order values of the last row of the page before, as decodeCursor() answers them; none for the first page. */
  after?: readonly KeysetValue[] | undefined;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Orders a query, starts it after a row and takes one row more than the page holds, for toPage() to see there is more. */
export function keysetPage<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  options: KeysetPageOptions<DB, TB>,
): SelectQueryBuilder<DB, TB, O> {
  const { orderBy, limit, after } = options;
  let page = after === undefined ? query : query.where(afterKeyset(orderBy, after));
  for (const { by, direction } of orderBy) page = page.orderBy(expressionOf(by), direction);
  return page.limit(limit + 1);
}

/**
 * The page that the rows of keysetPage() make: `limit` of them, or fewer where they have more bytes than a page holds.
 * `cursorOf` is asked only for the last row, when more rows follow.
 */
export function toPage<Row>(rows: readonly Row[], limit: number, cursorOf: (last: Row) => string): Page<Row> {
  const within = rows.slice(0, limit);
  const items = within.slice(0, fittingCount(within.map(rowBytes)));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > items.length && last !== undefined ? cursorOf(last) : null };
}

/**
 * Whether a row comes after the row with these order values. Keys of one direction without null become one row
 * comparison, which an index answers; others the nested form, led by a bound that an index can still start from.
 * Throws InvalidCursorError when the values do not fit the keys.
 */
export function afterKeyset<DB, TB extends keyof DB>(
  orderBy: readonly OrderKey<DB, TB>[],
  values: readonly KeysetValue[],
): Expression<SqlBool> {
  const [first] = orderBy;
  if (first === undefined || values.length !== orderBy.length) throw new InvalidCursorError();
  const keys = orderBy.map((key, index): Key => {
    const value = values[index] ?? null;
    if (value === null && !key.nullable) throw new InvalidCursorError();
    return {
      expression: expressionOf(key.by),
      ascending: key.direction === 'asc',
      nullable: key.nullable ?? false,
      value,
    };
  });
  if (keys.every((key) => !key.nullable && key.ascending === (first.direction === 'asc'))) {
    const operator = first.direction === 'asc' ? sql`>` : sql`<`;
    const left = sql.join(keys.map((key) => key.expression));
    return sql<SqlBool>`(${left}) ${operator} (${sql.join(keys.map((key) => sql`${key.value}`))})`;
  }
  return comesAfter(keys);
}

interface Key {
  expression: Expression<unknown>;
  ascending: boolean;
  nullable: boolean;
  value: KeysetValue;
}

function comesAfter(keys: readonly Key[]): Expression<SqlBool> {
  const [key, ...rest] = keys;
  if (key === undefined) return sql<SqlBool>`false`;
  const later = isLater(key);
  if (rest.length === 0) return later;
  const nested = sql<SqlBool>`(${later} or (${isEqual(key)} and ${comesAfter(rest)}))`;
  if (key.nullable) return nested;
  const bound = key.ascending ? sql`>=` : sql`<=`;
  return sql<SqlBool>`(${key.expression} ${bound} ${key.value} and ${nested})`;
}

function isLater({ expression, ascending, nullable, value }: Key): Expression<SqlBool> {
  if (value === null) return ascending ? sql<SqlBool>`false` : sql<SqlBool>`${expression} is not null`;
  if (!ascending) return sql<SqlBool>`${expression} < ${value}`;
  return nullable
    ? sql<SqlBool>`(${expression} > ${value} or ${expression} is null)`
    : sql<SqlBool>`${expression} > ${value}`;
}

function isEqual({ expression, value }: Key): Expression<SqlBool> {
  return value === null ? sql<SqlBool>`${expression} is null` : sql<SqlBool>`${expression} = ${value}`;
}

function expressionOf(by: string | Expression<unknown>): Expression<unknown> {
  return typeof by === 'string' ? sql.ref(by) : by;
}
