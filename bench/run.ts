import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Benchmark, isMet } from './benchmark.ts';
import { printed } from './print.ts';

// pnpm bench [name] [--against <another installed checkout>]…
const suffix = '.bench.ts';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string', multiple: true, default: [] } },
});
const [wanted] = positionals;
// Where the command was typed: pnpm runs it in the root.
const against = values.against.map((folder) => resolve(process.env.INIT_CWD ?? '.', folder));
const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();
const chosen = wanted === undefined ? names : names.filter((name) => name === wanted);
const benchmarks = await Promise.all(chosen.map(load));

const mistake = mistakeOf();
if (mistake === undefined) {
  for (const benchmark of benchmarks) {
    process.stdout.write(`\n${benchmark.name}\n${benchmark.claim}\n${machine()}\n\n`);
    const measured = await benchmark.run({ against });
    process.stdout.write(printed(measured));
    // A claim that does not hold is no success.
    if (measured.ratios.some((ratio) => isMet(ratio) === false)) process.exitCode = 1;
  }
} else {
  process.stderr.write(`${mistake}\n`);
  process.exitCode = 1;
}

async function load(name: string): Promise<Benchmark> {
  return ((await import(`./${name}${suffix}`)) as { default: Benchmark }).default;
}

function mistakeOf(): string | undefined {
  if (benchmarks.length === 0) return `No benchmark is named ${wanted}. There are: ${names.join(', ')}`;
  const alone = benchmarks.find(({ comparesCheckouts }) => comparesCheckouts !== true);
  if (against.length > 0 && alone !== undefined) return `The benchmark ${alone.name} compares no checkouts.`;
  const missing = against.find((folder) => !existsSync(join(folder, 'bench/node_modules')));
  return missing === undefined ? undefined : `${missing} is no installed checkout: it has no bench/node_modules.`;
}

function machine(): string {
  const load = loadavg().map((average) => average.toFixed(2));
  return `Node ${process.version}, ${availableParallelism()} cores, load average ${load.join(' ')} before the run`;
}
