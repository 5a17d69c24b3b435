import { AppError, detailedError } from '@promptory/api/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
import type { Connections } from '../http/connections/connections.ts';
import { isSafeMethod } from '../http/request-origin.ts';
import { isProbe } from './request-log.ts';

const RETRY_AFTER_SECONDS = 2;
/** Of a stream waits what its pipes hold: it is read no faster than its reader reads, or than what becomes of it. */
export const STREAM_BYTES = 131_072;

export const tooMany = (limit: 'arrivingBytes' | 'connections'): AppError =>
  detailedError('limit.exceeded', { limit }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
export const busy = (): AppError => new AppError('server.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });

const asksForProbe = (req: FastifyRequest): boolean => isProbe(req) || req.routeOptions.url === '/metrics';

/**
 * Refuses a request whose caller has as many connections as one may, which behind a proxy is known by its head only, and
 * one for which there is no place; health checks and metrics are answered still.
 */
export function boundPlaces(app: FastifyInstance, { enter, onlySends }: Connections): void {
  app.addHook('onRequest', (req, reply, done) => {
    const entry = enter(req.raw, { address: clientAddress(req), isProbe: asksForProbe(req) });
    if (entry === 'open') {
      done();
      return;
    }
    reply.header('connection', 'close');
    if (entry === 'all') throw busy();
    if (entry === 'address') throw tooMany('connections');
    done();
  });
  // Whoever takes large pages all the time would be at work all the time.
  app.addHook('onSend', (req, _reply, _payload, done) => {
    if (isSafeMethod(req.method)) onlySends(req.raw);
    done();
  });
}

/** Refuses requests while too much waits for its readers; health checks and metrics answer still. */
export function boundAnswers(app: FastifyInstance, { hasRoom, makeRoomFor }: Connections): void {
  app.addHook('onRequest', (req, _reply, done) => {
    if (!hasRoom() && !asksForProbe(req)) throw busy();
    done();
  });
  app.addHook('onSend', (_req, _reply, payload, done) => {
    makeRoomFor(bytesOf(payload));
    done();
  });
}

function bytesOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return payload.byteLength;
  return payload === undefined || payload === null ? 0 : STREAM_BYTES;
}
