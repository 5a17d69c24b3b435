import type { Database } from '@promptory/db';
import type { Kysely, Transaction } from 'kysely';
import { replaceRecoveryCodes } from './redeem-second-factor.ts';
import { type FactorOf, keyPlace, lockTotp, openKey } from './stored-factor.ts';
import { matchTotpStep, newTotpKey, totpKeyText, totpKeyUri } from './totp.ts';

const SET_UP_MS = 15 * 60_000;

export interface TotpSetup {
  /** The key in base32. */
  setupKey: string;
  /** The same as `otpauth://`, for a QR code. */
  uri: string;
  /** Until when a first code has to follow. */
  expiresAt: Date;
}

/**
 * Makes a key for an account's authenticator, in place of one that was never confirmed.
 *
 * @param input.account what the authenticator shows it by, such as the e-mail address
 * @returns null when a second factor is in force
 */
export async function startTotp(
  trx: Kysely<Database>,
  { userId, account, box, now }: FactorOf & { account: string },
): Promise<TotpSetup | null> {
  const key = newTotpKey();
  const row = { sealed_key: box.seal(key, keyPlace(userId)), started_at: now.toISOString() };
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('user_totp')
    .values({ user_id: userId, ...row })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row).where('user_totp.confirmed_at', 'is', null))
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) return null;
  return {
    setupKey: totpKeyText(key),
    uri: totpKeyUri(key, account),
    expiresAt: new Date(now.getTime() + SET_UP_MS),
  };
}

/**
 * Puts the key that was started within the last quarter of an hour in force, with the first code made from it.
 *
 * @returns the recovery codes, shown once; or why not: `off` where nothing was started, `on` where it is in force
 */
export async function confirmTotp(
  trx: Transaction<Database>,
  { userId, box, now, code }: FactorOf & { code: string },
): Promise<{ ok: true; recoveryCodes: string[] } | { ok: false; reason: 'on' | 'off' | 'wrong_code' }> {
  const row = await lockTotp(trx, userId);
  if (row !== undefined && row.confirmedAt !== null) return { ok: false, reason: 'on' };
  if (row === undefined || now.getTime() - Date.parse(row.startedAt) > SET_UP_MS) return { ok: false, reason: 'off' };
  const step = await matchTotpStep(openKey(box, userId, row.sealedKey), code, { now, after: null });
  if (step === null) return { ok: false, reason: 'wrong_code' };
  await trx
    .updateTable('user_totp')
    .set({ confirmed_at: now.toISOString(), last_step: step })
    .where('user_id', '=', userId)
    .execute();
  return { ok: true, recoveryCodes: await replaceRecoveryCodes(trx, { userId, box, now }) };
}

/** Takes an account's second factor away. Call it once a code has been redeemed. */
export async function deleteTotp(trx: Transaction<Database>, userId: string): Promise<void> {
  await trx.deleteFrom('user_totp').where('user_id', '=', userId).execute();
}
