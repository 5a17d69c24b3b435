import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { printOf } from '@promptory/db';
import type { Call } from '@promptory/trpc-fastify';
import type { FastifyRequest } from 'fastify';
import { appErrorOf } from '../http/errors/problem.ts';
import { aroundTasks } from '../measures/around-tasks.ts';
import { shown } from '../measures/statement-measures.ts';
import { templateOf } from '../plugins/request-log.ts';
import type { Tracing } from './tracing.ts';

/** The span within which what runs now was begun. */
const current = new AsyncLocalStorage<Span>();

interface Begun {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly parent?: Span | undefined;
  /** So long ago, in milliseconds. */
  readonly agoMs?: number;
}

/** What is traced, by whichever tracer. */
export function traced(tracer: Tracer): Omit<Tracing, 'close'> {
  const begin = ({ name, kind, attributes, parent, agoMs = 0 }: Begun): Span =>
    tracer.startSpan(
      name,
      { kind, attributes, startTime: Date.now() - agoMs },
      parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
    );
  const requests = new WeakMap<FastifyRequest, Span>();
  const calls = new WeakMap<Call, Span>();
  const beginCall = (call: Call, agoMs = 0): Span =>
    begin({
      name: call.path,
      kind: SpanKind.INTERNAL,
      parent: requests.get(call.req) ?? current.getStore(),
      attributes: { 'rpc.method': call.path, 'promptory.request_id': call.req.id },
      agoMs,
    });

  return {
    requests(app) {
      app.addHook('onRequest', (req, _reply, done) => {
        requests.set(
          req,
          begin({ name: req.method, kind: SpanKind.SERVER, attributes: { 'promptory.request_id': req.id } }),
        );
        done();
      });
      // After the body was read: its pieces arrive outside of what a hook before it begins.
      app.addHook('preHandler', (req, _reply, done) => {
        const span = requests.get(req);
        if (span === undefined) done();
        else current.run(span, done);
      });
      app.addHook('onResponse', (req, reply, done) => {
        const span = requests.get(req);
        if (span !== undefined)
          endRequest(span, { method: req.method, route: templateOf(req), status: reply.statusCode });
        done();
      });
    },
    answered({ requestId, method, route, status, elapsedMs }, procedure) {
      const span = begin({
        name: method,
        kind: SpanKind.SERVER,
        attributes: { 'promptory.request_id': requestId },
        agoMs: elapsedMs,
      });
      const call = begin({
        name: procedure,
        kind: SpanKind.INTERNAL,
        parent: span,
        attributes: { 'rpc.method': procedure, 'promptory.request_id': requestId, 'promptory.code': 'ok' },
        agoMs: elapsedMs,
      });
      call.end();
      endRequest(span, { method, route, status });
    },
    calls: {
      within(call, run) {
        const span = beginCall(call);
        calls.set(call, span);
        return current.run(span, run);
      },
      afterCall(call, { error, durationMs }) {
        // Refused before it ran.
        const span = calls.get(call) ?? beginCall(call, durationMs);
        const code =
          error === undefined ? 'ok' : error.code === 'CLIENT_CLOSED_REQUEST' ? 'gone' : appErrorOf(error).code;
        span.setAttribute('promptory.code', code);
        if (code.startsWith('server.')) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    },
    statements: {
      statement({ text, ms, failure }) {
        const parent = current.getStore();
        if (parent?.isRecording() !== true) return;
        const { fingerprint, kind } = printOf(text);
        const span = begin({
          name: kind,
          kind: SpanKind.CLIENT,
          parent,
          agoMs: ms,
          attributes: {
            'db.system.name': 'postgresql',
            'db.query.summary': fingerprint,
            'db.query.text': shown(text),
            ...(failure === null ? {} : { 'db.response.status_code': failure }),
          },
        });
        if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    },
    tasks: (list) =>
      aroundTasks(list, async ({ task, payload, helpers }, run) => {
        const span = begin({
          name: task,
          kind: SpanKind.CONSUMER,
          attributes: { 'promptory.job_id': helpers.job.id, ...requestOf(payload) },
        });
        try {
          await current.run(span, run);
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
  };
}

function endRequest(span: Span, { method, route, status }: { method: string; route: string; status: number }): void {
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The request that has asked for a job, where the job says so. */
function requestOf(payload: unknown): Attributes {
  const requestId: unknown = Reflect.get(Object(payload), 'requestId');
  return typeof requestId === 'string' ? { 'promptory.request_id': requestId } : {};
}
