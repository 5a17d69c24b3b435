import type { Database } from '@promptory/db';
import type { Kysely, Transaction } from 'kysely';
import type { SecretBox } from '../secrets/secret-box.ts';

/** Whose second factor it is, and what its key and its codes are sealed with. */
export interface FactorOf {
  userId: string;
  box: SecretBox;
  now: Date;
}

/** Where the seal of an authenticator's key belongs. */
export const keyPlace = (userId: string): string => `totp|${userId}`;
/** Where the seals of an account's recovery codes belong. */
export const codePlace = (userId: string): string => `recovery|${userId}`;

/** @returns a query for the accounts that have a second factor in force */
export function selectSecondFactors(db: Kysely<Database>) {
  return db.selectFrom('user_totp').where('user_totp.confirmed_at', 'is not', null);
}

/** Reads an account's row in user_totp, and locks it until the transaction ends. */
export function lockTotp(trx: Transaction<Database>, userId: string) {
  return trx
    .selectFrom('user_totp')
    .where('user_id', '=', userId)
    .select([
      'sealed_key as sealedKey',
      'started_at as startedAt',
      'confirmed_at as confirmedAt',
      'last_step as lastStep',
    ])
    .forUpdate()
    .executeTakeFirst();
}

/** The key that an authenticator shares with us. @throws Error where the secret that sealed it is gone */
export function openKey(box: SecretBox, userId: string, sealed: Buffer): Buffer {
  const key = box.open(sealed, keyPlace(userId));
  // To let the person in without would be worse, and to call the code wrong would hide what has to be mended.
  if (key === null) throw new Error(`The second factor of user ${userId} was sealed under a secret that is gone`);
  return key;
}
