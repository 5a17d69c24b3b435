import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';

/** The ids of all active admins, whose rows stay locked; in one order, so that two calls wait rather than deadlock. */
export async function lockActiveAdmins(trx: Transaction<Database>): Promise<Set<string>> {
  const admins = await trx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Set(admins.map(({ id }) => id));
}
