import { lockApiKeys } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';

/**
 * Revokes the API keys of an account whose address is not verified: whoever registered it may not be who now proves to
 * own it. Of a verified account the keys stay. Call it before the address is marked.
 */
export async function revokeUnverifiedKeys(
  trx: Transaction<Database>,
  { userId, now }: { userId: string; now: Date },
): Promise<void> {
  await lockApiKeys(trx, { userId });
  await trx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('revoked_at', 'is', null)
    .where('user_id', 'in', (eb) =>
      eb.selectFrom('users').select('id').where('id', '=', userId).where('email_verified_at', 'is', null),
    )
    .execute();
}
