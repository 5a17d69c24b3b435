import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { AppError } from '@promptory/api/server';
import type { Call } from '@promptory/trpc-fastify';
import { TRPCError } from '@trpc/server';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { JobHelpers } from 'graphile-worker';
import { expect, it } from 'vitest';
import { traced } from './spans.ts';

type Outcome = Parameters<ReturnType<typeof traced>['calls']['afterCall']>[1];

function given() {
  const exporter = new InMemorySpanExporter();
  const tracing = traced(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test'),
  );
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
  return {
    tracing,
    named: (name: string): ReadableSpan => {
      const found = spans().filter((span) => span.name === name);
      expect([name, found.length]).toEqual([name, 1]);
      return found[0] as ReadableSpan;
    },
    names: () => spans().map(({ name }) => name),
  };
}

const callOf = (req: FastifyRequest, res: FastifyReply, path: string): Call => ({
  ...{ req, res, ctx: null, path, type: 'query', batchIndex: 0, batchSize: 1 },
});
const failed = (cause: Error): Outcome =>
  ({ ok: false, error: new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }), durationMs: 5 }) as Outcome;

it('has a statement within its call, and that within its request, whose secrets and values are not in it', async () => {
  const { tracing, named, names } = given();
  const app = fastify();
  tracing.requests(app);
  app.post('/prompts/:id', async (req, res) => {
    const call = callOf(req, res, 'prompts.get');
    await tracing.calls.within(call, async () => {
      await Promise.resolve();
      tracing.statements.statement({ text: "SELECT 'a secret'\n FROM prompts WHERE id = $1", ms: 20, failure: null });
    });
    tracing.calls.afterCall(call, { ok: true, durationMs: 30 } as Outcome);
    const refused = callOf(req, res, 'prompts.delete');
    tracing.calls.afterCall(refused, failed(new AppError('prompt.not_found')));
    return 'done';
  });
  await app.inject({
    method: 'POST',
    url: '/prompts/17?key=secret',
    headers: { 'x-a': 'secret' },
    payload: { a: 'secret' },
  });
  const [request, call, refused, statement] = [
    ...['POST /prompts/:id', 'prompts.get', 'prompts.delete', 'select'].map(named),
  ] as [ReadableSpan, ReadableSpan, ReadableSpan, ReadableSpan];
  expect(names()).toHaveLength(4);
  expect(request.parentSpanContext).toBeUndefined();
  const above = [call, refused, statement].map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(above).toEqual([request, request, call].map((span) => span.spanContext().spanId));
  expect([request, call, statement].map(({ kind }) => kind)).toEqual([
    SpanKind.SERVER,
    SpanKind.INTERNAL,
    SpanKind.CLIENT,
  ]);
  expect(request.attributes).toEqual({
    ...{ 'promptory.request_id': 'req-1', 'http.request.method': 'POST' },
    ...{ 'http.route': '/prompts/:id', 'http.response.status_code': 200 },
  });
  expect(call.attributes).toEqual({
    ...{ 'promptory.request_id': 'req-1', 'rpc.method': 'prompts.get', 'promptory.code': 'ok' },
  });
  expect(refused.attributes['promptory.code']).toBe('prompt.not_found');
  expect(refused.status.code).toBe(SpanStatusCode.UNSET);
  expect(statement.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.query.summary': expect.stringMatching(/^[0-9a-f]{16}$/),
    'db.query.text': "SELECT '…' FROM prompts WHERE id = $1",
  });
  const [seconds, nanoseconds] = statement.duration;
  expect(seconds * 1_000 + nanoseconds / 1e6).toBeGreaterThan(15);
});

it('marks as failed what is ours: calls and requests by a server error, statements that failed, jobs that threw', async () => {
  const { tracing, named } = given();
  const app = fastify();
  tracing.requests(app);
  app.get('/', async (req, res) => {
    const call = callOf(req, res, 'prompts.list');
    await tracing.calls.within(call, async () =>
      tracing.statements.statement({ text: 'UPDATE prompts SET title = $1', ms: 1, failure: '57014' }),
    );
    tracing.calls.afterCall(call, failed(new Error('unforeseen')));
    return res.code(503).send();
  });
  await app.inject('/');
  const jobs = tracing.tasks({
    send_mail: async () => {
      throw new Error('refused');
    },
    purge_trash: async () => tracing.statements.statement({ text: 'DELETE FROM prompts', ms: 1, failure: null }),
  });
  const helpers = { job: { id: '7' } } as JobHelpers;
  await expect(jobs.send_mail?.({ requestId: 'r-9' }, helpers)).rejects.toThrow('refused');
  await jobs.purge_trash?.({}, helpers);
  for (const name of ['GET /', 'prompts.list', 'update', 'send_mail']) {
    expect([name, named(name).status.code]).toEqual([name, SpanStatusCode.ERROR]);
  }
  expect(named('prompts.list').attributes['promptory.code']).toBe('server.internal');
  expect(named('update').attributes['db.response.status_code']).toBe('57014');
  expect(named('send_mail').attributes).toEqual({ 'promptory.job_id': '7', 'promptory.request_id': 'r-9' });
  expect(named('purge_trash')).toMatchObject({ kind: SpanKind.CONSUMER, status: { code: SpanStatusCode.UNSET } });
  expect(named('delete').parentSpanContext?.spanId).toBe(named('purge_trash').spanContext().spanId);
});

it('says gone of a call whose client has left, and traces no statement of nobody', async () => {
  const { tracing, named, names } = given();
  const app = fastify();
  tracing.requests(app);
  app.get('/', async (req, res) => {
    const call = callOf(req, res, 'prompts.list');
    await tracing.calls.within(call, async () => undefined);
    const error = new TRPCError({ code: 'CLIENT_CLOSED_REQUEST' });
    tracing.calls.afterCall(call, { ok: false, error, durationMs: 1 } as Outcome);
  });
  tracing.statements.statement({ text: 'SELECT 1', ms: 1, failure: null });
  await app.inject('/');
  expect(named('prompts.list').attributes['promptory.code']).toBe('gone');
  expect(names()).toEqual(['prompts.list', 'GET /']);
});

it('has a request and its call of what was answered before any route, as long as that took', () => {
  const { tracing, named } = given();
  tracing.answered(
    {
      ...{ requestId: 'r-1', method: 'GET', path: '/prompts/…', route: '/prompts/:id' },
      status: 200,
      elapsedMs: 40,
      caller: null,
    },
    'prompts.get',
  );
  const [request, call] = [named('GET /prompts/:id'), named('prompts.get')];
  expect(call.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  expect(call.attributes['promptory.code']).toBe('ok');
  expect(request.attributes['http.response.status_code']).toBe(200);
  for (const { duration } of [request, call]) expect(duration[0] * 1_000 + duration[1] / 1e6).toBeGreaterThan(35);
});
