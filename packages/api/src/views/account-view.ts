import { shownAddress } from '@promptory/auth';
import type { Me, UserRole } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import { AppError } from '../errors.ts';

/** A query whose rows are accounts as their owner sees them. */
export function selectAccounts(db: Db) {
  return db
    .selectFrom('users')
    .select([
      'users.id',
      'users.handle',
      'users.name',
      'users.avatar_url as avatarUrl',
      'users.email',
      'users.created_at as createdAt',
      'users.updated_at as updatedAt',
    ])
    .select([
      sql<boolean>`users.email_verified_at IS NOT NULL`.as('emailVerified'),
      sql<UserRole>`users.role`.as('role'),
    ]);
}

/** @throws AppError user.not_found */
export async function getAccount(db: Db, userId: string): Promise<Me> {
  const account = await selectAccounts(db).where('users.id', '=', userId).executeTakeFirst();
  if (account === undefined) throw new AppError('user.not_found');
  return withShownEmail(account);
}

/** An account, invitation or attempt with its address as people write it. */
export const withShownEmail = <Row extends { email: string | null }>(row: Row): Row => ({
  ...row,
  email: row.email && shownAddress(row.email),
});
