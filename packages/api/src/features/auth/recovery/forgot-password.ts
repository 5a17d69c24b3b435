import type { Accepted, EmailInput } from '@promptory/schemas';
import type { Context } from '../../../context.ts';
import { requireEmailAddress } from '../../../domain/accounts/account-input.ts';
import { countMail, requireAskerLimit } from '../../../domain/mail/mail-limit.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { requestLink } from './request-link.ts';

/**
 * Has a link mailed to the address, if it is an account's; the job finds out, so that the answer tells nothing. Beyond
 * the limit of an address the answer stays the same and no mail goes out; of those calls the first leaves a row.
 *
 * @throws AppError request.invalid, limit.exceeded for the caller's own network address
 */
export async function forgotPassword(ctx: Context, input: EmailInput): Promise<Accepted> {
  const email = requireEmailAddress(input.email);
  await recordFailure(ctx, { kind: 'forgot_password', email }, () => requireAskerLimit(ctx));
  const counted = await countMail(ctx, email);
  if (counted === 'allowed') await requestLink(ctx, { kind: 'reset_password', email }, 'user.reset_requested');
  if (counted !== 'refused again') {
    const reason = counted === 'allowed' ? {} : { reason: 'limit.exceeded' };
    await recordAttempt(ctx, { kind: 'forgot_password', email, ...reason });
  }
  return { status: 'accepted' };
}
