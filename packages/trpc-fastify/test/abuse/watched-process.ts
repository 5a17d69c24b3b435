import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import fastify from 'fastify';
import { restRoutes } from '../../src/rest/rest-routes.ts';
import { trpcWire } from '../../src/wire/trpc-wire.ts';
import { abuseRouter } from './abuse-router.ts';
import type { Command, ServerMessage, ServerSettings, ServerState } from './server-state.ts';

// A process of its own, so that its memory, handles and end are the server's alone. It takes commands over IPC, and ends by itself.
const { headersTimeout, requestTimeout, handlerTimeout, checkEvery, maxHeaderSize }: ServerSettings = JSON.parse(
  process.argv[2] ?? '{}',
);
// Opened when first looked at, as Node's own pipe() does: from the start, so that they are not taken for leaks.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const { router, counters } = abuseRouter();
const failures: Record<string, number> = {};
const sockets = new Set<Socket>();
let takenBefore = 0;
let peakLive = 0;
let peakRss = 0;
let peakConnections = 0;

function fail(how: string): void {
  failures[how] = (failures[how] ?? 0) + 1;
}

function sample(): void {
  const { heapUsed, external, rss } = process.memoryUsage();
  peakLive = Math.max(peakLive, heapUsed + external);
  peakRss = Math.max(peakRss, rss);
}

async function collect(): Promise<void> {
  // What one collection finalizes, the next frees.
  for (let round = 0; round < 3; round++) {
    await turn();
    globalThis.gc?.();
  }
}

function state(): ServerState {
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    ...counters,
    live: heapUsed + external,
    rss,
    peakLive,
    peakRss,
    connections: sockets.size,
    peakConnections,
    taken: [...sockets].reduce((sum, socket) => sum + socket.bytesRead, takenBefore),
    resources,
    failures,
  };
}

const app = fastify({
  handlerTimeout,
  serverFactory: (handler) =>
    createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: checkEvery, maxHeaderSize }, handler),
});
app.server.on('connection', (socket: Socket) => {
  sockets.add(socket);
  peakConnections = Math.max(peakConnections, sockets.size);
  socket.once('close', () => {
    sockets.delete(socket);
    takenBefore += socket.bytesRead;
  });
});
app.addHook('onResponse', async (req, reply) => {
  if (reply.statusCode >= 500) fail(`${reply.statusCode} ${req.method} ${req.url.slice(0, 100)}`);
});
process.on('warning', (warning) => fail(String(warning)));

await app.register(restRoutes, {
  router,
  createContext: () => ({}),
  problem: (error: TRPCError) => ({
    status: getHTTPStatusCodeFromError(error),
    body: { code: error.code, detail: error.message },
  }),
});
await app.register(trpcWire, { router, prefix: '/trpc', createContext: () => ({}) });
await app.listen({ port: 0, host: '127.0.0.1', backlog: 2_000 });
setInterval(sample, 10).unref();

function send(message: ServerMessage): void {
  process.send?.(message);
}

process.on('message', async (command: Command) => {
  if (command === 'close') {
    await app.close();
    // The last thing that holds the process: whatever else does, is a leak.
    process.disconnect();
    return;
  }
  if (command !== 'look') await collect();
  const answer = state();
  if (command === 'mark') {
    peakLive = answer.live;
    peakRss = answer.rss;
    peakConnections = answer.connections;
  }
  send({ answer });
});
send({ port: (app.server.address() as AddressInfo).port });
