/**
 * All rows of a query, some hundred at once, each time behind the last: so that no query is long and few rows wait in memory while
 * the reader of a stream does not read on.
 */
export async function* paged<Row>(
  most: number,
  read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: Row | undefined; ; ) {
    const rows = await read(after, most);
    yield* rows;
    after = rows.at(-1);
    if (rows.length < most) return;
  }
}
