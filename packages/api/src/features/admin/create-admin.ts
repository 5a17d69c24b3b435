import { type Database, retryTransaction } from '@promptory/db';
import { RegisterInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Context, Services } from '../../context.ts';
import { enqueueInvitations } from '../../domain/accounts/accept-invitations.ts';
import { requireEmailAddress, requireNewPassword } from '../../domain/accounts/account-input.ts';
import { setPasswordHash } from '../../domain/accounts/current-password.ts';
import { insertAccount } from '../../domain/accounts/insert-account.ts';
import { lockAccount } from '../../domain/accounts/lock-account.ts';
import { revokeUnverifiedKeys } from '../../domain/accounts/revoke-unverified-keys.ts';
import { secureAccount } from '../../domain/accounts/secure-account.ts';

const command: Pick<Context, 'principal' | 'requestId' | 'client'> = {
  principal: { kind: 'anonymous', rejected: null },
  requestId: 'admin:create',
  client: { ip: '127.0.0.1', userAgent: null },
};

/**
 * Makes an admin, for whoever runs the server: a new account, or the one that the address has, which then is active,
 * verified, and has the given password, no open session and no link on its way.
 *
 * @throws AppError request.invalid, auth.password_too_weak; ZodError for a name that is empty or too long
 */
export async function createAdmin(
  services: Pick<Services, 'db' | 'clock' | 'passwords'>,
  input: { email: string; name: string; password: string },
): Promise<{ userId: string; outcome: 'created' | 'promoted' }> {
  const email = requireEmailAddress(input.email);
  const name = RegisterInput.shape.name.parse(input.name);
  const passwordHash = await services.passwords.hash(requireNewPassword(input.password, email));
  return retryTransaction(services.db, async (trx) => {
    const now = services.clock.now();
    const account = { email, name, passwordHash, handle: undefined, role: 'admin', verified: true } as const;
    const inserted = await insertAccount(trx, account, now);
    if (inserted.outcome === 'handle_taken') throw new Error('A handle that was not asked for is taken');
    const { userId } = inserted;
    const outcome = inserted.outcome === 'inserted' ? 'created' : 'promoted';
    if (outcome === 'promoted') await promote(trx, userId, passwordHash, now);
    const ctx = { ...command, clock: services.clock };
    await recordAudit(trx, ctx, { action: `admin.${outcome}`, targetType: 'user', targetId: userId });
    await enqueueInvitations(trx, ctx, userId);
    return { userId, outcome };
  });
}

async function promote(trx: Transaction<Database>, userId: string, hash: string, now: Date): Promise<void> {
  const account = await lockAccount(trx, userId, 'update');
  if (account === undefined) throw new Error('The account of the address has just been deleted');
  await revokeUnverifiedKeys(trx, { userId, now });
  await trx
    .updateTable('users')
    .set((eb) => ({
      role: 'admin',
      status: 'active',
      email_verified_at: eb.fn.coalesce('email_verified_at', eb.val(now)),
      updated_at: now,
    }))
    .where('id', '=', userId)
    .execute();
  await setPasswordHash(trx, account, { hash, now });
  await secureAccount(trx, account);
}
