import { isDeepStrictEqual } from 'node:util';
import { type Benchmark, median, type Ratio } from './benchmark.ts';
import { type Case, type CaseName, cases } from './transport/cases.ts';
import { type Contender, startContender } from './transport/contender.ts';
import { bytesOf, load, requestOnce } from './transport/load.ts';
import type { Stack } from './transport/stacks.ts';

const ROUNDS = 25;
const ROUND = { connections: 20, milliseconds: 250 };
const WARM_UP = { connections: 20, milliseconds: 2_500 };
const STACKS = ['ours', 'ours, watched', 'ours, tracing off'] as const satisfies Stack[];
type Watched = (typeof STACKS)[number];
const NAMES = ['no-op query', 'batch of ten', 'REST GET', 'REST POST'] as const satisfies CaseName[];

interface Round {
  readonly perSecond: number;
  /** CPU time of the server for one request. */
  readonly microseconds: number;
}

interface Entry {
  readonly name: CaseName;
  readonly stack: Watched;
  readonly server: Contender;
  readonly request: Buffer;
  readonly answer: Buffer;
  readonly rounds: Round[];
}

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
              median(rounds.map(({ perSecond }) => perSecond)),
              median(rounds.map(({ microseconds }) => microseconds)),
              Math.min(...rounds.map(({ microseconds }) => microseconds)),
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

async function start(name: CaseName, stack: Watched): Promise<Entry> {
  const { request, expected }: Case = cases[name];
  const server = await startContender(stack);
  const bytes = bytesOf(request, server.port);
  const answer = await requestOnce(server.port, bytes);
  if (answer.status !== 200 || !isDeepStrictEqual(JSON.parse(answer.body), expected)) {
    throw new Error(`${name}, ${stack}: answers ${answer.status} ${answer.body}`);
  }
  return { name, stack, server, request: bytes, answer: answer.bytes, rounds: [] };
}

async function measure({ server, request, answer }: Entry): Promise<Round> {
  const before = await server.usage();
  const { requests, seconds } = await load(server.port, request, answer, ROUND);
  const { cpu } = await server.usage();
  return { perSecond: requests / seconds, microseconds: (cpu - before.cpu) / requests };
}

/** By processor time, of the rounds that followed each other; requests in a second stand beside it. */
function ratio(entries: readonly Entry[], name: CaseName, stack: Watched, against: Watched, atMost: number): Ratio {
  const roundsOf = (of: Watched): readonly Round[] =>
    entries.find((entry) => entry.name === name && entry.stack === of)?.rounds ?? [];
  const others = roundsOf(against);
  const pairs = roundsOf(stack).flatMap((one, at) => {
    const other = others[at];
    return other === undefined ? [] : [{ one, other }];
  });
  const least = (of: Watched): number => Math.min(...roundsOf(of).map(({ microseconds }) => microseconds));
  return {
    label: `${name}, ${stack}: CPU time`,
    value: median(pairs.map(({ one, other }) => one.microseconds / other.microseconds)),
    target: { atMost },
    against,
    note: `${(least(stack) / least(against)).toPrecision(3)} by the least, ${median(pairs.map(({ one, other }) => other.perSecond / one.perSecond)).toPrecision(3)} by requests`,
  };
}
