import { confirmTotp as confirmKey, markSecondFactor } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { RecoveryCodes, TotpCodeInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt } from '../record-attempt.ts';
import { countGuess } from './session-factor.ts';

/**
 * Puts the second factor in force with its first code. Ends the caller's other sessions, which a password alone has
 * opened, and voids the links that it has asked for.
 *
 * @throws AppError limit.exceeded, auth.second_factor_invalid, auth.second_factor_on, auth.second_factor_off,
 *   auth.session_ended
 */
export async function confirmTotp(ctx: SessionContext, { code }: TotpCodeInput): Promise<RecoveryCodes> {
  const { userId, sessionId } = ctx.principal;
  const attempt = { kind: 'second_factor', userId } as const;
  await countGuess(ctx);
  const outcome = await retryTransaction(ctx.db, async (trx) => {
    // Whatever starts a session of the account waits, and then sees that the factor is asked for.
    const account = await lockOwnAccount(trx, ctx);
    const now = ctx.clock.now();
    const confirmed = await confirmKey(trx, { userId, box: ctx.secretBox, now, code });
    if (!confirmed.ok) return confirmed;
    await markSecondFactor(trx, { userId, sessionId, now });
    // A new address takes the factor from here on, and one that was asked for before has not given it.
    const { endedSessions } = await secureAccount(trx, account, { exceptSessionId: sessionId });
    await recordAudit(trx, ctx, {
      action: 'user.second_factor_on',
      targetType: 'user',
      targetId: userId,
      details: { endedSessions },
    });
    await enqueueMail(trx, { kind: 'second_factor', userId, event: 'on', at: now.toISOString() });
    return confirmed;
  });
  await recordAttempt(ctx, outcome.ok ? attempt : { ...attempt, reason: outcome.reason });
  if (outcome.ok) return { recoveryCodes: outcome.recoveryCodes };
  throw new AppError(refusals[outcome.reason]);
}

const refusals = {
  on: 'auth.second_factor_on',
  off: 'auth.second_factor_off',
  wrong_code: 'auth.second_factor_invalid',
} as const;
