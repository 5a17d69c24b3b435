import { type Benchmark, median } from './benchmark.ts';
import { openLiveSite } from './live/live-site.ts';

const SERVERS = 2;
const CLIENTS = 200;
const MOVES = 1_000;
const CUTS = 20;
const IDLE_STREAMS = 5_000;
const MOST_MS = 100;
const MOST_BYTES = 20 * 1_024;

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * part) - 1] ?? Number.NaN;

export default {
  name: 'live',
  claim:
    'A label that was moved through one server is told to 200 clients on two servers within 100 ms (p99), none missed over 1,000 moves, the feed of changes cut 20 times meanwhile; an open stream takes 20 KB at most.',
  async run() {
    const site = await openLiveSite(SERVERS);
    try {
      const memory = await site.memoryOfStreams(IDLE_STREAMS);
      const moved = await site.moves({ clients: CLIENTS, moves: MOVES, cuts: CUTS });
      const within = moved.ms.flat();
      return {
        tables: [
          {
            columns: [`${MOVES} moves, ${CLIENTS} clients on ${SERVERS} servers, from the answer to the event`, 'ms'],
            rows: [
              { label: 'median', values: [median(within)] },
              { label: 'p95', values: [percentile(within, 0.95)] },
              { label: 'p99', values: [percentile(within, 0.99)] },
              { label: 'most', values: [percentile(within, 1)] },
              { label: 'p99 of moves beside which the feed was cut', values: [percentile(moved.besideCuts, 0.99)] },
            ],
          },
          {
            columns: [`${memory.streams} streams, open on one server`, 'bytes each'],
            rows: [{ label: 'resident memory', values: [memory.bytes] }],
          },
        ],
        ratios: [
          {
            label: 'p99 of a move',
            value: percentile(within, 0.99) / MOST_MS,
            target: { atMost: 1 },
            against: '100 ms',
          },
          { label: 'moves that a client missed', value: moved.missed, target: { atMost: 0 }, against: 'none' },
          { label: 'memory of a stream', value: memory.bytes / MOST_BYTES, target: { atMost: 1 }, against: '20 KB' },
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;
