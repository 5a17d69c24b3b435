import { readdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { printed } from './print.ts';

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
  process.stdout.write(`\n${benchmark.name}\n${benchmark.claim}\n${machine()}\n\n`);
  process.stdout.write(printed(await benchmark.run()));
}

function machine(): string {
  const load = loadavg().map((average) => average.toFixed(2));
  return `Node ${process.version}, ${availableParallelism()} cores, load average ${load.join(' ')} before the run`;
}
