import { type Benchmark, median } from './benchmark.ts';
import { openCallSite } from './calls/call-site.ts';
import { callsOf, ONE_QUERY } from './calls/measured-calls.ts';
import { usedProcessor } from './calls/used-processor.ts';
import type { Served } from './sites/production-server.ts';
import { bytesOf, load, type Request, requestOnce } from './transport/load.ts';

const CONNECTIONS = 16;
const ROUNDS = 12;
const ROUND = { connections: CONNECTIONS, milliseconds: 500 };
const WARM_UP = { connections: CONNECTIONS, milliseconds: 4_000 };
/** Prompts that are asked for by turns: more by far than a mebibyte holds, so that none is remembered when its turn comes again. */
const HUNDREDS = 5;

export default {
  name: 'misses',
  claim:
    'Fetching prompts with an API key, of which only who calls is remembered, takes one round trip and reaches 80 % of a bare Fastify route with one prepared query, over REST and the tRPC wire, with log, metrics and limits as in production.',
  async run() {
    const site = await openCallSite({ settings: { CACHE_MEGABYTES: '1' }, others: HUNDREDS });
    try {
      const { server, bare, headers, others, databasePid } = site;
      const get = (url: string): Request => ({ method: 'GET', url, headers });
      const query = callsOf(site)[ONE_QUERY]?.request;
      if (query === undefined) throw new Error(`There is no ${ONE_QUERY}.`);
      const entries = [
        await started(ONE_QUERY, bare, [query]),
        await started(
          'prompts.resolve, REST',
          server,
          others.map((ref) => get(`/prompts/resolve?ref=${encodeURIComponent(ref)}`)),
        ),
        await started(
          'prompts.resolve, tRPC',
          server,
          others.map((ref) => get(`/trpc/prompts.resolve?input=${encodeURIComponent(JSON.stringify({ ref }))}`)),
        ),
      ];
      for (const { served, requests, answer } of entries) await load(served.port, requests, answer, WARM_UP);
      const before = await site.transactions();
      let asked = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        // There and back, so that none always follows the same one.
        for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
          const one = await measure(entry, databasePid);
          entry.rounds.push(one);
          asked += one.requests;
        }
      }
      const perRequest = ((await site.transactions()) - before) / asked;
      const medianOf = ({ rounds }: Entry, of: (round: Round) => number): number => median(rounds.map(of));
      const [bareEntry, ...ours] = entries as [Entry, ...Entry[]];
      const against = (entry: Entry, of: (one: Round, other: Round) => number): number =>
        median(entry.rounds.map((one, at) => of(one, bareEntry.rounds[at] as Round)));
      return {
        tables: [
          {
            columns: [
              `medians of ${ROUNDS} rounds, ${CONNECTIONS} connections`,
              'requests/s',
              'CPU µs/request, server',
              'database',
            ],
            rows: entries.map((entry) => ({
              label: entry.label,
              values: [
                medianOf(entry, ({ perSecond }) => perSecond),
                medianOf(entry, (round) => round.server),
                medianOf(entry, ({ database }) => database),
              ],
            })),
          },
        ],
        ratios: [
          ...ours.map((entry) => ({
            label: entry.label,
            value: against(entry, (one, other) => one.perSecond / other.perSecond),
            target: { atLeast: 0.8 },
            against: ONE_QUERY,
            note: `${against(entry, (one, other) => (other.server + other.database) / (one.server + one.database)).toPrecision(3)} by CPU time`,
          })),
          // None is remembered, and none asks twice. What reads changes and writes uses comes some times a second besides.
          ...[{ atLeast: 0.9 }, { atMost: 1.1 }].map((target) => ({
            label: 'transactions of the database for each request, of all',
            value: perRequest,
            target,
            against: 'requests',
          })),
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;

interface Entry {
  readonly label: string;
  readonly served: Served;
  readonly requests: readonly Buffer[];
  readonly answer: Buffer;
  readonly rounds: Round[];
}

interface Round {
  readonly requests: number;
  readonly perSecond: number;
  /** CPU time for one request, in microseconds. */
  readonly server: number;
  readonly database: number;
}

async function started(label: string, served: Served, requests: readonly Request[]): Promise<Entry> {
  const bytes = requests.map((request) => bytesOf(request, served.port));
  const answer = await requestOnce(served.port, bytes[0] as Buffer);
  if (answer.status !== 200) throw new Error(`${label}: answers ${answer.status} ${answer.body}`);
  return { label, served, requests: bytes, answer: answer.bytes, rounds: [] };
}

async function measure({ served, requests: sent, answer }: Entry, databasePid: number): Promise<Round> {
  const before = { server: usedProcessor(served.pid), database: usedProcessor(databasePid) };
  const { requests, seconds } = await load(served.port, sent, answer, ROUND);
  return {
    requests,
    perSecond: requests / seconds,
    server: (usedProcessor(served.pid) - before.server) / requests,
    database: (usedProcessor(databasePid) - before.database) / requests,
  };
}
