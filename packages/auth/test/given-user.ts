import { type Database, newId } from '@promptory/db';
import type { Kysely } from 'kysely';
import type { UserRole } from '../src/identity/user-role.ts';

/** Inserts a user of whom nothing matters but what is given. @returns the id */
export async function givenUser(
  db: Kysely<Database>,
  { role = 'user', status = 'active' }: { role?: UserRole; status?: 'active' | 'suspended' } = {},
): Promise<string> {
  const id = newId();
  const handle = `u-${id.slice(-12)}`;
  await db
    .insertInto('users')
    .values({ id, email: `${handle}@example.com`, name: 'Somebody', handle, role, status })
    .execute();
  return id;
}

export async function setUser(
  db: Kysely<Database>,
  id: string,
  columns: { role?: UserRole; status?: 'active' | 'suspended' },
): Promise<void> {
  await db.updateTable('users').set(columns).where('id', '=', id).execute();
}
