import { type Benchmark, median } from './benchmark.ts';
import { openCallSite, type Served } from './calls/call-site.ts';
import { callsOf } from './calls/measured-calls.ts';
import { usedProcessor } from './calls/used-processor.ts';
import { bytesOf, load, requestOnce } from './transport/load.ts';

const CONNECTIONS = 16;
const ROUNDS = 10;
const ROUND = { connections: CONNECTIONS, milliseconds: 500 };
const WARM_UP = { connections: CONNECTIONS, milliseconds: 3_000 };
const CALLS = ['prompts.resolve, tRPC', 'prompts.resolve, REST'] as const;

export default {
  name: 'cached',
  claim:
    'Fetching a prompt with an API key, both remembered, asks the database nothing, and reaches 70 % of a bare Fastify route that answers the same bytes from memory, over the tRPC wire, with log, metrics and limits as in production.',
  async run() {
    const site = await openCallSite({ settings: { CACHE_MEGABYTES: '64' } });
    try {
      const calls = callsOf(site);
      const asked = await Promise.all(
        CALLS.map(async (label) => {
          const { server, request } = calls[label] as (typeof calls)[string];
          const bytes = bytesOf(request, server.port);
          const answer = await requestOnce(server.port, bytes);
          if (answer.status !== 200) throw new Error(`${label}: answers ${answer.status} ${answer.body}`);
          return { label, port: server.port, bytes, answer, rounds: [] as Round[], ofMemory: [] as Round[] };
        }),
      );
      const perRequest: number[] = [];
      for (const call of asked) {
        await site.keep(call.answer.body);
        const memory = bytesOf({ method: 'GET', url: '/memory', headers: site.headers }, site.bare.port);
        const kept = await requestOnce(site.bare.port, memory);
        if (kept.body !== call.answer.body) throw new Error('The bare route answers other bytes.');
        await load(site.bare.port, memory, kept.bytes, WARM_UP);
        await load(call.port, call.bytes, call.answer.bytes, WARM_UP);
        const before = await site.transactions();
        let requests = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          const ours = await measure(site.server, call.bytes, call.answer.bytes);
          const theirs = await measure(site.bare, memory, kept.bytes);
          requests += ours.requests;
          call.rounds.push(ours);
          call.ofMemory.push(theirs);
        }
        perRequest.push(((await site.transactions()) - before) / requests);
      }
      return {
        tables: [
          {
            columns: [
              `medians of ${ROUNDS} rounds, ${CONNECTIONS} connections`,
              'requests/s',
              'bare, from memory',
              'CPU µs/request, server',
              'bare',
              'transactions a request',
            ],
            rows: asked.map(({ label, rounds, ofMemory }, at) => ({
              label,
              values: [
                medianOf(rounds, ({ perSecond }) => perSecond),
                medianOf(ofMemory, ({ perSecond }) => perSecond),
                medianOf(rounds, ({ cpu }) => cpu),
                medianOf(ofMemory, ({ cpu }) => cpu),
                perRequest[at] ?? Number.NaN,
              ],
            })),
          },
        ],
        ratios: [
          ...asked.map(({ label, rounds, ofMemory }) => ({
            label,
            value: median(rounds.map(({ perSecond }, at) => perSecond / (ofMemory[at]?.perSecond ?? Number.NaN))),
            ...(label.endsWith('tRPC') ? { target: { atLeast: 0.7 } } : {}),
            against: 'a bare route from memory',
            note: `${median(rounds.map(({ cpu }, at) => (ofMemory[at]?.cpu ?? Number.NaN) / cpu)).toPrecision(3)} by CPU time`,
          })),
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

async function measure({ port, pid }: Served, request: Buffer, answer: Buffer): Promise<Round> {
  const before = usedProcessor(pid);
  const { requests, seconds } = await load(port, request, answer, ROUND);
  return { requests, perSecond: requests / seconds, cpu: (usedProcessor(pid) - before) / requests };
}

const medianOf = (rounds: readonly Round[], of: (round: Round) => number): number => median(rounds.map(of));
