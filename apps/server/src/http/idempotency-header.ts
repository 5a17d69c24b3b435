import type { IdempotencyKey } from '@promptory/api/server';
import type { FastifyRequest } from 'fastify';

/** The header as it was sent, be it valid or not: the creating call that it is for checks it. */
export function idempotencyKeyOf(req: FastifyRequest, calls: number): IdempotencyKey | null {
  const value = req.headers['idempotency-key'];
  if (value === undefined) return null;
  return {
    value: String(value),
    isOfOneCall: calls === 1,
    tellReplayed() {
      req.state.headers['idempotency-replayed'] = 'true';
    },
  };
}
