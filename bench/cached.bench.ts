import { type Benchmark, median } from './benchmark.ts';
import { openCallSite } from './calls/call-site.ts';
import { callsOf, ONE_QUERY } from './calls/measured-calls.ts';
import { usedProcessor } from './calls/used-processor.ts';
import type { Served } from './sites/production-server.ts';
import { bytesOf, load, requestOnce } from './transport/load.ts';

const CONNECTIONS = 16;
const ROUNDS = 10;
const ROUND = { connections: CONNECTIONS, milliseconds: 500 };
/** Requests of each kind before any is measured: however busy the machine is, as much is compiled by then as in a server that runs for hours. */
const WARM_UP = 20_000;
/** Each with what part of a bare route that answers the same from memory, or that makes one query, it is to reach. */
const CALLS: ReadonlyArray<readonly [label: string, targets: { readonly memory?: number; readonly query?: number }]> = [
  ['prompts.resolve, tRPC', { memory: 0.7 }],
  ['prompts.resolve, REST', {}],
  ['prompts.get, tRPC', { query: 0.75 }],
  ['prompts.get, REST', { query: 0.75 }],
];

export default {
  name: 'cached',
  claim:
    'Fetching a prompt with an API key, both remembered, asks the database nothing, and reaches 70 % of a bare Fastify route that answers the same bytes from memory, over the tRPC wire; getting it by its id reaches 75 % of one with one prepared query, over REST and the wire; with log, metrics and limits as in production.',
  async run() {
    const site = await openCallSite({ settings: { CACHE_MEGABYTES: '64' } });
    try {
      const calls = callsOf(site);
      const started = async (label: string) => {
        const { server, request } = calls[label] as (typeof calls)[string];
        const bytes = bytesOf(request, server.port);
        const answer = await requestOnce(server.port, bytes);
        if (answer.status !== 200) throw new Error(`${label}: answers ${answer.status} ${answer.body}`);
        return { port: server.port, bytes, answer };
      };
      const query = await started(ONE_QUERY);
      const asked = await Promise.all(
        CALLS.map(async ([label, targets]) => ({ label, targets, ...(await started(label)), rounds: [] as Rounds[] })),
      );
      const perRequest: number[] = [];
      await warmUp(query.port, query.bytes, query.answer.bytes);
      for (const call of asked) {
        await site.keep(call.answer.body);
        const memory = bytesOf({ method: 'GET', url: '/memory', headers: site.headers }, site.bare.port);
        const kept = await requestOnce(site.bare.port, memory);
        if (kept.body !== call.answer.body) throw new Error('The bare route answers other bytes.');
        await warmUp(site.bare.port, memory, kept.bytes);
        await warmUp(call.port, call.bytes, call.answer.bytes);
        const before = await site.transactions();
        let requests = 0;
        let queries = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          const ours = await measure(site.server, call.bytes, call.answer.bytes);
          const ofMemory = await measure(site.bare, memory, kept.bytes);
          const ofQuery = await measure(site.bare, query.bytes, query.answer.bytes);
          requests += ours.requests;
          queries += ofQuery.requests;
          call.rounds.push({ ours, memory: ofMemory, query: ofQuery });
        }
        perRequest.push(((await site.transactions()) - before - queries) / requests);
      }
      const medianOf = (rounds: readonly Rounds[], of: (round: Rounds) => number) => median(rounds.map(of));
      return {
        tables: [
          {
            columns: [
              `medians of ${ROUNDS} rounds, ${CONNECTIONS} connections`,
              'requests/s',
              'bare, from memory',
              'bare, one query',
              'CPU µs/request, server',
              'bare, from memory',
              'bare, one query',
              'transactions a request',
            ],
            rows: asked.map(({ label, rounds }, at) => ({
              label,
              values: [
                ...KINDS.map((kind) => medianOf(rounds, (round) => round[kind].perSecond)),
                ...KINDS.map((kind) => medianOf(rounds, (round) => round[kind].cpu)),
                perRequest[at] ?? Number.NaN,
              ],
            })),
          },
        ],
        ratios: [
          ...asked.flatMap(({ label, targets, rounds }) =>
            AGAINST.map(([kind, against]) => ({
              label,
              value: medianOf(rounds, (round) => round.ours.perSecond / round[kind].perSecond),
              ...(targets[kind] === undefined ? {} : { target: { atLeast: targets[kind] } }),
              against,
              note: `${medianOf(rounds, (round) => round[kind].cpu / round.ours.cpu).toPrecision(3)} by CPU time of the server`,
            })),
          ),
          {
            label: 'transactions of the database for each request',
            value: Math.max(...perRequest),
            // What reads changes and writes uses, some times a second each.
            target: { atMost: 0.05 },
            against: 'requests',
          },
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;

interface Round {
  readonly requests: number;
  readonly perSecond: number;
  /** CPU time of the server for one request, in microseconds. */
  readonly cpu: number;
}

const KINDS = ['ours', 'memory', 'query'] as const;
const AGAINST = [
  ['memory', 'a bare route from memory'],
  ['query', 'a bare route with one prepared query'],
] as const;

type Rounds = Readonly<Record<(typeof KINDS)[number], Round>>;

async function warmUp(port: number, request: Buffer, answer: Buffer): Promise<void> {
  for (let asked = 0; asked < WARM_UP; ) {
    asked += (await load(port, request, answer, { connections: CONNECTIONS, milliseconds: 1_000 })).requests;
  }
}

async function measure({ port, pid }: Served, request: Buffer, answer: Buffer): Promise<Round> {
  const before = usedProcessor(pid);
  const { requests, seconds } = await load(port, request, answer, ROUND);
  return { requests, perSecond: requests / seconds, cpu: (usedProcessor(pid) - before) / requests };
}
