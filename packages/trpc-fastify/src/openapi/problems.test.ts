import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../router/rest-meta.ts';
import type { OpenApiError } from './document.ts';
import { openApiDocument } from './generate.ts';

const Problem = z.looseObject({ status: z.int(), code: z.string() }).meta({ id: 'TestProblem' });
const Bare = z.looseObject({ type: z.string(), status: z.int() }).meta({ id: 'TestBareProblem' });

function documentOf(
  errors: OpenApiError[],
  { problemSchema = Problem, body }: { problemSchema?: z.ZodType; body?: RestMeta['body'] } = {},
) {
  const t = initTRPC.meta<{ rest: RestMeta }>().create();
  const rest: RestMeta = { method: 'POST', path: '/things', summary: 'Do', ...(body === undefined ? {} : { body }) };
  const router = t.router({
    do: t.procedure
      .meta({ rest })
      .input(z.object({ file: z.any() }))
      .output(z.void())
      .mutation(() => undefined),
  });
  return openApiDocument(router, {
    info: { title: 'Test', version: '1.0.0' },
    securitySchemes: {},
    security: () => [],
    errors: () => errors,
    problemSchema,
  });
}

const error = (status: number, code: string, details?: z.ZodObject): OpenApiError => ({
  status,
  code,
  description: 'Refused.',
  ...(details === undefined ? {} : { details }),
});
const schemaOf = (response: object | undefined) =>
  (response as { content: Record<string, { schema: object }> }).content['application/problem+json']?.schema;
const conflict = error(409, 'thing.version_conflict', z.strictObject({ latest: z.int(), by: z.string().optional() }));

it('says which codes each response may have', () => {
  const { components } = documentOf([error(404, 'thing.not_found'), error(404, 'owner.not_found')]);
  expect(schemaOf(components.responses['404-thing.not_found-owner.not_found'])).toEqual({
    allOf: [
      { $ref: '#/components/schemas/TestProblem' },
      {
        type: 'object',
        properties: { code: { type: 'string', enum: ['thing.not_found', 'owner.not_found'] } },
        required: ['code'],
      },
    ],
  });
});

it('makes a component of a code that adds something, apart from those of its status that do not', () => {
  const { components } = documentOf([conflict, error(409, 'thing.taken')]);
  expect(schemaOf(components.responses['409-thing.version_conflict-thing.taken'])).toEqual({
    anyOf: [
      { $ref: '#/components/schemas/ThingVersionConflictProblem' },
      {
        allOf: [
          { $ref: '#/components/schemas/TestProblem' },
          { type: 'object', properties: { code: { type: 'string', enum: ['thing.taken'] } }, required: ['code'] },
        ],
      },
    ],
  });
  expect(components.schemas.ThingVersionConflictProblem).toEqual({
    allOf: [
      { $ref: '#/components/schemas/TestProblem' },
      {
        type: 'object',
        properties: {
          code: { type: 'string', const: 'thing.version_conflict' },
          latest: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
          by: { type: 'string' },
        },
        required: ['code', 'latest'],
      },
    ],
  });
  expect(components.examples['thing.version_conflict']).toMatchObject({ value: { latest: expect.any(Number) } });
});

it('refuses two codes whose details would have one name', () => {
  const other = error(409, 'thing.version.conflict', z.strictObject({ earliest: z.int() }));
  expect(() => documentOf([conflict, other])).toThrow('ThingVersionConflictProblem is taken twice');
});

it('leaves the problem of a host without codes as it is', () => {
  const { components } = documentOf([conflict, error(404, 'thing.not_found')], { problemSchema: Bare });
  expect(schemaOf(components.responses['404-thing.not_found'])).toEqual({
    $ref: '#/components/schemas/TestBareProblem',
  });
  expect(Object.keys(components.schemas)).toEqual(['TestBareProblem']);
});

it('puts JSON first among the types of a raw body, and says of it what the host says', () => {
  const types = ['text/csv', 'application/json'];
  const contentOf = (json?: z.ZodType): object => {
    const body = { types, field: 'file', limit: 10, ...(json === undefined ? {} : { json }) };
    const requestBody = documentOf([], { body }).paths['/things']?.post?.requestBody;
    return Reflect.get(Object(requestBody), 'content');
  };
  expect(Object.entries(contentOf())).toEqual([
    ['application/json', { schema: {} }],
    ['text/csv', { schema: { type: 'string' } }],
  ]);
  expect(contentOf(z.array(z.boolean()))).toEqual({
    'application/json': { schema: { type: 'array', items: { type: 'boolean' } }, example: [true] },
    'text/csv': { schema: { type: 'string' } },
  });
});
