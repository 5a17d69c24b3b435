import { findSecondFactor, findStepUpEnd } from '@promptory/auth';
import type { TotpStatus } from '@promptory/schemas';
import type { SessionContext } from '../../../context.ts';

/** Whether the caller has a second factor, and until when this session need not prove it again. */
export async function getTotpStatus({ db, clock, principal }: SessionContext): Promise<TotpStatus> {
  const { since, recoveryCodesLeft } = await findSecondFactor(db, principal.userId);
  const until = since === null ? null : await findStepUpEnd(db, principal);
  return {
    enabled: since !== null,
    since,
    recoveryCodesLeft,
    verifiedUntil: until === null || until <= clock.now() ? null : until.toISOString(),
  };
}
