import { deleteTotp, lockApiKeys, lockSessions } from '@promptory/auth';
import { type Database, newId, retryTransaction } from '@promptory/db';
import type { DeleteMeInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { requireCurrentPassword, requireSamePassword } from '../../../domain/accounts/current-password.ts';
import { type LockedAccount, lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { lockActiveAdmins } from '../../../domain/accounts/lock-admins.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { requireRevision } from '../../../views/revision.ts';
import { enqueueDeletion } from './deletion-job.ts';
import { planDeletion } from './plan-deletion.ts';

/**
 * Deletes the caller's account. At once nobody is signed in to it, its keys do nothing, its address and handle are free, and its row
 * says nothing of the person; a job then does what `planDeletion` shows, and removes what else is kept of the account.
 *
 * @throws AppError auth.invalid_credentials, auth.session_ended, limit.exceeded, user.last_admin, request.precondition_failed
 */
export async function deleteMe(ctx: SessionContext, { currentPassword, revision }: DeleteMeInput): Promise<void> {
  const provedHash = await requireCurrentPassword(ctx, currentPassword, 'currentPassword');
  await retryTransaction(ctx.db, async (trx) => {
    // Admins one after the other, so that two who leave at once leave one; they are locked before the account.
    const admins = ctx.principal.role === 'admin' ? await lockActiveAdmins(trx) : null;
    const account = await lockOwnAccount(trx, ctx);
    requireSamePassword(account, provedHash);
    if (account.role === 'admin' && admins === null) throw new AppError('server.busy', { retryAfterSeconds: 1 });
    if (admins?.has(account.id) === true && admins.size === 1) throw new AppError('user.last_admin');
    await requireRevision(revision, () => planDeletion({ ...ctx, db: trx }, { limit: 1 }));
    await endAccess(trx, ctx, account);
    await recordAudit(trx, ctx, { action: 'user.deleted', targetType: 'user', targetId: account.id });
    if (account.isVerified) {
      await enqueueMail(trx, { kind: 'account_deleted', email: account.email, at: ctx.clock.now().toISOString() });
    }
    await enqueueDeletion(trx, ctx, account.id);
  });
  if (ctx.cookie.refreshToken !== null) ctx.cookie.clear();
}

/** Takes from an account everything by which one signs in or acts, and from its row everything of the person. */
async function endAccess(trx: Transaction<Database>, { clock }: SessionContext, account: LockedAccount): Promise<void> {
  const { id: userId, email } = account;
  const now = clock.now();
  // What was begun by them is done or refused.
  await lockSessions(trx, userId);
  await lockApiKeys(trx, { userId });
  await secureAccount(trx, account);
  await deleteTotp(trx, userId);
  await trx.deleteFrom('user_passwords').where('user_id', '=', userId).execute();
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
  await trx.deleteFrom('group_invitations').where('email', '=', email).execute();
  await trx.updateTable('account_resources').set({ quotas: '{}' }).where('user_id', '=', userId).execute();
  await trx
    .updateTable('users')
    .set({ ...nobody(), status: 'suspended', role: 'user', updated_at: now, deleted_at: now })
    .where('id', '=', userId)
    .execute();
}

/** What stands in a row in place of a person. Nobody's address ends in `.invalid` (RFC 2606). */
function nobody() {
  const mark = newId().slice(-12);
  return {
    name: 'Deleted account',
    handle: `deleted-${mark}`,
    email: `${mark}@deleted.invalid`,
    email_verified_at: null,
    avatar_url: null,
    preferences: '{}',
  };
}
