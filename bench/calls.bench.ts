import { type Benchmark, median, type Ratio } from './benchmark.ts';
import { openCallSite } from './calls/call-site.ts';
import { callsOf, type MeasuredCall, ONE_QUERY, TWO_QUERIES } from './calls/measured-calls.ts';
import { usedProcessor } from './calls/used-processor.ts';
import type { Served } from './sites/production-server.ts';
import { bytesOf, load, requestOnce } from './transport/load.ts';

const CONNECTIONS = 16;
const ROUNDS = 20;
const ROUND = { connections: CONNECTIONS, milliseconds: 500 };
const WARM_UP = { connections: CONNECTIONS, milliseconds: 4_000 };

interface Entry {
  readonly label: string;
  readonly server: Served;
  readonly request: Buffer;
  readonly answer: Buffer;
  readonly rounds: Round[];
}

interface Round {
  readonly perSecond: number;
  /** CPU time for one request, in microseconds. */
  readonly server: number;
  readonly database: number;
}

export default {
  name: 'calls',
  claim:
    'Without any cache, not even of who calls, fetching a prompt with an API key reaches 80 % of a bare Fastify route with one prepared query, over REST and the tRPC wire, with log, metrics and limits as in production. What a server remembers, `cached` measures.',
  async run() {
    const site = await openCallSite();
    try {
      const entries = await Promise.all(Object.entries(callsOf(site)).map(([label, call]) => start(label, call)));
      for (const { server, request, answer } of entries) await load(server.port, request, answer, WARM_UP);
      for (let round = 0; round < ROUNDS; round += 1) {
        // There and back, so that none always follows the same one.
        for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
          entry.rounds.push(await measure(entry, site.databasePid));
        }
      }
      return { tables: [tableOf(entries)], ratios: ratiosOf(entries) };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;

async function start(label: string, { server, request }: MeasuredCall): Promise<Entry> {
  const bytes = bytesOf(request, server.port);
  const answer = await requestOnce(server.port, bytes);
  if (answer.status !== 200) throw new Error(`${label}: answers ${answer.status} ${answer.body}`);
  return { label, server, request: bytes, answer: answer.bytes, rounds: [] };
}

async function measure({ server, request, answer }: Entry, databasePid: number): Promise<Round> {
  const before = { server: usedProcessor(server.pid), database: usedProcessor(databasePid) };
  const { requests, seconds } = await load(server.port, request, answer, ROUND);
  return {
    perSecond: requests / seconds,
    server: (usedProcessor(server.pid) - before.server) / requests,
    database: (usedProcessor(databasePid) - before.database) / requests,
  };
}

const medianOf = (rounds: readonly Round[], of: (round: Round) => number): number => median(rounds.map(of));

function tableOf(entries: readonly Entry[]) {
  return {
    columns: [
      `medians of ${ROUNDS} rounds, ${CONNECTIONS} connections`,
      'requests/s',
      'CPU µs/request, server',
      'database',
    ],
    rows: entries.map(({ label, rounds }) => ({
      label,
      values: [
        medianOf(rounds, ({ perSecond }) => perSecond),
        medianOf(rounds, ({ server }) => server),
        medianOf(rounds, ({ database }) => database),
      ],
    })),
  };
}

/** Medians of the ratios of each round, so that what else the machine does meets both. */
function ratiosOf(entries: readonly Entry[]): Ratio[] {
  const roundsOf = (label: string): readonly Round[] => entries.find((entry) => entry.label === label)?.rounds ?? [];
  const ratio = (label: string, against: string, atLeast?: number): Ratio => {
    const pairs = roundsOf(label).flatMap((one, index) => {
      const other = roundsOf(against)[index];
      return other === undefined ? [] : [{ one, other }];
    });
    const cpu = ({ server, database }: Round): number => server + database;
    return {
      label,
      value: median(pairs.map(({ one, other }) => one.perSecond / other.perSecond)),
      ...(atLeast === undefined ? {} : { target: { atLeast } }),
      against,
      note: `${median(pairs.map(({ one, other }) => cpu(other) / cpu(one))).toPrecision(3)} by CPU time`,
    };
  };
  return [
    ratio('prompts.resolve, REST', ONE_QUERY, 0.8),
    ratio('prompts.resolve, tRPC', ONE_QUERY, 0.8),
    ratio('prompts.get, REST', ONE_QUERY),
    ratio('prompts.get, tRPC', ONE_QUERY),
    ratio('prompts.get, REST', TWO_QUERIES),
    ratio('prompts.get, tRPC', TWO_QUERIES),
    ratio(TWO_QUERIES, ONE_QUERY),
  ];
}
