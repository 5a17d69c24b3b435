import { lockApiKeys, lockSessions } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import { type AdminUser, type OwnQuotas, QuotaName, type UpdateUserInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SessionContext } from '../../context.ts';
import { lockAccount, lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { lockActiveAdmins } from '../../domain/accounts/lock-admins.ts';
import { secureAccount } from '../../domain/accounts/secure-account.ts';
import { AppError } from '../../errors.ts';
import { withShownEmail } from '../../views/account-view.ts';
import { selectAdminUsers } from './admin.queries.ts';

/**
 * Changes somebody's role, status or quotas. Suspending ends their sessions and voids what they have begun; a role is read at each
 * call, so that a new one needs no end.
 * Changes to admins go one after the other, so that two who demote each other at once leave one.
 *
 * @throws AppError user.not_found, user.last_admin, auth.session_ended, auth.forbidden when the caller is no admin any more
 */
export function updateUser(ctx: SessionContext, input: UpdateUserInput): Promise<AdminUser> {
  return retryTransaction(ctx.db, async (trx) => {
    const admins = await lockActiveAdmins(trx);
    await lockOwnAccount(trx, ctx);
    const account = await lockAccount(trx, input.id, 'update');
    const user = await getAdminUser(trx, input.id);
    const role = input.role ?? user.role;
    const status = input.status ?? user.status;
    const quotas = quotasAfter(user.quotas, input.quotas);
    const setQuotas = changesOf(user.quotas, quotas);
    const isAccess = role !== user.role || status !== user.status;
    if (!isAccess && setQuotas.length === 0) return user;
    const staysAdmin = role === 'admin' && status === 'active';
    if (admins.has(user.id) && !staysAdmin && admins.size === 1) throw new AppError('user.last_admin');

    // What they have begun as who they were is done or refused.
    if (isAccess) await lockCredentials(trx, user.id);
    if (setQuotas.length > 0) await writeQuotas(trx, user.id, quotas);
    await trx
      .updateTable('users')
      .set({ role, status, updated_at: ctx.clock.now() })
      .where('id', '=', user.id)
      .execute();
    if (status === 'suspended' && account !== undefined) await secureAccount(trx, account);
    await recordAudit(trx, ctx, {
      action: isAccess ? 'user.access_changed' : 'user.quotas_changed',
      targetType: 'user',
      targetId: user.id,
      details: {
        ...(role === user.role ? {} : { role: { from: user.role, to: role } }),
        ...(status === user.status ? {} : { status: { from: user.status, to: status } }),
        ...(setQuotas.length === 0 ? {} : { quotas: Object.fromEntries(setQuotas) }),
      },
    });
    return getAdminUser(trx, user.id);
  });
}

async function lockCredentials(trx: Transaction<Database>, userId: string): Promise<void> {
  await lockSessions(trx, userId);
  await lockApiKeys(trx, { userId });
}

async function getAdminUser(trx: Transaction<Database>, userId: string): Promise<AdminUser> {
  const user = await selectAdminUsers(trx).where('users.id', '=', userId).executeTakeFirst();
  if (user === undefined) throw new AppError('user.not_found');
  return withShownEmail(user);
}

/** What is set for the account after it; an amount of null is taken back. */
function quotasAfter(before: OwnQuotas, change: UpdateUserInput['quotas'] = {}): OwnQuotas {
  const amounts = Object.entries({ ...before, ...change }).filter(([, amount]) => typeof amount === 'number');
  return Object.fromEntries(amounts);
}

function changesOf(
  before: OwnQuotas,
  after: OwnQuotas,
): Array<[QuotaName, { from: number | null; to: number | null }]> {
  return QuotaName.options
    .filter((quota) => before[quota] !== after[quota])
    .map((quota) => [quota, { from: before[quota] ?? null, to: after[quota] ?? null }]);
}

async function writeQuotas(trx: Transaction<Database>, userId: string, quotas: OwnQuotas): Promise<void> {
  const stored = JSON.stringify(quotas);
  await trx
    .insertInto('account_resources')
    .values({ user_id: userId, quotas: stored })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ quotas: stored }))
    .execute();
}
