/**
 * The second factor of an account: a key that its owner's authenticator shares with us (TOTP, RFC 6238), and ten recovery
 * codes for when that is lost. The key must be read again to check a code, so it rests encrypted (secret-box.ts); a
 * recovery code rests as a hash, encrypted too.
 *
 * It is in force once a first code has proved that the authenticator has the key. The account's row in user_totp stays
 * locked while a code is judged, and the time step of the last code taken is noted in it, so that of any number of uses
 * of one code at once exactly one succeeds. Callers pass the transaction of what the code is for: undone, it is unspent.
 */
import { type Database, newId } from '@promptory/db';
import type { Kysely, Transaction } from 'kysely';
import type { SecretBox } from '../secrets/secret-box.ts';
import { sameHash } from '../secrets/sha256.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import { matchTotpStep, newTotpKey, totpKeyText, totpKeyUri } from './totp.ts';

const SET_UP_MS = 15 * 60_000;

/** What a person gives to prove that they have the second factor. */
export type SecondFactorProof = { readonly code: string } | { readonly recoveryCode: string };

export type SecondFactorOutcome =
  | { readonly ok: true; readonly by: 'code' | 'recovery_code' }
  /** `off`: the account has none. `used_code`: right, but a code of its time or a later one was taken before. */
  | { readonly ok: false; readonly reason: 'off' | 'wrong_code' | 'used_code' | 'wrong_recovery_code' };

export interface TotpSetup {
  /** The key in base32. */
  setupKey: string;
  /** The same as `otpauth://`, for a QR code. */
  uri: string;
  /** Until when a first code has to follow. */
  expiresAt: Date;
}

export interface SecondFactorStatus {
  /** Since when it is in force, ISO 8601; null where the account has none. */
  since: string | null;
  recoveryCodesLeft: number;
}

interface Judging {
  userId: string;
  box: SecretBox;
  now: Date;
}

/** Where a seal of each kind belongs. */
export const keyPlace = (userId: string): string => `totp|${userId}`;
export const codePlace = (userId: string): string => `recovery|${userId}`;

/** @returns a query for the accounts in whose way in a second factor stands */
export function selectSecondFactors(db: Kysely<Database>) {
  return db.selectFrom('user_totp').where('user_totp.confirmed_at', 'is not', null);
}

/**
 * Makes a key for an account's authenticator, in place of one that was never confirmed.
 *
 * @param input.account what the authenticator shows it by, such as the e-mail address
 * @returns null when a second factor is in force
 */
export async function startTotp(
  trx: Kysely<Database>,
  { userId, account, box, now }: Judging & { account: string },
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
  { userId, box, now, code }: Judging & { code: string },
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

/** Spends a code or a recovery code of an account. Locks its second factor until the transaction ends. */
export async function redeemSecondFactor(
  trx: Transaction<Database>,
  { userId, box, now, proof }: Judging & { proof: SecondFactorProof },
): Promise<SecondFactorOutcome> {
  const row = await lockTotp(trx, userId);
  if (row === undefined || row.confirmedAt === null) return { ok: false, reason: 'off' };
  if ('recoveryCode' in proof) {
    const isSpent = await spendRecoveryCode(trx, { userId, box, typed: proof.recoveryCode });
    return isSpent ? { ok: true, by: 'recovery_code' } : { ok: false, reason: 'wrong_recovery_code' };
  }
  const key = openKey(box, userId, row.sealedKey);
  const step = await matchTotpStep(key, proof.code, { now, after: row.lastStep });
  if (step === null) {
    const isRight = (await matchTotpStep(key, proof.code, { now, after: null })) !== null;
    return { ok: false, reason: isRight ? 'used_code' : 'wrong_code' };
  }
  await trx.updateTable('user_totp').set({ last_step: step }).where('user_id', '=', userId).execute();
  return { ok: true, by: 'code' };
}

/** Makes ten new recovery codes in place of those that are left. Call it once a code has been redeemed. */
export async function replaceRecoveryCodes(
  trx: Transaction<Database>,
  { userId, box, now }: Judging,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await trx
    .insertInto('recovery_codes')
    .values(
      codes.map((code) => ({
        id: newId(),
        user_id: userId,
        sealed_hash: box.seal(hashRecoveryCode(code) ?? Buffer.alloc(0), codePlace(userId)),
        created_at: now.toISOString(),
      })),
    )
    .execute();
  return codes;
}

/** Takes an account's second factor away. Call it once a code has been redeemed. */
export async function deleteTotp(trx: Transaction<Database>, userId: string): Promise<void> {
  await trx.deleteFrom('user_totp').where('user_id', '=', userId).execute();
}

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

function lockTotp(trx: Transaction<Database>, userId: string) {
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

function openKey(box: SecretBox, userId: string, sealed: Buffer): Buffer {
  const key = box.open(sealed, keyPlace(userId));
  // To let the person in without would be worse, and to call the code wrong would hide what has to be mended.
  if (key === null) throw new Error(`The second factor of user ${userId} was sealed under a secret that is gone`);
  return key;
}

async function spendRecoveryCode(
  trx: Transaction<Database>,
  { userId, box, typed }: { userId: string; box: SecretBox; typed: string },
): Promise<boolean> {
  const hash = hashRecoveryCode(typed);
  if (hash === null) return false;
  const rows = await trx
    .selectFrom('recovery_codes')
    .where('user_id', '=', userId)
    .select(['id', 'sealed_hash as sealedHash'])
    .execute();
  const matching = rows.filter(({ sealedHash }) => {
    const kept = box.open(sealedHash, codePlace(userId));
    return kept !== null && sameHash(kept, hash);
  });
  const [used] = matching;
  if (used === undefined) return false;
  await trx.deleteFrom('recovery_codes').where('id', '=', used.id).execute();
  return true;
}
