import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Problem, restRoutes, trpcWire } from '@promptory/trpc-fastify';
import type { TRPCError } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { FastifyInstance } from 'fastify';
import { fastifyTRPCOpenApiPlugin } from 'trpc-to-openapi';
import { ZodError } from 'zod';
import { FindInput, findItem, Item, pong, router, SaveInput, saveItem } from './router.ts';

/** The ways to serve the same answers that are compared. */
export const stacks = {
  /** No tRPC: the routes as one would write them by hand, with the same zod checks of input and output. */
  async 'bare Fastify'(app: FastifyInstance): Promise<void> {
    app.setErrorHandler((error, _req, reply) =>
      reply.code(error instanceof ZodError ? 400 : 500).send({ message: String(error) }),
    );
    app.get('/trpc/ping', async () => ({ result: { data: pong } }));
    app.get<{ Params: { id: string }; Querystring: { limit?: string } }>('/items/:id', async (req) => {
      const input = { ...req.query, id: req.params.id, limit: Number(req.query.limit) };
      return Item.parse(findItem(FindInput.parse(input)));
    });
    app.post<{ Params: { id: string }; Body: Record<string, unknown> }>('/items/:id', async (req) =>
      Item.parse(saveItem(SaveInput.parse({ ...req.body, id: req.params.id }))),
    );
  },

  async 'stock plugin'(app: FastifyInstance): Promise<void> {
    await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router, createContext: () => ({}) } });
  },

  async 'trpc-to-openapi'(app: FastifyInstance): Promise<void> {
    await app.register(fastifyTRPCOpenApiPlugin, { router, createContext: () => ({}) });
  },

  async ours(app: FastifyInstance): Promise<void> {
    await app.register(trpcWire, { router, prefix: '/trpc', createContext: () => ({}) });
    await app.register(restRoutes, { router, createContext: () => ({}), problem });
  },

  /** With the log and the metrics of the server. */
  'ours, watched': (app: FastifyInstance): Promise<void> => watched(app, {}),

  /** The same, where a collector is set and tracing is turned off. */
  'ours, tracing off': (app: FastifyInstance): Promise<void> =>
    watched(app, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }),
};

async function watched(app: FastifyInstance, variables: Readonly<Record<string, string>>): Promise<void> {
  // Loaded by those that are watched alone.
  const { watchRoutes } = await import('@promptory/server/testing/watched-routes');
  const folder = mkdtempSync(join(tmpdir(), 'promptory-watched-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const hooks = await watchRoutes(app, { logFile: join(folder, 'log'), variables });
  await app.register(trpcWire, { router, prefix: '/trpc', createContext: () => ({}), ...hooks });
  await app.register(restRoutes, { router, createContext: () => ({}), problem, ...hooks });
}

export type Stack = keyof typeof stacks;

function problem(error: TRPCError): Problem {
  const status = getHTTPStatusCodeFromError(error);
  return { status, body: { type: 'about:blank', status, detail: error.message } };
}
