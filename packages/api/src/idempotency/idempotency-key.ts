import { createHash } from 'node:crypto';
import type { Context, IdempotencyKey, Principal } from '../context.ts';
import { AppError } from '../errors.ts';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** One person, whatever the session, or one API key: two callers may use the same text for different calls. */
const callerOf = (principal: Exclude<Principal, { kind: 'anonymous' }>): string =>
  principal.kind === 'user' ? `user ${principal.userId}` : `key ${principal.keyId}`;

/**
 * By what a creating call is known when it is sent again; null without an Idempotency-Key.
 * @throws AppError request.malformed, request.batch_refused
 */
export function idempotencyKeyOf(
  { idempotencyHeader }: Pick<Context, 'idempotencyHeader'>,
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  procedure: string,
): IdempotencyKey | null {
  if (idempotencyHeader === null) return null;
  const { value, isOfOneCall } = idempotencyHeader;
  // One header would name several calls, and which is which changes with what happens to travel together.
  if (!isOfOneCall) {
    throw new AppError('request.batch_refused', {
      message: 'A creating call with an Idempotency-Key is sent alone, not within a batch.',
    });
  }
  if (!VISIBLE_ASCII.test(value)) {
    throw new AppError('request.malformed', {
      message: 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
    });
  }
  const hash = createHash('sha256')
    .update([callerOf(principal), procedure, value].join('\n'))
    .digest();
  return { value, hash, markReplayed: () => idempotencyHeader.markReplayed() };
}
