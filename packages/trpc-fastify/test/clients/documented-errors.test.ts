import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { describe, expect, it } from 'vitest';
import { ZodError, z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';

type Code = ConstructorParameters<typeof TRPCError>[0]['code'];

const STATUS: Record<Code, number> = {
  PARSE_ERROR: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  CLIENT_CLOSED_REQUEST: 499,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
};

const t = initTRPC.create({ isDev: true });

describe('documented: errors', () => {
  it('answers every code with its status and JSON-RPC number', async () => {
    const router = t.router({
      fail: t.procedure.input(z.string()).query(({ input }) => {
        throw new TRPCError({ code: input as Code, message: `It is ${input}` });
      }),
    });
    const { url } = await serveWire(router);
    const statuses: number[] = [];
    const client = createTRPCClient<typeof router>({
      links: [
        httpLink({
          url,
          fetch: async (input, init) => {
            const response = await fetch(input, init as RequestInit);
            statuses.push(response.status);
            return response;
          },
        }),
      ],
    });
    for (const code of Object.keys(STATUS) as Code[]) {
      await expect(client.fail.query(code)).rejects.toMatchObject({
        message: `It is ${code}`,
        shape: { code: TRPC_ERROR_CODES_BY_KEY[code] },
        data: { code, httpStatus: STATUS[code], path: 'fail' },
      });
    }
    expect(statuses).toEqual(Object.values(STATUS));
  });

  it('sends the errors of a schema by field, where the formatter says so', async () => {
    const f = initTRPC.create({
      errorFormatter: ({ shape, error }) => ({
        ...shape,
        data: {
          ...shape.data,
          fields: error.code === 'BAD_REQUEST' && error.cause instanceof ZodError ? z.flattenError(error.cause) : null,
        },
      }),
    });
    const router = f.router({
      join: f.procedure
        .input(z.strictObject({ name: z.string().min(3, 'too short'), age: z.int('not whole') }))
        .mutation(({ input }) => input),
      busy: f.procedure.mutation(() => {
        throw new TRPCError({ code: 'BAD_REQUEST', message: 'Not by a schema' });
      }),
    });
    const { url } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] });
    const [bad, plain] = await Promise.allSettled([client.join.mutate({ name: 'Al', age: 1.5 }), client.busy.mutate()]);
    const fieldErrors = { name: ['too short'], age: ['not whole'] };
    expect(bad).toMatchObject({ reason: { data: { fields: { formErrors: [], fieldErrors } } } });
    expect(plain).toMatchObject({ reason: { message: 'Not by a schema', data: { fields: null } } });
  });

  it("formats a procedure's own errors by its .errors(), and the rest as the router does", async () => {
    class Unpaid extends Error {
      readonly due = 100;
    }
    const billed = t.procedure.errors(({ error, shape }) =>
      error.cause instanceof Unpaid
        ? { ...shape, data: { ...shape.data, kind: 'UNPAID' as const, due: error.cause.due } }
        : undefined,
    );
    const router = t.router({
      order: billed.input(z.enum(['unpaid', 'gone', 'crash'])).mutation(({ input }) => {
        if (input === 'gone') throw new TRPCError({ code: 'NOT_FOUND', message: 'Gone' });
        throw input === 'unpaid' ? new Unpaid('row 7 of invoices is open') : new Error('row 8 is broken');
      }),
    });
    const { url } = await serveWire(router);
    for (const link of [httpLink({ url }), httpBatchLink({ url }), httpBatchStreamLink({ url })]) {
      const client = createTRPCClient<typeof router>({ links: [link] });
      const failure = (input: 'unpaid' | 'gone' | 'crash') =>
        client.order.mutate(input).catch((error: unknown) => error);
      const unpaid = await failure('unpaid');
      expect(unpaid).toMatchObject({
        message: 'Internal server error',
        data: { kind: 'UNPAID', due: 100, path: 'order' },
      });
      expect(String((unpaid as { data: { stack: string } }).data.stack)).toMatch(/^Internal server error\n {4}at /);
      expect(await failure('gone')).toMatchObject({ message: 'Gone', data: { code: 'NOT_FOUND' } });
      expect(await failure('crash')).toMatchObject({ message: 'Internal server error' });
    }
  });

  it('gives onError all of it, and the caller neither its words nor its cause', async () => {
    const c = initTRPC.context<{ user: string }>().create({ isDev: true });
    const router = c.router({
      crash: c.procedure.input(z.object({ id: z.int() })).query(() => {
        throw new Error('password authentication failed for user "postgres"');
      }),
    });
    const reported: object[] = [];
    const { url } = await serveWire(router, {
      wire: {
        createContext: () => ({ user: 'ada' }),
        onError: ({ error, type, path, input, ctx, req }) =>
          reported.push({ code: error.code, cause: error.cause?.message, type, path, input, ctx, method: req.method }),
      },
    });
    for (const link of [httpLink({ url }), httpBatchLink({ url }), httpBatchStreamLink({ url })]) {
      const client = createTRPCClient<typeof router>({ links: [link] });
      const error = await client.crash.query({ id: 7 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: 'Internal server error', data: { httpStatus: 500, path: 'crash' } });
      expect(error).toHaveProperty('data.stack');
      expect(JSON.stringify((error as { shape: unknown }).shape)).not.toContain('postgres');
    }
    const expected = {
      code: 'INTERNAL_SERVER_ERROR',
      cause: 'password authentication failed for user "postgres"',
      type: 'query',
      path: 'crash',
      input: { id: 7 },
      ctx: { user: 'ada' },
      method: 'GET',
    };
    expect(reported).toEqual([expected, expected, expected]);
  });
});
