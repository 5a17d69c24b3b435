import { findStepUpEnd, markSecondFactor } from '@promptory/auth';
import type { SecondFactorInput, SecondFactorVerified } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { proofIn } from './factor-proof.ts';
import { withSecondFactor } from './session-factor.ts';

/**
 * Proves the second factor anew in the caller's session, which dangerous steps ask for.
 * @throws AppError limit.exceeded, auth.second_factor_invalid, auth.second_factor_off
 */
export async function verifySecondFactor(ctx: SessionContext, input: SecondFactorInput): Promise<SecondFactorVerified> {
  const { userId, sessionId } = ctx.principal;
  const proof = proofIn(input);
  if (proof === null) throw new AppError('auth.second_factor_required');
  return withSecondFactor(ctx, proof, async (trx, { by }) => {
    await markSecondFactor(trx, { userId, sessionId, now: ctx.clock.now() });
    const until = await findStepUpEnd(trx, { userId, sessionId });
    if (until === null) throw new AppError('auth.session_ended');
    await recordAudit(trx, ctx, {
      action: 'session.second_factor_verified',
      targetType: 'session',
      targetId: sessionId,
      details: { by },
    });
    return { verifiedUntil: until.toISOString() };
  });
}
