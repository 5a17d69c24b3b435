import type { IdempotencyHeader } from '@promptory/api/server';
import type { FastifyRequest } from 'fastify';

/** The header as it was sent, be it valid or not: the creating call that it is for checks it. */
export function idempotencyHeaderOf(req: FastifyRequest, calls: number): IdempotencyHeader | null {
  const value = req.headers['idempotency-key'];
  if (value === undefined) return null;
  return {
    value: String(value),
    isOfOneCall: calls === 1,
    markReplayed() {
      req.state.headers['idempotency-replayed'] = 'true';
    },
  };
}
