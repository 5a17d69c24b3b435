import { appRouter, procedureFacts } from '@promptory/api/server';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { SMALL_BODY_BYTES } from '../../src/http/connections/bodies/arriving-bodies.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Of a character that is escaped in JSON, and of what stands around a value. */
const [ESCAPED_BYTES, AROUND_BYTES] = [6, 8];

/** How long the JSON of what a schema permits may be, without blanks; Infinity where nothing bounds it. */
function mostBytes(schema: JsonSchema): number {
  const { type, properties, anyOf, oneOf, enum: options, const: only, maxLength = Infinity } = schema;
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return Math.max(...choices.map((choice) => mostBytes(choice as JsonSchema)));
  if (only !== undefined || options !== undefined) {
    return Math.max(...(options ?? [only]).map((option) => JSON.stringify(option).length));
  }
  if (properties !== undefined) {
    const members = Object.entries(properties);
    return members.reduce((sum, [name, value]) => sum + name.length + AROUND_BYTES + mostBytes(value as JsonSchema), 2);
  }
  if (type === 'string') return maxLength * ESCAPED_BYTES + 2;
  return type === 'boolean' || type === 'null' || type === 'integer' ? 20 : Infinity;
}

it('has no call that anyone may make with a body larger than is taken from who shows no credential', () => {
  const router: AnyTRPCRouter = appRouter;
  const open = Object.entries(router._def.procedures as Record<string, AnyTRPCProcedure>).filter(
    ([path]) => procedureFacts.get(path)?.token !== 'required',
  );
  expect(open.length).toBeGreaterThan(5);
  for (const [path, { _def }] of open) {
    const [input] = _def.inputs as z.ZodType[];
    const bytes = input === undefined ? 0 : mostBytes(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
    expect(bytes, path).toBeLessThanOrEqual(SMALL_BODY_BYTES);
  }
});
