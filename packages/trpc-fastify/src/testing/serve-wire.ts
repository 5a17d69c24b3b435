import type { AddressInfo } from 'node:net';
import type { AnyTRPCRouter } from '@trpc/server';
import fastify, { type FastifyServerOptions } from 'fastify';
import { onTestFinished } from 'vitest';
import { trpcWire } from '../trpc-wire.ts';
import type { WireOptions } from '../wire/wire-options.ts';

export interface ServedWire {
  /** What the links of a client are given. */
  url: string;
  /** Every request that came, in order, its query left out: `GET notes.get,notes.list`. */
  requests: string[];
  /** Cuts all connections where they stand, as a proxy that restarts would. */
  cut(): void;
}

/** A router on a real socket, until the test that asked for it is over. */
export async function serveWire(
  router: AnyTRPCRouter,
  settings: { fastify?: FastifyServerOptions; wire?: Partial<WireOptions> } = {},
): Promise<ServedWire> {
  const requests: string[] = [];
  const app = fastify({ forceCloseConnections: true, ...settings.fastify });
  onTestFinished(() => app.close());
  app.addHook('onRequest', async (req) => {
    const path = decodeURIComponent(new URL(req.url, 'http://localhost').pathname);
    requests.push(`${req.method} ${path.slice('/trpc/'.length)}`);
  });
  await app.register(trpcWire, { router, prefix: '/trpc', createContext: () => ({}), ...settings.wire });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/trpc`,
    requests,
    cut: () => app.server.closeAllConnections(),
  };
}
