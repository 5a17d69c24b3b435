import { type Database, isUniqueViolation } from '@promptory/db';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { enqueueInvitations } from '../../../domain/accounts/accept-invitations.ts';
import type { LockedAccount } from '../../../domain/accounts/lock-account.ts';
import { voidMailedLinks } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';

/**
 * Writes down that an address was proved to be the account's, which makes it the account's address if it was not, and
 * has a job let the account into the groups that it was invited to. Proving the same again changes nothing.
 *
 * @throws AppError auth.email_taken when the new address has become another account's
 */
export async function confirmAddress(
  trx: Transaction<Database>,
  ctx: Context,
  account: LockedAccount,
  email: string,
): Promise<void> {
  const isNew = email !== account.email;
  if (!isNew && account.isVerified) return;
  const now = ctx.clock.now();
  try {
    await trx
      .updateTable('users')
      .set({ email, email_verified_at: now, updated_at: now })
      .where('id', '=', account.id)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('auth.email_taken', { cause: error });
    throw error;
  }
  if (isNew) {
    // A link that was sent to the former address must not open the account any more, nor another move it further.
    await voidMailedLinks(trx, account);
    await enqueueMail(trx, { kind: 'email_changed', userId: account.id, email: account.email });
  }
  await recordAudit(trx, ctx, {
    action: isNew ? 'user.email_changed' : 'user.email_verified',
    targetType: 'user',
    targetId: account.id,
    actorId: account.id,
  });
  await enqueueInvitations(trx, ctx, account.id);
}
