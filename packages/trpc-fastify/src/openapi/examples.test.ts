import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../router/rest-meta.ts';
import type { OpenApiOptions } from './document.ts';
import { openApiDocument } from './generate.ts';

const t = initTRPC.meta<{ rest: RestMeta }>().create();

const Fault = z.object({ path: z.string() }).meta({ id: 'ExampleFault' });

const options: OpenApiOptions = {
  info: { title: 'Tea', version: '1.0.0' },
  securitySchemes: {},
  security: () => [],
  errors: ({ rest }: { rest: RestMeta }) => [
    { status: 429, code: 'limit', description: 'Too many.' },
    ...(rest.method === 'PUT' ? [{ status: 503, code: 'limit', description: 'Too many.' }] : []),
  ],
  problemSchema: z.object({ status: z.int(), code: z.string(), title: z.string(), faults: z.array(Fault) }),
  responseHeaders: {
    'Retry-After': {
      description: 'Seconds.',
      schema: { type: 'integer' },
      example: 3,
      when: (status) => status === 429 || status === 503,
    },
  },
  requestHeaders: {
    'Idempotency-Key': {
      description: 'Once.',
      schema: { type: 'string' },
      when: (meta) => (meta as { rest: RestMeta }).rest.method === 'POST',
    },
  },
} as OpenApiOptions;

const Tea = z
  .strictObject({ id: z.string(), sort: z.string() })
  .meta({ id: 'ExampleTea', examples: [{ id: 't1', sort: 'Oolong' }] });

const document = openApiDocument(
  t.router({
    list: t.procedure
      .meta({ rest: { method: 'GET', path: '/teas', summary: 'List' } })
      .input(
        z.strictObject({
          sort: z
            .string()
            .optional()
            .meta({ description: 'Which.', examples: ['Oolong'], deprecated: true }),
          limit: z.int().min(1).max(50).default(20),
          shop: z.string(),
        }),
      )
      .output(z.object({ items: z.array(Tea) }))
      .query(() => ({ items: [] })),
    get: t.procedure
      .meta({ rest: { method: 'GET', path: '/teas/{id}', summary: 'Get' } })
      .input(z.strictObject({ id: z.uuid() }))
      .output(Tea)
      .query(() => ({ id: '', sort: '' })),
    put: t.procedure
      .meta({ rest: { method: 'PUT', path: '/teas/{id}', summary: 'Put' } })
      .input(Tea)
      .output(Tea)
      .mutation(({ input }) => input),
    order: t.procedure
      .meta({ rest: { method: 'PUT', path: '/teas/{id}/order', summary: 'Order' } })
      .input(
        z
          .strictObject({ id: z.uuid(), place: z.int(), before: z.string().optional() })
          .refine(({ before }) => before === undefined, 'Not both'),
      )
      .output(z.void())
      .mutation(() => undefined),
    pots: t.procedure
      .meta({ rest: { method: 'POST', path: '/pots', summary: 'Pot' } })
      .input(z.strictObject({ size: z.int() }).refine(({ size }) => size > 99))
      .output(z.void())
      .mutation(() => undefined),
    cups: t.procedure
      .meta({ rest: { method: 'POST', path: '/cups', summary: 'Cup' } })
      .input(z.strictObject({ size: z.int() }).refine(async ({ size }) => size > 0))
      .output(z.void())
      .mutation(() => undefined),
    brew: t.procedure
      .meta({
        rest: {
          method: 'POST',
          path: '/teas',
          summary: 'Brew',
          status: 201,
          orStatus: {
            status: 202,
            description: 'Later.',
            when: (output) => (output as { minutes?: number }).minutes !== undefined,
          },
        },
      })
      .input(z.strictObject({ sort: z.string(), pin: z.string().regex(/^\d{7}$/) }))
      .output(z.union([Tea, z.object({ minutes: z.int() })]))
      .mutation(() => ({ minutes: 3 })),
  }),
  options,
);

type Body = { content: Record<string, object> };
const responseOf = (path: string, method: string, status: number) => document.paths[path]?.[method]?.responses[status];
const jsonOf = (body: unknown) => (body as Body).content['application/json'];

describe('examples', () => {
  it('are those of the schema, said once as a component', () => {
    const reference = { ExampleTea: { $ref: '#/components/examples/ExampleTea' } };
    expect(jsonOf(responseOf('/teas/{id}', 'get', 200))).toMatchObject({ examples: reference });
    expect(jsonOf(responseOf('/teas/{id}', 'put', 200))).toMatchObject({ examples: reference });
    expect(document.components.examples.ExampleTea).toEqual({ value: { id: 't1', sort: 'Oolong' } });
    expect(jsonOf(responseOf('/teas', 'get', 200))).toMatchObject({
      example: { items: [{ id: 't1', sort: 'Oolong' }] },
    });
  });

  it('leave out what is in the path, also those of the schema', () => {
    expect(jsonOf(document.paths['/teas/{id}']?.put?.requestBody)).toEqual({
      schema: { $ref: '#/components/schemas/ExampleTeaWithoutId' },
      examples: { ExampleTeaWithoutId: { $ref: '#/components/examples/ExampleTeaWithoutId' } },
    });
    expect(document.components.examples.ExampleTeaWithoutId).toEqual({ value: { sort: 'Oolong' } });
  });

  it('are there for parameters that must be given, and for others only where their schema has one', () => {
    const parameters = document.paths['/teas']?.get?.parameters as Array<{ name: string; example?: unknown }>;
    expect(parameters.map(({ name, example }) => [name, example])).toEqual([
      ['sort', 'Oolong'],
      ['limit', undefined],
      ['shop', 'Shop'],
    ]);
    expect(parameters[0]).toMatchObject({ deprecated: true, description: 'Which.' });
    expect(document.paths['/teas/{id}']?.get?.parameters).toMatchObject([
      { example: '01900000-0000-7000-8000-000000000001' },
    ]);
  });

  it('show of each status an output that has it', () => {
    expect(jsonOf(responseOf('/teas', 'post', 201))).toMatchObject({ example: { sort: 'Oolong' } });
    expect(jsonOf(responseOf('/teas', 'post', 202))).toMatchObject({ example: { minutes: 1 } });
  });

  it('are ones that the refinements of the input take', () => {
    expect(jsonOf(document.paths['/teas/{id}/order']?.put?.requestBody)).toMatchObject({ example: { place: 1 } });
    expect(Object.keys(jsonOf(document.paths['/pots']?.post?.requestBody) ?? {})).toEqual(['schema']);
    expect(jsonOf(document.paths['/cups']?.post?.requestBody)).toMatchObject({ example: { size: 1 } });
  });

  it('are missing where none that is valid is found', () => {
    expect(Object.keys(jsonOf(document.paths['/teas']?.post?.requestBody) ?? {})).toEqual(['schema']);
  });

  it('of errors have every member of the problem, and one for each status that a code has', () => {
    const value = { status: 429, code: 'limit', title: 'Too Many Requests', faults: [{ path: 'Path' }] };
    expect(document.components.examples.limit).toEqual({ summary: 'Too many.', value });
    const { content } = document.components.responses['503-limit'] as Body;
    expect(content['application/problem+json']).toMatchObject({
      examples: { limit: { value: { status: 503, code: 'limit' } } },
    });
  });
});

describe('headers', () => {
  it('of the host are components, referred to where they come', () => {
    expect(responseOf('/teas', 'get', 429)).toEqual({ $ref: '#/components/responses/429-limit' });
    expect(document.components.responses['429-limit']).toMatchObject({
      headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
    });
    expect(responseOf('/teas', 'get', 200)).not.toHaveProperty('headers');
    expect(document.components.headers).toEqual({
      'Retry-After': { description: 'Seconds.', schema: { type: 'integer' }, example: 3 },
    });
  });

  it('that the host reads are parameters of the calls that have them', () => {
    expect(document.paths['/teas']?.post?.parameters).toEqual([{ $ref: '#/components/parameters/Idempotency-Key' }]);
    expect(JSON.stringify(document.paths['/teas']?.get)).not.toContain('Idempotency-Key');
    expect(document.components.parameters).toEqual({
      'Idempotency-Key': { name: 'Idempotency-Key', in: 'header', description: 'Once.', schema: { type: 'string' } },
    });
  });
});

describe('operations', () => {
  it('are those of the procedures alone, without HEAD and OPTIONS', () => {
    const methods = Object.entries(document.paths).map(([path, operations]) => [path, Object.keys(operations)]);
    expect(methods).toEqual([
      ['/cups', ['post']],
      ['/pots', ['post']],
      ['/teas', ['get', 'post']],
      ['/teas/{id}', ['get', 'put']],
      ['/teas/{id}/order', ['put']],
    ]);
  });
});
