import { seededRandom } from '@promptory/db/testing';
import type { Benchmark } from './benchmark.ts';
import { checkCoherence } from './coherence/check-coherence.ts';
import { openCoherenceSite } from './coherence/coherence-site.ts';

const SERVERS = 2;
const WRITERS = 8;
const READERS_EACH = 2;
const SECONDS = Number(process.env.COHERENCE_SECONDS ?? 120);
const SEED = Number(process.env.COHERENCE_SEED ?? 1);

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;

export default {
  name: 'coherence',
  claim:
    'Eight writers and sixteen readers over two servers with a streaming replica, which stands still at random, while the feeds of changes are cut at random: no read is older than a second after the change was answered, nobody reads what they may not, and who has changed something reads it at once.',
  async run() {
    const site = await openCoherenceSite(SERVERS);
    try {
      const random = seededRandom(SEED);
      const seen = await checkCoherence(site, {
        writers: WRITERS,
        readersEach: READERS_EACH,
        seconds: SECONDS,
        random,
      });
      const { atReplica, atPrimary } = await site.reads();
      for (const miss of seen.misses) process.stdout.write(`  ${miss}\n`);
      const lags = seen.lags.toSorted((one, other) => one - other);
      const none = (label: string, value: number) => ({ label, value, target: { atMost: 0 }, against: 'none' });
      return {
        tables: [
          {
            columns: [`${SECONDS} s, seed ${SEED}`, 'times'],
            rows: [
              { label: 'changes', values: [seen.writes] },
              { label: 'reads that were answered', values: [seen.reads] },
              { label: 'reads that were refused', values: [seen.refusals] },
              { label: 'feeds that were cut', values: [seen.cuts] },
              { label: 'times that the replica stood still', values: [seen.holds] },
              { label: 'calls that were read at the replica', values: [atReplica] },
              { label: 'calls that might have been, and were not', values: [atPrimary] },
            ],
          },
          {
            columns: ['reads of what another server had changed by then: since', 'ms'],
            rows: [
              { label: 'median', values: [percentile(lags, 0.5)] },
              { label: 'p99', values: [percentile(lags, 0.99)] },
              { label: 'most', values: [percentile(lags, 1)] },
            ],
          },
        ],
        ratios: [
          none('reads older than a second', seen.stale),
          none('reads against what somebody may', seen.wrongRights),
          none('own changes that were not read at once', seen.ownMissed),
          none('calls that failed', seen.failed),
          // A run in which little happened shows little.
          {
            label: 'feeds cut',
            value: seen.cuts / (SECONDS / 6),
            target: { atLeast: 1 },
            against: 'one in six seconds',
          },
          {
            label: 'reads at the replica',
            value: atReplica / Math.max(1, seen.reads),
            target: { atLeast: 0.01 },
            against: 'all reads',
          },
          {
            label: 'reads refused',
            value: seen.refusals / Math.max(1, seen.reads),
            target: { atLeast: 0.01 },
            against: 'reads answered',
          },
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;
