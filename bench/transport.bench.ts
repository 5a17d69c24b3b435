import { isDeepStrictEqual } from 'node:util';
import { type Benchmark, median, type Ratio, type Table } from './benchmark.ts';
import { type Case, type CaseName, cases } from './transport/cases.ts';
import { type Contender, startContender } from './transport/contender.ts';
import { ask, bytesOf, type Load, load } from './transport/load.ts';
import type { Usage } from './transport/serve.ts';
import type { Stack } from './transport/stacks.ts';

const ROUNDS = 25;
const CONNECTIONS = 20;
const ROUND = { connections: CONNECTIONS, milliseconds: 250 };
const WARM_UP = { connections: CONNECTIONS, milliseconds: 2500 };

/** One stack under one request: a process, and what its rounds measured. */
interface Entry {
  name: CaseName;
  stack: Stack;
  server: Contender;
  request: Buffer;
  answer: Buffer;
  rounds: Round[];
  before?: Usage;
  after?: Usage;
}

interface Round extends Load {
  /** Cores that each side kept busy. */
  serverCores: number;
  loadCores: number;
  /** CPU time of the server for one request. */
  microseconds: number;
}

export default {
  name: 'transport',
  claim:
    'Serving a tRPC router costs little more than routes by hand: a no-op query at least 3.5 times as fast as by the stock plugin and 55 % of a bare Fastify route, a batch of ten at least 3 times the stock plugin, REST at least 60 % of a bare route with the same zod checks and 4 times trpc-to-openapi.',
  async run() {
    const entries: Entry[] = [];
    try {
      for (const [name, { stacks }] of Object.entries(cases) as [CaseName, Case][]) {
        for (const stack of stacks) entries.push(await enter(name, stack));
      }
      for (const entry of entries) {
        await load(entry.server.port, entry.request, entry.answer, WARM_UP);
        entry.before = await entry.server.usage(true);
      }
      for (let round = 0; round < ROUNDS; round++) {
        for (const entry of entries) entry.rounds.push(await measure(entry));
      }
      for (const entry of entries) {
        const loaded = await entry.server.usage();
        entry.after = { ...(await entry.server.usage(true)), rss: loaded.rss };
      }
    } finally {
      await Promise.all(entries.map(({ server }) => server.stop()));
    }
    return { tables: [speed(entries), tail(entries)], ratios: ratios(entries) };
  },
} satisfies Benchmark;

/** Starts a contender and holds it to the answers of its case. */
async function enter(name: CaseName, stack: Stack): Promise<Entry> {
  const { request, expected, refused }: Case = cases[name];
  const server = await startContender(stack);
  const bytes = bytesOf(request, server.port);
  const answer = await ask(server.port, bytes);
  if (answer.status !== 200 || !isDeepStrictEqual(JSON.parse(answer.body), expected)) {
    throw new Error(`${name}, ${stack}: answers ${answer.status} ${answer.body}`);
  }
  const refusal = refused && (await ask(server.port, bytesOf(refused, server.port)));
  if (refusal !== undefined && refusal.status !== 400) throw new Error(`${name}, ${stack}: accepts what is invalid`);
  return { name, stack, server, request: bytes, answer: answer.bytes, rounds: [] };
}

async function measure({ server, request, answer }: Entry): Promise<Round> {
  const before = await server.usage();
  const mine = process.cpuUsage();
  const result = await load(server.port, request, answer, ROUND);
  const { user, system } = process.cpuUsage(mine);
  const cpu = (await server.usage()).cpu - before.cpu;
  return {
    ...result,
    serverCores: cpu / 1e6 / result.seconds,
    loadCores: (user + system) / 1e6 / result.seconds,
    microseconds: cpu / result.requests,
  };
}

const perSecond = ({ requests, seconds }: Load) => requests / seconds;

function speed(entries: Entry[]): Table {
  return {
    columns: [`medians of ${ROUNDS} rounds, alternating`, 'requests/s', 'CPU µs/request', 'server cores', 'load cores'],
    rows: entries.map(({ name, stack, rounds }) => ({
      label: `${name}, ${stack}`,
      values: [
        median(rounds.map(perSecond)),
        median(rounds.map(({ microseconds }) => microseconds)),
        median(rounds.map(({ serverCores }) => serverCores)),
        median(rounds.map(({ loadCores }) => loadCores)),
      ],
    })),
  };
}

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
    rows: entries.map(({ name, stack, rounds, before, after }) => ({
      label: `${name}, ${stack}`,
      values: [
        median(rounds.map(({ p99 }) => p99)),
        (after?.rss ?? Number.NaN) / MIB,
        (after?.heap ?? Number.NaN) / MIB,
        ((after?.heap ?? Number.NaN) - (before?.heap ?? Number.NaN)) / MIB,
      ],
    })),
  };
}

/** Medians of the ratios of each round, in which the two follow each other: a neighbour's load meets both. */
function ratios(entries: Entry[]): Ratio[] {
  const of = (name: CaseName, stack: Stack) =>
    entries.find((entry) => entry.name === name && entry.stack === stack)?.rounds ?? [];
  const ratio = (name: CaseName, stack: Stack, against: Stack, atLeast?: number): Ratio => {
    const theirs = of(name, against);
    const pairs = of(name, stack).flatMap((one, round) => {
      const other = theirs[round];
      return other === undefined ? [] : [{ one, other }];
    });
    const byCpu = median(pairs.map(({ one, other }) => other.microseconds / one.microseconds));
    return {
      label: `${name}, ${stack}`,
      value: median(pairs.map(({ one, other }) => perSecond(one) / perSecond(other))),
      ...(atLeast === undefined ? {} : { target: { atLeast } }),
      against,
      note: `${byCpu.toPrecision(3)} by CPU time`,
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
