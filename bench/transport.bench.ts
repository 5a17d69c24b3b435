import { basename } from 'node:path';
import { type Benchmark, median, type Ratio, type Table } from './benchmark.ts';
import { type Case, type CaseName, cases } from './transport/cases.ts';
import { load } from './transport/load.ts';
import { CONNECTIONS, type Loaded, measure, perSecond, type Round, start, WARM_UP } from './transport/rounds.ts';
import type { Usage } from './transport/serve.ts';
import type { Stack } from './transport/stacks.ts';

const ROUNDS = 25;
/** What one contender has used besides, as it began and once it has settled. */
interface Entry extends Loaded {
  before?: Usage;
  after?: Usage;
}

export default {
  name: 'transport',
  claim:
    'Serving a tRPC router costs little more than routes by hand: a no-op query at least 3.5 times as fast as by the stock plugin and 55 % of a bare Fastify route, a batch of ten at least 3 times the stock plugin, REST at least 60 % of a bare route with the same zod checks and 4 times trpc-to-openapi.',
  comparesCheckouts: true,
  async run({ against }) {
    const entries: Entry[] = [];
    try {
      for (const [name, { stacks }] of Object.entries(cases) as [CaseName, Case][]) {
        for (const stack of stacks) entries.push(await start(name, stack));
        // Right after ours, so that what else the machine does meets both.
        for (const checkout of against) entries.push(await start(name, 'ours', checkout));
      }
      for (const entry of entries) {
        await load(entry.server.port, entry.request, entry.answer, WARM_UP);
        entry.before = await entry.server.usage(true);
      }
      for (let round = 0; round < ROUNDS; round++) {
        // There and back, so that no contender always follows the same one.
        const order = round % 2 === 0 ? entries : entries.toReversed();
        for (const entry of order) entry.rounds.push(await measure(entry));
      }
      for (const entry of entries) {
        const loaded = await entry.server.usage();
        entry.after = { ...(await entry.server.usage(true)), rss: loaded.rss };
      }
    } finally {
      await Promise.all(entries.map(({ server }) => server.stop()));
    }
    return { tables: [speed(entries), tail(entries)], ratios: [...ratios(entries), ...checkoutRatios(entries)] };
  },
} satisfies Benchmark;

function speed(entries: Entry[]): Table {
  return {
    columns: [`medians of ${ROUNDS} rounds, alternating`, 'requests/s', 'CPU µs/request', 'server cores', 'load cores'],
    rows: entries.map(({ rounds, ...entry }) => ({
      label: labelOf(entry),
      values: [
        median(rounds.map(perSecond)),
        median(rounds.map(({ microseconds }) => microseconds)),
        median(rounds.map(({ serverCores }) => serverCores)),
        median(rounds.map(({ loadCores }) => loadCores)),
      ],
    })),
  };
}

const labelOf = ({ name, stack, checkout }: Pick<Entry, 'name' | 'stack' | 'checkout'>) =>
  `${name}, ${stack}${checkout === undefined ? '' : ` of ${basename(checkout)}`}`;

const MIB = 1_048_576;

function tail(entries: Entry[]): Table {
  return {
    columns: [
      `${CONNECTIONS} connections, each at full speed`,
      'p99 ms',
      'RSS MiB',
      'heap MiB, settled',
      'heap growth MiB',
    ],
    rows: entries.map(({ rounds, before, after, ...entry }) => ({
      label: labelOf(entry),
      values: [
        median(rounds.map(({ p99 }) => p99)),
        (after?.rss ?? Number.NaN) / MIB,
        (after?.heap ?? Number.NaN) / MIB,
        ((after?.heap ?? Number.NaN) - (before?.heap ?? Number.NaN)) / MIB,
      ],
    })),
  };
}

interface RoundPair {
  one: Round;
  other: Round;
}

/** The rounds of two contenders that followed each other: a neighbour's load meets both. */
function roundPairs(one: Entry | undefined, other: Entry | undefined): RoundPair[] {
  return (one?.rounds ?? []).flatMap((round, index) => {
    const following = other?.rounds[index];
    return following === undefined ? [] : [{ one: round, other: following }];
  });
}

const speedRatios = (pairs: RoundPair[]) => pairs.map(({ one, other }) => perSecond(one) / perSecond(other));
const byCpu = (pairs: RoundPair[]) =>
  `${median(pairs.map(({ one, other }) => other.microseconds / one.microseconds)).toPrecision(3)} by CPU time`;

const byLeastCpu = (pairs: RoundPair[]) =>
  (
    Math.min(...pairs.map(({ other }) => other.microseconds)) / Math.min(...pairs.map(({ one }) => one.microseconds))
  ).toPrecision(3);

/** Medians of the ratios of each round. */
function ratios(entries: Entry[]): Ratio[] {
  const of = (name: CaseName, stack: Stack) =>
    entries.find((entry) => entry.name === name && entry.stack === stack && entry.checkout === undefined);
  const ratio = (name: CaseName, stack: Stack, against: Stack, atLeast?: number): Ratio => {
    const pairs = roundPairs(of(name, stack), of(name, against));
    return {
      label: `${name}, ${stack}`,
      value: median(speedRatios(pairs)),
      ...(atLeast === undefined ? {} : { target: { atLeast } }),
      against,
      note: byCpu(pairs),
    };
  };
  return [
    ratio('no-op query', 'ours', 'stock plugin', 3.5),
    ratio('no-op query', 'ours', 'bare Fastify', 0.55),
    ratio('batch of ten', 'ours', 'stock plugin', 3),
    ratio('REST GET', 'ours', 'bare Fastify', 0.6),
    ratio('REST GET', 'ours', 'trpc-to-openapi', 4),
    // The most that any layer on Fastify could reach.
    ratio('REST GET', 'bare Fastify', 'trpc-to-openapi'),
    ratio('REST POST', 'ours', 'bare Fastify', 0.6),
    ratio('REST POST', 'ours', 'trpc-to-openapi', 4),
    ratio('REST POST', 'bare Fastify', 'trpc-to-openapi'),
  ];
}

/**
 * This checkout by each other one, with the middle half of the rounds: where it holds 1, the difference is noise. On a busy
 * machine the least CPU time of all rounds says more, since the round that had it was disturbed least.
 */
function checkoutRatios(entries: Entry[]): Ratio[] {
  return entries.flatMap((other) => {
    const { checkout, name, stack } = other;
    if (checkout === undefined) return [];
    const ours = entries.find((entry) => entry.name === name && entry.stack === stack && entry.checkout === undefined);
    const pairs = roundPairs(ours, other);
    const sorted = speedRatios(pairs).sort((left, right) => left - right);
    const [low, high] = [0.25, 0.75].map((part) =>
      (sorted[Math.floor(sorted.length * part)] ?? Number.NaN).toPrecision(3),
    );
    return {
      label: `${name}, ours`,
      value: median(sorted),
      against: basename(checkout),
      note: `${low}–${high}, ${byCpu(pairs)}, ${byLeastCpu(pairs)} by the least`,
    };
  });
}
