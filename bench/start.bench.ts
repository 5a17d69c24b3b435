import { join } from 'node:path';
import { type Benchmark, median } from './benchmark.ts';
import { usedProcessor } from './calls/used-processor.ts';
import { openSite } from './sites/open-site.ts';
import type { StartOptions } from './sites/production-server.ts';

const BUILT = join(import.meta.dirname, '../apps/server/dist/bundled/main.js');
const BARE = join(import.meta.dirname, 'start/bare-start.js');
const ROUNDS = 9;
const MOST_MS = 1_000;

interface Start {
  readonly ms: number;
  /** CPU time until then, in milliseconds. */
  readonly processor: number;
}

export default {
  name: 'start',
  claim:
    'The built server is ready within a second of its start, on a migrated database; beside it, a Fastify with a pool of pg and nothing else.',
  async run() {
    const site = await openSite('start', { onDisk: true }, async ({ serve }) => ({
      async start(options: StartOptions): Promise<Start> {
        const began = performance.now();
        const server = await serve({}, [], { ...options, readyEveryMs: 5 });
        const ms = performance.now() - began;
        const processor = usedProcessor(server.pid) / 1_000;
        await server.end();
        return { ms, processor };
      },
    }));
    try {
      const starts = { built: [] as Start[], bare: [] as Start[] };
      for (let round = -1; round < ROUNDS; round += 1) {
        const built = await site.start({ main: BUILT });
        const bare = await site.start({ main: BARE });
        // The first reads the files from the disk.
        if (round < 0) continue;
        starts.built.push(built);
        starts.bare.push(bare);
      }
      const medianOf = (of: readonly Start[], what: keyof Start): number => median(of.map((start) => start[what]));
      const against = (what: keyof Start): number =>
        median(starts.built.map((built, at) => built[what] / (starts.bare[at] as Start)[what]));
      return {
        tables: [
          {
            columns: [`medians of ${ROUNDS} starts, until ready`, 'ms', 'CPU ms'],
            rows: (['built', 'bare'] as const).map((label) => ({
              label: label === 'built' ? 'the server' : 'bare Fastify and pg',
              values: [medianOf(starts[label], 'ms'), medianOf(starts[label], 'processor')],
            })),
          },
        ],
        ratios: [
          {
            label: 'start to ready',
            value: medianOf(starts.built, 'ms') / MOST_MS,
            target: { atMost: 1 },
            against: '1 s',
          },
          {
            label: 'start to ready',
            value: against('ms'),
            against: 'bare Fastify and pg',
            note: `${against('processor').toPrecision(3)} by CPU time`,
          },
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;
