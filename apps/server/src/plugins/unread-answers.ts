import { AppError } from '@promptory/api/server';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../http/connections/connections.ts';
import { isProbe } from './request-log.ts';

const RETRY_AFTER_SECONDS = 2;
/** Of a stream waits what its pipes hold: it is read no faster than its reader reads. */
const STREAM_BYTES = 131_072;

/** Refuses requests while too much waits for its readers; health checks and metrics answer still. */
export function boundAnswers(app: FastifyInstance, { hasRoom, makeRoomFor }: Connections): void {
  app.addHook('onRequest', async (req) => {
    if (hasRoom() || isProbe(req) || req.routeOptions.url === '/metrics') return;
    throw new AppError('server.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });
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
