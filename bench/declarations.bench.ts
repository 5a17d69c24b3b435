import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Benchmark, medians } from './benchmark.ts';
import { typesOf, writeProject } from './typed-project.ts';

const PROMPTS = 1000;
const CALLS = 100;

const run = promisify(execFile);
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');

/** The check of a project of its own. */
async function project(folder: string, declarations: string, calls: number): Promise<() => Promise<unknown>> {
  await writeProject(folder, declarations, calls);
  return () => run(process.execPath, [TSC, '-p', folder]);
}

export default {
  name: 'declarations',
  claim: `The compiler checks ${CALLS} calls with the types of ${PROMPTS} prompts in at most 3 times what it takes to check an empty program with none.`,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-bench-'));
    try {
      const declarations = typesOf(PROMPTS);
      const tasks = {
        empty: await project(join(folder, 'empty'), typesOf(0), 0),
        types: await project(join(folder, 'types'), declarations, 0),
        calls: await project(join(folder, 'calls'), declarations, CALLS),
      };
      const { empty, types, calls } = await medians(tasks, { rounds: 9 });
      const rows = [
        { label: 'an empty file of types', values: [empty, 0] },
        { label: `${PROMPTS} prompts`, values: [types, types - empty] },
        { label: `${PROMPTS} prompts, ${CALLS} calls`, values: [calls, calls - empty] },
      ];
      return {
        tables: [
          {
            columns: [`${Math.round(declarations.length / 1024)} KiB of types`, 'ms', 'ms beyond the empty file'],
            rows,
          },
        ],
        ratios: [
          {
            label: 'with types and calls',
            value: calls / empty,
            target: { atMost: 3 },
            against: 'an empty file of types',
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
} satisfies Benchmark;
