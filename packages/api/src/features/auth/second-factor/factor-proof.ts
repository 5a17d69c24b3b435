import { redeemSecondFactor, type SecondFactorOutcome, type SecondFactorProof } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { Context } from '../../../context.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';

/** What an input gives as proof, or null. Schemas see to it that it does not give both. */
export function proofIn(input: {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}): SecondFactorProof | null {
  if (input.code !== undefined) return { code: input.code };
  return input.recoveryCode === undefined ? null : { recoveryCode: input.recoveryCode };
}

/** Redeems a proof in the transaction of what it is for, and has the owner notified where it was a recovery code. */
export async function redeemProof(
  trx: Transaction<Database>,
  ctx: Context,
  { userId, proof }: { userId: string; proof: SecondFactorProof },
): Promise<SecondFactorOutcome> {
  const now = ctx.clock.now();
  const outcome = await redeemSecondFactor(trx, { userId, proof, box: ctx.secretBox, now });
  if (outcome.ok && outcome.by === 'recovery_code') {
    await enqueueMail(trx, { kind: 'second_factor', userId, event: 'recovery_code_used', at: now.toISOString() });
  }
  return outcome;
}
