import { lockLiveApiKey, lockLiveSession } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { SignedInContext } from '../context.ts';
import { AppError } from '../errors.ts';

/** Transactions in which the caller was found to be let in still, and stays so until they end. */
const held = new WeakSet<Transaction<Database>>();

/**
 * What a caller does to prompts and groups, in a transaction that is committed only if the caller is let in still: a session may
 * have ended, a key have been revoked, an administrator demoted, while a lock was waited for. It is asked at the end, after which
 * nothing is waited for, so that ending a session waits a moment and never for as long as others hold what its calls wait for.
 * A caller who has been answered meanwhile, since it took too long, finds nothing done.
 *
 * What changes an account takes `lockOwnAccount` instead.
 * @param options.patienceMs as of `retryTransaction`
 * @throws AppError auth.invalid_token, server.busy, and what `act` throws
 */
export function transactAsCaller<T>(
  ctx: SignedInContext,
  act: (trx: Transaction<Database>) => Promise<T>,
  options: { readonly patienceMs?: number } = {},
): Promise<T> {
  const actAndAsk = async (trx: Transaction<Database>): Promise<T> => {
    const answer = await act(trx);
    if (!held.has(trx)) await holdCaller(trx, ctx);
    // Whoever was told to come again would otherwise find it done, or do it twice.
    if (ctx.isAnswered()) throw new AppError('server.busy', { retryAfterSeconds: 1 });
    return answer;
  };
  return retryTransaction(ctx.db, actAndAsk, options);
}

/**
 * Asks so before the end, for what does away with the caller's own credential. Whatever ends that now waits for the
 * transaction.
 * @throws AppError auth.invalid_token, as the next call would be answered
 */
export async function holdCaller(trx: Transaction<Database>, ctx: SignedInContext): Promise<void> {
  const { principal } = ctx;
  const now = ctx.clock.now();
  const isLetIn =
    principal.kind === 'apiKey'
      ? await lockLiveApiKey(trx, { ...principal, now })
      : (await lockLiveSession(trx, { ...principal, now }))?.role === principal.role;
  if (!isLetIn) throw new AppError('auth.invalid_token');
  held.add(trx);
}
