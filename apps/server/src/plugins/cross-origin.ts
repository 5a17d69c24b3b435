import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Origins } from '../http/request-origin.ts';
import type { Logger } from '../observability/logger.ts';
import { refusedOrigins } from './refused-origins.ts';

const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of the allowed origins read answers, cookies included. Nobody else gets a header; the log says so.
 *
 * @param options.trusted the allowed origins and our own, whose pages need no header
 */
export async function crossOrigin(
  app: FastifyInstance,
  options: { allowed: Origins; trusted: Origins; logger: Logger },
): Promise<void> {
  const { allowed, trusted } = options;
  const refused = refusedOrigins(options.logger);
  app.addHook('onRequest', ({ headers: { origin } }, _reply, done) => {
    if (origin !== undefined && !trusted.has(origin)) refused(origin);
    done();
  });
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && allowed.has(origin)),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'x-api-key',
      'if-match',
      'if-none-match',
      'idempotency-key',
      'trpc-accept',
    ],
    exposedHeaders: [
      'etag',
      'location',
      'x-request-id',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'idempotency-replayed',
    ],
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}
