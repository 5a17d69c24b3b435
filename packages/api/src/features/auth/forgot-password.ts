import { retryTransaction } from '@promptory/db';
import type { Accepted, EmailInput } from '@promptory/schemas';
import { requireEmailAddress } from '../../accounts/account-input.ts';
import type { Context } from '../../context.ts';
import { enqueueMail } from '../../mail/mail-job.ts';
import { noteAttempt } from './note-attempt.ts';

/**
 * Has a link mailed to the address, if it is an account's; the job finds out, so that the answer tells nothing. Beyond
 * the limit of an address the answer stays the same and no mail goes out.
 */
export async function forgotPassword(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  const { allowed } = await ctx.limiter.consume('forgot', email);
  if (allowed) {
    await retryTransaction(ctx.db, (trx) => enqueueMail(trx, { kind: 'reset_password', email }));
  }
  await noteAttempt(ctx, { kind: 'forgot_password', email, ...(allowed ? {} : { reason: 'limit.exceeded' }) });
  return { status: 'accepted' };
}

/** The same for the link that verifies an address. */
export async function resendVerification(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  const { allowed } = await ctx.limiter.consume('forgot', `verify|${email}`);
  if (allowed) {
    await retryTransaction(ctx.db, (trx) => enqueueMail(trx, { kind: 'resend_verification', email }));
  }
  return { status: 'accepted' };
}
