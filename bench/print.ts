import { isMet, type Measured, type Ratio, type Table } from './benchmark.ts';

/** Everything a benchmark measured, as lines of text: its tables, then its ratios and whether each is met. */
export function printed({ tables, ratios }: Measured): string {
  const all = [...tables, { columns: ['ratio', 'measured', 'target', '', ''], rows: ratios.map(ratioRow) }];
  return all.map(tableText).join('\n');
}

function ratioRow(ratio: Ratio): Table['rows'][number] {
  const label = `${ratio.label} / ${ratio.against}`;
  const { target, note = '' } = ratio;
  if (target === undefined) return { label, values: [ratio.value, '', '', note] };
  const wanted = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  return { label, values: [ratio.value, wanted, isMet(ratio) ? 'met' : 'missed', note] };
}

function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows.map(({ label, values }) => [label, ...values.map(cell)])];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((text, column) => pad(text, widths[column] ?? 0, column)).join('  '))
    .map((line) => `  ${line.trimEnd()}\n`)
    .join('');
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

/** Three digits that matter, or all of a whole number. */
function cell(value: number | string): string {
  if (typeof value === 'string') return value;
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
