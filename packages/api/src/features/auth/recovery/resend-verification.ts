import type { Accepted, EmailInput } from '@promptory/schemas';
import type { Context } from '../../../context.ts';
import { requireEmailAddress } from '../../../domain/accounts/account-input.ts';
import { consumeMailLimit, requireAskerLimit } from '../../../domain/mail/mail-limit.ts';
import { requestLink } from './request-link.ts';

/**
 * Has the link that verifies an address mailed again, if an account has the address and has not verified it; the answer is
 * the same in every case.
 *
 * @throws AppError request.invalid, limit.exceeded for the caller's own network address
 */
export async function resendVerification(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  await requireAskerLimit(ctx);
  if (await consumeMailLimit(ctx, `verify|${email}`)) {
    await requestLink(ctx, { kind: 'resend_verification', email }, 'user.verification_requested');
  }
  return { status: 'accepted' };
}
