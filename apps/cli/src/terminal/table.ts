import stringWidth from 'fast-string-width';
import { visible } from './visible.ts';

/** Rows below each other, each column as wide as its widest cell; the last one takes what is left of the line. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => visible(cell).replaceAll('\n', ' ')));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...cells.map((row) => stringWidth(row[at] ?? ''))),
  );
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
