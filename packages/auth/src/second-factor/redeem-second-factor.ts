/**
 * The second factor of an account: a key that its owner's authenticator shares with us (TOTP, RFC 6238), and ten recovery
 * codes for when that is lost. The key must be read again to check a code, so it rests encrypted (secret-box.ts); a
 * recovery code rests as a hash, encrypted too.
 *
 * It is in force once a first code has proved that the authenticator has the key. The account's row in user_totp stays
 * locked while a code is checked, and stores the time step of the last code taken, so that of any number of uses of one
 * code at once exactly one succeeds. Callers pass the transaction of what the code is for: undone, it is unspent.
 */
import { type Database, newId } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { SecretBox } from '../secrets/secret-box.ts';
import { sameHash } from '../secrets/sha256.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import { codePlace, type FactorOf, lockTotp, openKey } from './stored-factor.ts';
import { matchTotpStep } from './totp.ts';

/** What a person gives to prove that they have the second factor. */
export type SecondFactorProof = { readonly code: string } | { readonly recoveryCode: string };

export type SecondFactorOutcome =
  | { readonly ok: true; readonly by: 'code' | 'recovery_code' }
  /** `off`: the account has none. `used_code`: right, but a code of its time or a later one was taken before. */
  | { readonly ok: false; readonly reason: 'off' | 'wrong_code' | 'used_code' | 'wrong_recovery_code' };

/** Spends a code or a recovery code of an account. Locks its second factor until the transaction ends. */
export async function redeemSecondFactor(
  trx: Transaction<Database>,
  { userId, box, now, proof }: FactorOf & { proof: SecondFactorProof },
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
  { userId, box, now }: FactorOf,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  const sealed = codes.map((code) => box.seal(hashRecoveryCode(code) ?? Buffer.alloc(0), codePlace(userId)));
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await trx
    .insertInto('recovery_codes')
    .columns(['id', 'user_id', 'sealed_hash', 'created_at'])
    .expression(sql`
      SELECT id, ${userId}::uuid, sealed_hash, ${now.toISOString()}::timestamptz
      FROM unnest(${codes.map(() => newId())}::uuid[], ${sealed}::bytea[]) AS codes (id, sealed_hash)
    `)
    .execute();
  return codes;
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
    const stored = box.open(sealedHash, codePlace(userId));
    return stored !== null && sameHash(stored, hash);
  });
  const [used] = matching;
  if (used === undefined) return false;
  await trx.deleteFrom('recovery_codes').where('id', '=', used.id).execute();
  return true;
}
