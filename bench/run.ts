import { readdir } from 'node:fs/promises';
import type { Benchmark, Measured } from './benchmark.ts';

const suffix = '.bench.ts';
const wanted = process.argv[2];
const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();
const chosen = wanted === undefined ? names : names.filter((name) => name === wanted);

if (chosen.length === 0) {
  process.stderr.write(`No benchmark is named ${wanted}. There are: ${names.join(', ')}\n`);
  process.exitCode = 1;
}
for (const name of chosen) {
  const { default: benchmark } = (await import(`./${name}${suffix}`)) as { default: Benchmark };
  process.stdout.write(`\n${benchmark.name}\n${benchmark.claim}\n\n`);
  process.stdout.write(table(await benchmark.run()));
}

function table({ rows, ratio, against }: Measured): string {
  const cells = [
    ...rows.map(({ label, value, unit }) => ({ label, value: value.toPrecision(3), unit })),
    { label: 'ratio', value: ratio.toPrecision(3), unit: `× ${against}` },
  ];
  const labels = Math.max(...cells.map(({ label }) => label.length));
  const values = Math.max(...cells.map(({ value }) => value.length));
  return cells
    .map(({ label, value, unit }) => `  ${label.padEnd(labels)}  ${value.padStart(values)} ${unit}\n`)
    .join('');
}
