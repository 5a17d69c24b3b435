import type { CurrentPreferences, Preferences } from '@promptory/schemas';
import type { Db } from '../../context.ts';
import { readPreferences } from '../../domain/accounts/stored-preferences.ts';
import { AppError } from '../../errors.ts';
import { revised } from '../../views/revision.ts';

/** @throws AppError user.not_found */
export async function getPreferences(db: Db, userId: string): Promise<Preferences> {
  const row = await db.selectFrom('users').select('preferences').where('id', '=', userId).executeTakeFirst();
  if (row === undefined) throw new AppError('user.not_found');
  return readPreferences(row.preferences);
}

/** @throws AppError user.not_found */
export const getCurrentPreferences = async (db: Db, userId: string): Promise<CurrentPreferences> =>
  revised<Preferences>(await getPreferences(db, userId));
