/**
 * All pages of a query, some hundred rows each, one behind the last row of the other: so that no query is long and few rows wait in
 * memory while the reader of a stream does not read on.
 */
export async function* pages<Row>(
  most: number,
  read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let after: Row | undefined; ; ) {
    const rows = await read(after, most);
    yield rows;
    after = rows.at(-1);
    if (rows.length < most) return;
  }
}

/** The same, row by row. */
export async function* paged<Row>(...given: Parameters<typeof pages<Row>>): AsyncGenerator<Row> {
  for await (const rows of pages(...given)) yield* rows;
}
