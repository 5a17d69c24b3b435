import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { restProceduresOf } from './procedures.ts';
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
