import { replaceRecoveryCodes } from '@promptory/auth';
import type { RecoveryCodes, TotpCodeInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { withSecondFactor } from './session-factor.ts';

/**
 * Makes ten new recovery codes; the former ones are void. Takes a code of the authenticator, not a recovery code: one of
 * these in the wrong hands must not become ten.
 *
 * @throws AppError limit.exceeded, auth.second_factor_invalid, auth.second_factor_off
 */
export async function renewRecoveryCodes(ctx: SessionContext, { code }: TotpCodeInput): Promise<RecoveryCodes> {
  const { userId } = ctx.who;
  return withSecondFactor(ctx, { code }, async (trx) => {
    const now = ctx.clock.now();
    const recoveryCodes = await replaceRecoveryCodes(trx, { userId, box: ctx.secretBox, now });
    await recordAudit(trx, ctx, { action: 'user.recovery_codes_renewed', targetType: 'user', targetId: userId });
    await enqueueMail(trx, { kind: 'second_factor', userId, event: 'recovery_codes_renewed', at: now.toISOString() });
    return { recoveryCodes };
  });
}
