import { type Benchmark, median, type Ratio } from './benchmark.ts';
import type { CaseName } from './transport/cases.ts';
import { load } from './transport/load.ts';
import { type Loaded, measure, perSecond, type Round, start, WARM_UP } from './transport/rounds.ts';
import type { Stack } from './transport/stacks.ts';

const ROUNDS = 25;
const STACKS = ['ours', 'ours, watched', 'ours, tracing off'] as const satisfies Stack[];
type Watched = (typeof STACKS)[number];
const NAMES = ['no-op query', 'batch of ten', 'REST GET', 'REST POST'] as const satisfies CaseName[];

type Entry = Loaded<Watched>;

const least = (rounds: readonly Round[]): number => Math.min(...rounds.map(({ microseconds }) => microseconds));

export default {
  name: 'watching',
  claim:
    'Being watched costs little: metrics and log lines of every request and call take at most a tenth of the processor more than the transport without them, and tracing that is turned off at most 3 %.',
  async run() {
    const entries: Entry[] = [];
    try {
      for (const name of NAMES) for (const stack of STACKS) entries.push(await start(name, stack));
      for (const { server, request, answer } of entries) await load(server.port, request, answer, WARM_UP);
      for (let round = 0; round < ROUNDS; round += 1) {
        // There and back, so that none always follows the same one.
        for (const entry of round % 2 === 0 ? entries : entries.toReversed()) entry.rounds.push(await measure(entry));
      }
    } finally {
      await Promise.all(entries.map(({ server }) => server.stop()));
    }
    return {
      tables: [
        {
          columns: [`medians of ${ROUNDS} rounds, alternating`, 'requests/s', 'CPU µs/request', 'least CPU µs/request'],
          rows: entries.map(({ name, stack, rounds }) => ({
            label: `${name}, ${stack}`,
            values: [
              median(rounds.map(perSecond)),
              median(rounds.map(({ microseconds }) => microseconds)),
              least(rounds),
            ],
          })),
        },
      ],
      ratios: NAMES.flatMap((name) => [
        ratio(entries, name, 'ours, watched', 'ours', 1.1),
        ratio(entries, name, 'ours, tracing off', 'ours, watched', 1.03),
      ]),
    };
  },
} satisfies Benchmark;

/** By processor time, of the rounds that followed each other; requests in a second stand beside it. */
function ratio(entries: readonly Entry[], name: CaseName, stack: Watched, against: Watched, atMost: number): Ratio {
  const roundsOf = (of: Watched): readonly Round[] =>
    entries.find((entry) => entry.name === name && entry.stack === of)?.rounds ?? [];
  const others = roundsOf(against);
  const pairs = roundsOf(stack).flatMap((one, at) => {
    const other = others[at];
    return other === undefined ? [] : [{ one, other }];
  });
  return {
    label: `${name}, ${stack}: CPU time`,
    value: median(pairs.map(({ one, other }) => one.microseconds / other.microseconds)),
    target: { atMost },
    against,
    note: `${(least(roundsOf(stack)) / least(others)).toPrecision(3)} by the least, ${median(pairs.map(({ one, other }) => perSecond(other) / perSecond(one))).toPrecision(3)} by requests`,
  };
}
