/** Bytes of JSON that the rows of one page have: 2 MiB, less what stands around them. A single row may have more. */
export const PAGE_BYTES = (2 * 1024 - 64) * 1024;

/** How many of `sizes`, from the first on, stay within `most` bytes, those of a page unless given; one at least. */
export function fittingCount(sizes: readonly number[], most = PAGE_BYTES): number {
  let bytes = 0;
  const tooMany = sizes.findIndex((size, index) => {
    bytes += size;
    return index > 0 && bytes > most;
  });
  return tooMany === -1 ? sizes.length : tooMany;
}

/** What a row has in JSON, in UTF-8 and with its comma. */
export const rowBytes = (row: unknown): number => Buffer.byteLength(JSON.stringify(row)) + 1;
