import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { allowedMethods, restProceduresOf } from './procedures.ts';
import type { RestMeta } from './rest-meta.ts';

const t = initTRPC.meta<{ rest?: RestMeta }>().create();
const Fields = z.strictObject({ limit: z.int().default(20) });
const rest: RestMeta = { method: 'GET', path: '/list', summary: 'List' };

it.each([
  ['prefault', Fields.prefault({})],
  ['default', Fields.default({ limit: 5 })],
  ['optional', Fields.optional()],
  ['two of them', Fields.optional().prefault({})],
  ['none', Fields],
])('looks below what stands for no input: %s', (_, input) => {
  const router = t.router({
    list: t.procedure
      .meta({ rest })
      .input(input)
      .query(() => null),
  });
  expect(restProceduresOf(router)[0]?.inputs).toBe(Fields);
});

it('takes what all inputs of a procedure take together', () => {
  const router = t.router({
    list: t.procedure
      .meta({ rest })
      .input(z.object({ limit: z.int() }))
      .input(z.object({ name: z.string() }))
      .query(() => null),
  });
  const inputs = restProceduresOf(router)[0]?.inputs as z.ZodType;
  expect(inputs.safeParse({ limit: 1, name: 'a' }).success).toBe(true);
  expect([inputs.safeParse({ limit: 1 }).success, inputs.safeParse({ name: 'a' }).success]).toEqual([false, false]);
});

it('answers at each address the methods of its procedures, HEAD beside GET, and OPTIONS', () => {
  const at = (method: RestMeta['method'], path: RestMeta['path']) =>
    t.procedure.meta({ rest: { method, path, summary: 'Something' } });
  const router = t.router({
    get: at('GET', '/notes/{id}').query(() => null),
    put: at('PUT', '/notes/{id}').mutation(() => null),
    create: at('POST', '/notes').mutation(() => null),
    plain: t.procedure.query(() => null),
  });
  expect([...allowedMethods(router)]).toEqual([
    ['/notes/{id}', ['GET', 'HEAD', 'OPTIONS', 'PUT']],
    ['/notes', ['OPTIONS', 'POST']],
  ]);
});
