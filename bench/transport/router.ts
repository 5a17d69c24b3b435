import type { RestMeta } from '@promptory/trpc-fastify';
import { initTRPC } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';

export const FindInput = z.strictObject({
  id: z.uuid(),
  limit: z.int().min(1).max(100),
  search: z.string().max(200),
});

export const SaveInput = z.strictObject({
  id: z.uuid(),
  title: z.string().min(1).max(200),
  tags: z.array(z.string().min(1).max(40)).max(20),
  priority: z.int().min(1).max(5),
});

export const Item = z.object({
  id: z.uuid(),
  title: z.string().max(200),
  tags: z.array(z.string().max(40)).max(20),
  priority: z.int(),
  version: z.int(),
  createdAt: z.iso.datetime(),
});

type ItemValue = z.infer<typeof Item>;

/** What a database would do, done at once: the transports are measured, not what lies behind them. */
export function findItem({ id, limit, search }: z.infer<typeof FindInput>): ItemValue {
  return {
    id,
    title: search,
    tags: ['one', 'two'],
    priority: limit,
    version: 3,
    createdAt: '2026-01-02T03:04:05.678Z',
  };
}

export function saveItem(input: z.infer<typeof SaveInput>): ItemValue {
  return { ...input, version: 4, createdAt: '2026-01-02T03:04:05.678Z' };
}

export const pong = { ok: true } as const;

const t = initTRPC.meta<OpenApiMeta<{ rest?: RestMeta }>>().create({ isDev: false });

function restAndOpenApi(method: 'GET' | 'POST'): OpenApiMeta<{ rest: RestMeta }> {
  const path = '/items/{id}';
  return { rest: { method, path, summary: 'An item' }, openapi: { method, path, summary: 'An item' } };
}

/** One router for every contender that has one. */
export const router = t.router({
  ping: t.procedure.query(() => pong),
  items: t.router({
    find: t.procedure
      .meta(restAndOpenApi('GET'))
      .input(FindInput)
      .output(Item)
      .query(({ input }) => findItem(input)),
    save: t.procedure
      .meta(restAndOpenApi('POST'))
      .input(SaveInput)
      .output(Item)
      .mutation(({ input }) => saveItem(input)),
  }),
});
