import type { Database } from '@promptory/db';
import type { Preferences } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { Db } from '../../context.ts';
import { readPreferences } from '../../domain/accounts/stored-preferences.ts';
import { AppError } from '../../errors.ts';

const selectPreferences = (db: Db, userId: string) =>
  db.selectFrom('users').select('preferences').where('id', '=', userId);

/** @throws AppError user.not_found */
export async function getPreferences(db: Db, userId: string): Promise<Preferences> {
  return preferencesOf(await selectPreferences(db, userId).executeTakeFirst());
}

/** The same with the account's row locked until the transaction ends. @throws AppError user.not_found */
export async function lockPreferences(trx: Transaction<Database>, userId: string): Promise<Preferences> {
  return preferencesOf(await selectPreferences(trx, userId).forNoKeyUpdate().executeTakeFirst());
}

function preferencesOf(row: { readonly preferences: unknown } | undefined): Preferences {
  if (row === undefined) throw new AppError('user.not_found');
  return readPreferences(row.preferences);
}
