import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import fastify from 'fastify';
import { type Stack, stacks } from './stacks.ts';

/** What the process of a contender measures of itself. */
export interface Usage {
  /** CPU time since its start, of all its threads, in microseconds. */
  cpu: number;
  /** Bytes. */
  rss: number;
  heap: number;
}

// One contender in a process of its own: serves the stack named by the first argument, and answers each message with its usage.
const app = fastify({ routerOptions: { maxParamLength: 5000 } });
await stacks[process.argv[2] as Stack](app);
await app.listen({ port: 0, host: '127.0.0.1' });

process.on('message', async (settled: boolean) => {
  if (settled) await collectGarbage();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed: heap } = process.memoryUsage();
  process.send?.({ cpu: user + system, rss, heap } satisfies Usage);
});
process.on('disconnect', () => process.exit());
process.send?.((app.server.address() as AddressInfo).port);

/** Several times, with pauses: what is finalised by one collection is freed by the next. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await setTimeout(20);
  }
}
