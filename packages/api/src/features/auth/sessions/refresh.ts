import { type RefreshOutcome, refreshSession } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { RefreshInput, SignedIn } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { getAccount } from '../../../views/account-view.ts';
import { recordAttempt } from '../record-attempt.ts';
import { requireKeptCookie } from './require-kept-cookie.ts';
import { answerSignIn } from './start-sign-in.ts';

/**
 * Spends a refresh token, of the input or else of the cookie, for the next one. A token that was spent before ends the
 * session, for it has been copied.
 *
 * @throws AppError auth.required without a token, request.cookie_not_kept, auth.session_ended
 */
export async function refresh(ctx: Context, input: RefreshInput): Promise<SignedIn> {
  const refreshToken = input.refreshToken ?? ctx.cookie.refreshToken;
  if (refreshToken === null) throw new AppError('auth.required');
  if (input.refreshToken === undefined) requireKeptCookie(ctx);
  const refreshed = await refreshSession(ctx.db, { refreshToken, now: ctx.clock.now() }, (trx, outcome) =>
    auditRefresh(trx, ctx, outcome),
  );
  if (refreshed.outcome !== 'refreshed') {
    await recordAttempt(ctx, {
      kind: 'refresh',
      reason: refreshed.outcome,
      ...('userId' in refreshed ? { userId: refreshed.userId } : {}),
    });
    if (input.refreshToken === undefined) ctx.cookie.clear();
    throw new AppError('auth.session_ended');
  }
  await recordAttempt(ctx, { kind: 'refresh', userId: refreshed.userId });
  const user = await getAccount(ctx.db, refreshed.userId);
  return answerSignIn(ctx, { user, session: refreshed, carrier: refreshed.carrier });
}

/** Of what changes the session: not of an answer that is given once more, nor of a token that is none. */
async function auditRefresh(trx: Transaction<Database>, ctx: Context, outcome: RefreshOutcome): Promise<void> {
  if (outcome.outcome === 'invalid') return;
  const { sessionId, userId } = outcome;
  const target = { targetType: 'session', targetId: sessionId } as const;
  if (outcome.outcome === 'replayed') {
    await recordAudit(trx, ctx, { ...target, action: 'session.replayed', details: { userId } });
  } else if (outcome.advanced) {
    await recordAudit(trx, ctx, { ...target, action: 'session.refreshed', actorId: userId });
  }
}
