import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const PREFLIGHT_SECONDS = 600;

/** Lets pages of exactly these origins read answers, cookies included. Nobody else gets a header. */
export async function crossOrigin(app: FastifyInstance, options: { origins: readonly string[] }): Promise<void> {
  const allowed = new Set(options.origins);
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
