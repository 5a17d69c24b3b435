import { retryTransaction } from '@promptory/db';
import type { Accepted, EmailInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { requireEmailAddress } from '../../../domain/accounts/account-input.ts';
import { enqueueMail, type MailJob } from '../../../domain/mail/mail-job.ts';
import { noteAttempt } from '../record-attempt.ts';

/**
 * Has a link mailed to the address, if it is an account's; the job finds out, so that the answer tells nothing. Beyond
 * the limit of an address the answer stays the same and no mail goes out.
 */
export async function forgotPassword(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  const { allowed } = await ctx.limiter.consume('mail', email);
  if (allowed) {
    await requestMail(ctx, { kind: 'reset_password', email }, 'user.reset_requested');
  }
  await noteAttempt(ctx, { kind: 'forgot_password', email, ...(allowed ? {} : { reason: 'limit.exceeded' }) });
  return { status: 'accepted' };
}

/** The same for the link that verifies an address. */
export async function resendVerification(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  const { allowed } = await ctx.limiter.consume('mail', `verify|${email}`);
  if (allowed) {
    await requestMail(ctx, { kind: 'resend_verification', email }, 'user.verification_requested');
  }
  return { status: 'accepted' };
}

type MailToAddress = Extract<MailJob, { kind: 'reset_password' | 'resend_verification' }>;

/** The same work whether or not the address is an account's, of which the audit entry then says nothing. */
async function requestMail(ctx: Context, mail: MailToAddress, action: string): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    const account = await trx.selectFrom('users').select('id').where('email', '=', mail.email).executeTakeFirst();
    await enqueueMail(trx, mail);
    await recordAudit(trx, ctx, { action, targetType: 'user', targetId: account?.id ?? null });
  });
}
