import { findSecondFactor, listSessions } from '@promptory/auth';
import type { AccountRecord, UserStatus } from '@promptory/schemas';
import { sql } from 'kysely';
import type { SessionContext } from '../../../context.ts';
import { readPreferences } from '../../../domain/accounts/stored-preferences.ts';
import { AppError } from '../../../errors.ts';
import { selectAccounts, withShownEmail } from '../../../views/account-view.ts';
import { ownGroups } from './own-groups.ts';
import { ownPrompts } from './own-prompts.ts';
import { ownTraces } from './own-traces.ts';

/**
 * Everything that is kept of the caller's account, without secrets. Each query is short and sees what is there at its time, so that
 * what changes meanwhile may be in it or not.
 * @throws AppError user.not_found
 */
export async function* exportAccount(ctx: SessionContext): AsyncGenerator<AccountRecord> {
  const { db, who } = ctx;
  yield* await ownAccount(ctx);
  yield* ownPrompts(db, who.userId);
  yield* ownGroups(db, who.userId);
  yield* ownTraces(db, who.userId);
}

async function ownAccount({ db, who, clock }: SessionContext): Promise<AccountRecord[]> {
  const found = await selectAccounts(db)
    .select([sql<UserStatus>`users.status`.as('status'), 'users.preferences'])
    .where('users.id', '=', who.userId)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('user.not_found');
  const { preferences, ...account } = withShownEmail(found);
  const { since } = await findSecondFactor(db, who.userId);
  const sessions = await listSessions(db, who.userId, clock.now());
  return [
    { type: 'account', ...account, hasSecondFactor: since !== null },
    { type: 'preferences', ...readPreferences(preferences) },
    ...sessions.map(
      (session): AccountRecord => ({
        type: 'session',
        ...session,
        carrier: session.carrier === 'cookie' ? 'cookie' : 'token',
      }),
    ),
  ];
}
