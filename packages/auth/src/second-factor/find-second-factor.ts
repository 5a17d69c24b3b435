import type { Database } from '@promptory/db';
import type { Kysely } from 'kysely';
import { selectSecondFactors } from './stored-factor.ts';

export interface SecondFactorStatus {
  /** Since when it is in force, ISO 8601; null where the account has none. */
  since: string | null;
  recoveryCodesLeft: number;
}

/** Whether an account has a second factor, and how many recovery codes are left. */
export async function findSecondFactor(db: Kysely<Database>, userId: string): Promise<SecondFactorStatus> {
  const row = await selectSecondFactors(db)
    .where('user_id', '=', userId)
    .select((eb) => [
      'confirmed_at as since',
      eb
        .selectFrom('recovery_codes')
        .whereRef('recovery_codes.user_id', '=', 'user_totp.user_id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('left'),
    ])
    .executeTakeFirst();
  return { since: row?.since ?? null, recoveryCodesLeft: row?.left ?? 0 };
}
