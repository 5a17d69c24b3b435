import { sql } from 'kysely';
import type { Db } from '../../../context.ts';

export interface Credentials {
  readonly id: string;
  readonly isActive: boolean;
  readonly isVerified: boolean;
  readonly hash: string | null;
}

/** What a log-in looks at, by a normalised address. */
export async function findCredentials(db: Db, email: string): Promise<Credentials | undefined> {
  return db
    .selectFrom('users')
    .leftJoin('user_passwords', 'user_passwords.user_id', 'users.id')
    .select([
      'users.id as id',
      sql<boolean>`users.status = 'active'`.as('isActive'),
      sql<boolean>`users.email_verified_at IS NOT NULL`.as('isVerified'),
      'user_passwords.hash as hash',
    ])
    .where('users.email', '=', email)
    .executeTakeFirst();
}

/** Whether a handle is a verified account's, and thus known to exist anyway: then it is refused whoever asks. */
export async function isHandleKnown(db: Db, handle: string): Promise<boolean> {
  const holder = await db
    .selectFrom('users')
    .select('id')
    .where('handle', '=', handle)
    .where('email_verified_at', 'is not', null)
    .executeTakeFirst();
  return holder !== undefined;
}
