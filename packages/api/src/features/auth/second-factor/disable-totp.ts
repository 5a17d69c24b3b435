import { deleteTotp } from '@promptory/auth';
import type { DisableTotpInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { requireCurrentPassword, requireSamePassword } from '../../../domain/accounts/current-password.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { recordFailure } from '../record-attempt.ts';
import { proofIn } from './factor-proof.ts';
import { withSecondFactor } from './session-factor.ts';

/**
 * Takes the caller's second factor away, with all recovery codes: it takes the password and the factor itself.
 * @throws AppError auth.invalid_credentials, limit.exceeded, auth.second_factor_invalid, auth.second_factor_off
 */
export async function disableTotp(ctx: SessionContext, input: DisableTotpInput): Promise<void> {
  const { userId } = ctx.who;
  const proof = proofIn(input);
  if (proof === null) throw new AppError('auth.second_factor_required');
  const formerHash = await recordFailure(ctx, { kind: 'second_factor', userId }, () =>
    requireCurrentPassword(ctx, input.currentPassword, 'currentPassword'),
  );
  await withSecondFactor(ctx, proof, async (trx, { account, by }) => {
    requireSamePassword(account, formerHash);
    await deleteTotp(trx, userId);
    await recordAudit(trx, ctx, {
      action: 'user.second_factor_off',
      targetType: 'user',
      targetId: userId,
      details: { by },
    });
    const at = ctx.clock.now().toISOString();
    await enqueueMail(trx, { kind: 'second_factor', userId, event: 'off', at });
  });
}
