// A prompt can fill most of an answer. So a page of prompts is read in two steps: first the keys with their sizes, which
// costs nothing of the texts, then the rows of as many as a page may hold. Their JSON, in which a character may have six
// bytes, decides how many of those stay.
import { fittingCount as countFitting, type Page, rowBytes, toPage } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';

export interface PromptKey {
  readonly id: string;
  /** Of its text, about. */
  readonly bytes: number;
}

/**
 * How large a row of `prompts` is. The length of a stored text is read without the text itself; a chat's messages are
 * about as long again; JSON of many names takes eight times as long to answer as text of its size, and counts so. A query
 * of its own, so that it is asked only for what is left after sorting and limiting.
 */
export const promptBytes: RawBuilder<number> = sql<number>`(
  SELECT octet_length(measured.content) * CASE measured.kind WHEN 'chat' THEN 2 ELSE 1 END
    + octet_length(measured.description) + 8 * pg_column_size(measured.config || '{}')
    + 8 * coalesce(pg_column_size(measured.input_schema || '{}'), 0) + 8 * coalesce(octet_length(measured.output_schema::text), 0)
  FROM prompts AS measured WHERE measured.id = prompts.id
)`;

/** How many of `keys`, from the first on, stay within `most` bytes, those of a page unless given; one at least. */
export const fittingCount = (keys: readonly Pick<PromptKey, 'bytes'>[], most?: number): number =>
  countFitting(
    keys.map(({ bytes }) => bytes),
    most,
  );

/** The rows of `keys` in their order. What `read` no longer finds, or no longer may, is left out. */
export async function rowsOf<Row extends { id: string }>(
  keys: readonly PromptKey[],
  read: (ids: string[]) => Promise<Row[]>,
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const rows = new Map((await read(keys.map(({ id }) => id))).map((row) => [row.id, row]));
  return keys.flatMap(({ id }) => rows.get(id) ?? []);
}

/**
 * The page that the keys of a keysetPage() make: `limit` prompts, or fewer where they are large. `read` must check access
 * anew.
 */
export async function promptPage<Key extends PromptKey, Row extends { id: string }>(
  keys: readonly Key[],
  limit: number,
  cursorOf: (last: Key) => string,
  read: (ids: string[]) => Promise<Row[]>,
): Promise<Page<Row>> {
  const { items, nextCursor } = toPage(keys, Math.min(limit, fittingCount(keys)), cursorOf);
  const rows = await rowsOf(items, read);
  const count = countFitting(rows.map(rowBytes));
  if (count === rows.length) return { items: rows, nextCursor };
  const last = items.find(({ id }) => id === rows[count - 1]?.id);
  return { items: rows.slice(0, count), nextCursor: last === undefined ? nextCursor : cursorOf(last) };
}
