import { type RefreshOutcome, refreshSession } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { RefreshInput, SignedIn } from '@promptory/schemas';
import { getAccount } from '../../accounts/account-view.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { noteAttempt } from './note-attempt.ts';
import { answerSignIn } from './sign-in.ts';

/**
 * Spends a refresh token, of the input or else of the cookie, for the next one. A token that was spent before ends the
 * session, for it has been copied.
 *
 * @throws AppError auth.required without a token, auth.session_ended
 */
export async function refresh(ctx: Context, input: RefreshInput): Promise<SignedIn> {
  const refreshToken = input.refreshToken ?? ctx.cookie.refreshToken;
  if (refreshToken === null) throw new AppError('auth.required');
  const refreshed = await refreshSession(ctx.db, { refreshToken, now: ctx.clock.now() });
  if (refreshed.outcome !== 'refreshed') {
    await noteRefusal(ctx, refreshed);
    if (input.refreshToken === undefined) ctx.cookie.clear();
    throw new AppError('auth.session_ended');
  }
  await noteAttempt(ctx, { kind: 'refresh', userId: refreshed.userId });
  const user = await getAccount(ctx.db, refreshed.userId);
  return answerSignIn(ctx, { user, session: refreshed, carrier: refreshed.carrier });
}

async function noteRefusal(ctx: Context, refused: Exclude<RefreshOutcome, { outcome: 'refreshed' }>): Promise<void> {
  if (refused.outcome === 'invalid') return noteAttempt(ctx, { kind: 'refresh', reason: 'invalid' });
  const { sessionId, userId } = refused;
  await retryTransaction(ctx.db, (trx) =>
    recordAudit(trx, ctx, {
      action: 'session.replayed',
      targetType: 'session',
      targetId: sessionId,
      details: { userId },
    }),
  );
  return noteAttempt(ctx, { kind: 'refresh', reason: 'replayed', userId });
}
