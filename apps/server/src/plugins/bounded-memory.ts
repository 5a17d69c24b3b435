import { AppError, detailedError } from '@promptory/api/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
import { announcesBody } from '../http/connections/bodies/gathered-pieces.ts';
import type { Connections } from '../http/connections/connections.ts';
import { isProbe } from './request-log.ts';

const RETRY_AFTER_SECONDS = 2;
/** Of a stream waits what its pipes hold: it is read no faster than its reader reads, or than what becomes of it. */
const STREAM_BYTES = 131_072;
/** Bodies up to this are not counted: as many as there may be connections take little. */
const SMALL_BODY_BYTES = 16_384;

const tooMany = (limit: 'arrivingBytes' | 'connections'): AppError =>
  detailedError('limit.exceeded', { limit }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
const busy = (): AppError => new AppError('server.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });

const asksForProbe = (req: FastifyRequest): boolean => isProbe(req) || req.routeOptions.url === '/metrics';

/**
 * Refuses a request whose caller has as many connections as one may, which behind a proxy is known by its head only, and
 * one for which there is no place; health checks and metrics are answered still.
 */
export function boundPlaces(app: FastifyInstance, { enter }: Connections): void {
  app.addHook('onRequest', async (req, reply) => {
    const entry = enter(req.raw, { address: clientAddress(req), isProbe: asksForProbe(req) });
    if (entry === 'open') return;
    reply.header('connection', 'close');
    if (entry === 'all') throw busy();
    if (entry === 'address') throw tooMany('connections');
  });
}

/** Refuses requests while too much waits for its readers; health checks and metrics answer still. */
export function boundAnswers(app: FastifyInstance, { hasRoom, makeRoomFor }: Connections): void {
  app.addHook('onRequest', async (req) => {
    if (hasRoom() || asksForProbe(req)) return;
    throw busy();
  });
  app.addHook('onSend', async (_req, _reply, payload) => {
    makeRoomFor(bytesOf(payload));
    return payload;
  });
}

function bytesOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return payload.byteLength;
  return payload === undefined || payload === null ? 0 : STREAM_BYTES;
}

/** Refuses a large body before it is read where one address, or all together, hold as much as they may. */
export function boundBodies(app: FastifyInstance, { admitBody }: Connections): void {
  app.addHook('onRequest', async (req, reply) => {
    const bytes = arrivingBytes(req);
    if (bytes <= SMALL_BODY_BYTES) return;
    const admitted = admitBody(req.raw, { address: clientAddress(req), bytes });
    if (admitted === 'all') throw busy();
    if (admitted === 'address') throw tooMany('arrivingBytes');
    reply.raw.once('close', admitted);
  });
}

/** What a body may take of memory: what it says of its length, and all that it may have where it says nothing. */
function arrivingBytes(req: FastifyRequest): number {
  if (req.method === 'GET' || req.method === 'HEAD' || !announcesBody(req.headers)) return 0;
  const most = isStreamed(req) ? STREAM_BYTES : req.routeOptions.bodyLimit;
  const length = Number(req.headers['content-length'] ?? most);
  return Math.min(most, length);
}

/** Only JSON is gathered before its call is made. */
const isStreamed = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.toLowerCase().startsWith('application/json') !== true;
