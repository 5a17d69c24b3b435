/** Says on standard error, if a person sees it, which of the tables is done. */
export function tellTable(
  { name, rows }: { readonly name: string; readonly rows: number },
  { done, tables }: { readonly done: number; readonly tables: number },
): void {
  if (process.stderr.isTTY) process.stderr.write(`${`${done}/${tables}`.padStart(6)}  ${name}  ${rows} rows\n`);
}

/** `1,234`. */
export const shownNumber = (value: number): string => value.toLocaleString('en');
