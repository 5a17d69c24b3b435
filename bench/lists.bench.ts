import { callersOf, cursorBehind, listCases, principalIn, testServices } from '@promptory/api/testing';
import { createTestDatabase, fillPromptWorld, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { type Benchmark, medians, type Table } from './benchmark.ts';

/** `LISTS_PROMPTS=10000,100000,1000000 pnpm bench lists` takes half an hour; the two sizes that it has else, a minute. */
const sizes = (process.env.LISTS_PROMPTS ?? '2000,20000').split(',').map(Number);
const ROUNDS = Number(process.env.LISTS_ROUNDS ?? 15);
/** Page 1,000 of twenty each begins behind so many; where a list ends sooner, its last page is measured. */
const BEHIND = Number(process.env.LISTS_BEHIND ?? 2_000);

const people = ['ordinary', 'joiner'] as const;
const inWords = { ordinary: 'somebody ordinary', joiner: 'a member of 500 groups' } as const;

export default {
  name: 'lists',
  claim:
    'The first page and a late page of every list, filter, order and count take at most 1.5 times as long among the most prompts as among the fewest, as multiples of SELECT 1 over the same pool.',
  async run() {
    const measured: Map<string, number>[] = [];
    for (const prompts of sizes) measured.push(await timesAmong(prompts));
    const names = [...(measured[0]?.keys() ?? [])];
    const growthOf = (name: string): number => (measured.at(-1)?.get(name) ?? 0) / (measured[0]?.get(name) ?? 1);
    const table: Table = {
      columns: ['× SELECT 1', ...sizes.map((prompts) => `${prompts} prompts`), 'growth'],
      rows: names.map((label) => ({
        label,
        values: [...measured.map((times) => times.get(label) ?? Number.NaN), growthOf(label)],
      })),
    };
    return {
      tables: [table],
      ratios: names.map((label) => ({
        label,
        value: growthOf(label),
        target: { atMost: 1.5 },
        against: `the same among ${sizes[0]} prompts`,
      })),
    };
  },
} satisfies Benchmark;

/** Of each list, as multiples of SELECT 1. */
async function timesAmong(prompts: number): Promise<Map<string, number>> {
  const cluster = await startEphemeralCluster({ onDisk: true });
  try {
    const database = await createTestDatabase({ server: cluster, max: 1 });
    const world = await withClient(database.connectionString, (client) => fillPromptWorld(client, { prompts }));
    const callers = callersOf({ ...testServices(database.db), usage: { record: () => undefined } });
    const tasks: Record<string, () => unknown> = { 'SELECT 1': () => database.pool.query('SELECT $1::int', [1]) };
    for (const person of people) {
      const as = callers.as(principalIn(world[person]));
      for (const [name, list] of Object.entries(listCases)) {
        const cursor = await cursorBehind(list, as, world, BEHIND);
        tasks[`${name}, ${inWords[person]}`] = () => list(as, { limit: 20 }, world);
        if (cursor !== undefined)
          tasks[`${name}, late, ${inWords[person]}`] = () => list(as, { limit: 20, cursor }, world);
      }
    }
    const times = await medians(tasks, { rounds: ROUNDS });
    await database.drop();
    const unit = times['SELECT 1'] ?? 1;
    return new Map(Object.entries(times).map(([name, ms]) => [name, ms / unit]));
  } finally {
    await cluster.stop();
  }
}
