import { type Database, newId, retryTransaction, takeTurn } from '@promptory/db';
import { bytea, givenDatabase, insertRows, isAwaitingLock } from '@promptory/db/testing';
import type { Transaction } from 'kysely';
import { base32 } from 'oslo/encoding';
import { beforeEach, describe, expect, it } from 'vitest';
import { findSecondFactor } from '../src/second-factor/find-second-factor.ts';
import {
  redeemSecondFactor,
  replaceRecoveryCodes,
  type SecondFactorProof,
} from '../src/second-factor/redeem-second-factor.ts';
import { resealSecondFactors } from '../src/second-factor/reseal-second-factors.ts';
import { lacksSecondFactor, markSecondFactor } from '../src/second-factor/session-step-up.ts';
import { confirmTotp, deleteTotp, startTotp } from '../src/second-factor/set-up-totp.ts';
import { codePlace } from '../src/second-factor/stored-factor.ts';
import { totpCodeAt } from '../src/second-factor/totp.ts';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { startSession } from '../src/sessions/sessions.ts';
import { marks } from './fixtures/marks.ts';
import { after, MINUTE, start } from './fixtures/times.ts';
import { givenUser } from './fixtures/users.ts';

const secrets = ['a secret of thirty-two bytes, or more', 'another secret of thirty-two bytes'] as const;
const box = createSecretBox([secrets[0]]);

const { db } = await givenDatabase({ max: 12 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

const begin = (now = start) => startTotp(db, { userId, account: 'ann@example.com', box, now });
const keyOf = (setup: { setupKey: string } | null): Uint8Array => base32.decode(setup?.setupKey ?? '');
/** As whoever locks the account does it: twenty at once wait without a connection. */
const inTurn = <T>(act: (trx: Transaction<Database>) => Promise<T>): Promise<T> =>
  retryTransaction(db, (trx) => {
    takeTurn(trx, `user|${userId}`);
    return act(trx);
  });
const confirm = (code: string, now = start) => inTurn((trx) => confirmTotp(trx, { userId, box, now, code }));
const redeem = (proof: SecondFactorProof, now = start, by = box) =>
  inTurn((trx) => redeemSecondFactor(trx, { userId, box: by, now, proof }));

/** An account with a second factor since `start`; the code of then is spent. */
async function given(): Promise<{ key: Uint8Array; recoveryCodes: string[] }> {
  const key = keyOf(await begin());
  const confirmed = await confirm(await totpCodeAt(key, start));
  if (!confirmed.ok) throw new Error(confirmed.reason);
  return { key, recoveryCodes: confirmed.recoveryCodes };
}

describe('setting up a second factor', () => {
  it('puts it in force with the first right code, and gives ten recovery codes', async () => {
    const key = keyOf(await begin());
    expect(await findSecondFactor(db, userId)).toEqual({ since: null, recoveryCodesLeft: 0 });
    expect(await redeem({ code: await totpCodeAt(key, start) })).toEqual({ ok: false, reason: 'off' });
    expect(await confirm('000000')).toEqual({ ok: false, reason: 'wrong_code' });
    expect(await confirm(await totpCodeAt(key, start))).toMatchObject({ ok: true });
    expect(await findSecondFactor(db, userId)).toEqual({ since: start.toISOString(), recoveryCodesLeft: 10 });
  });

  it('is begun anew as often as one likes, and the last key counts', async () => {
    const first = keyOf(await begin());
    const second = keyOf(await begin());
    expect(await confirm(await totpCodeAt(first, start))).toEqual({ ok: false, reason: 'wrong_code' });
    expect(await confirm(await totpCodeAt(second, start))).toMatchObject({ ok: true });
  });

  it('must be brought to an end within a quarter of an hour', async () => {
    const key = keyOf(await begin());
    const late = after(15 * MINUTE + 1);
    expect(await confirm(await totpCodeAt(key, late), late)).toEqual({ ok: false, reason: 'off' });
    expect(await confirm(await totpCodeAt(key, after(15 * MINUTE)), after(15 * MINUTE))).toMatchObject({ ok: true });
  });

  it('is refused where one is in force, which stays as it is', async () => {
    const { key } = await given();
    expect(await begin()).toBeNull();
    expect(await confirm(await totpCodeAt(key, after(MINUTE)), after(MINUTE))).toEqual({ ok: false, reason: 'on' });
    expect(await redeem({ code: await totpCodeAt(key, after(MINUTE)) }, after(MINUTE))).toMatchObject({ ok: true });
  });

  it('succeeds once when its code comes twenty times at once', async () => {
    const code = await totpCodeAt(keyOf(await begin()), start);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => confirm(code)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await findSecondFactor(db, userId)).toMatchObject({ recoveryCodesLeft: 10 });
  });
});

describe('a code', () => {
  it('is not taken again, not even the one that set the factor up', async () => {
    const { key } = await given();
    expect(await redeem({ code: await totpCodeAt(key, start) })).toEqual({ ok: false, reason: 'used_code' });
    const later = after(MINUTE);
    const code = await totpCodeAt(key, later);
    expect(await redeem({ code }, later)).toEqual({ ok: true, by: 'code' });
    expect(await redeem({ code }, later)).toEqual({ ok: false, reason: 'used_code' });
    // Nor one from before it that would still be within its window.
    const before = await totpCodeAt(key, after(MINUTE - 30_000));
    expect(await redeem({ code: before }, later)).toEqual({ ok: false, reason: 'used_code' });
  });

  it('is taken by one of twenty at once', async () => {
    const { key } = await given();
    const later = after(MINUTE);
    const code = await totpCodeAt(key, later);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => redeem({ code }, later)));
    expect(outcomes.filter(({ ok }) => ok)).toEqual([{ ok: true, by: 'code' }]);
  });

  it('can be used again when the transaction of its use is undone', async () => {
    const { key } = await given();
    const later = after(MINUTE);
    const code = await totpCodeAt(key, later);
    const undone = db.transaction().execute(async (trx) => {
      await redeemSecondFactor(trx, { userId, box, now: later, proof: { code } });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await redeem({ code }, later)).toMatchObject({ ok: true });
  });

  it('of one account opens no other', async () => {
    const { key, recoveryCodes } = await given();
    ({ id: userId } = await givenUser(db));
    await given();
    expect(await redeem({ code: await totpCodeAt(key, after(MINUTE)) }, after(MINUTE))).toMatchObject({ ok: false });
    expect(await redeem({ recoveryCode: recoveryCodes[0] ?? '' })).toMatchObject({ ok: false });
  });
});

describe('a recovery code', () => {
  it('works once, by one of twenty at once, and leaves the others', async () => {
    const { recoveryCodes } = await given();
    const [recoveryCode = '', other = ''] = recoveryCodes;
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => redeem({ recoveryCode })));
    expect(outcomes.filter(({ ok }) => ok)).toEqual([{ ok: true, by: 'recovery_code' }]);
    expect(await findSecondFactor(db, userId)).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await redeem({ recoveryCode: other.toUpperCase().replaceAll('-', ' ') })).toMatchObject({ ok: true });
    expect(await redeem({ recoveryCode: 'anything' })).toEqual({ ok: false, reason: 'wrong_recovery_code' });
  });

  it('counts no more once there are new ones, or the factor is gone', async () => {
    const { recoveryCodes } = await given();
    const fresh = await db.transaction().execute((trx) => replaceRecoveryCodes(trx, { userId, box, now: start }));
    expect(await redeem({ recoveryCode: recoveryCodes[0] ?? '' })).toMatchObject({ ok: false });
    expect(await redeem({ recoveryCode: fresh[0] ?? '' })).toMatchObject({ ok: true });
    await db.transaction().execute((trx) => deleteTotp(trx, userId));
    expect(await redeem({ recoveryCode: fresh[1] ?? '' })).toEqual({ ok: false, reason: 'off' });
    expect(await db.selectFrom('recovery_codes').select('id').where('user_id', '=', userId).execute()).toEqual([]);
  });
});

describe('secrets that change', () => {
  it('leave second factors as they are while the older one is there, and after they were sealed anew', async () => {
    const { key, recoveryCodes } = await given();
    const rotated = createSecretBox([secrets[1], secrets[0]]);
    const alone = createSecretBox([secrets[1]]);
    const code = await totpCodeAt(key, after(MINUTE));
    await expect(redeem({ code }, after(MINUTE), alone)).rejects.toThrow('sealed under a secret that is gone');
    expect(await redeem({ code }, after(MINUTE), rotated)).toMatchObject({ ok: true });

    // Others of this file's accounts are sealed anew as well.
    const { resealed, unreadable } = await resealSecondFactors(db, rotated);
    expect(resealed).toBeGreaterThanOrEqual(11);
    expect(unreadable).toBe(0);
    expect(await resealSecondFactors(db, rotated)).toEqual({ resealed: 0, unreadable: 0 });
    const later = await totpCodeAt(key, after(2 * MINUTE));
    expect(await redeem({ code: later }, after(2 * MINUTE), alone)).toMatchObject({ ok: true });
    expect(await redeem({ recoveryCode: recoveryCodes[0] ?? '' }, start, alone)).toMatchObject({ ok: true });
  });

  it('seals all anew where there is more than is looked at at once, in whatever order it lies there', async () => {
    const [older, rotated] = [createSecretBox([secrets[1]]), createSecretBox([secrets[0], secrets[1]])];
    await resealSecondFactors(db, rotated);
    await begin();
    const sealed = older.seal(Buffer.alloc(32), codePlace(userId));
    const ids = Array.from({ length: 1_001 }, () => newId()).toReversed();
    await insertRows(db, {
      recovery_codes: ids.map((id) => ({ id, user_id: userId, sealed_hash: bytea(sealed), created_at: start })),
    });
    expect(await resealSecondFactors(db, rotated)).toEqual({ resealed: 1_001, unreadable: 0 });
    await db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  });

  it('leaves and does not count what is set up anew while it is sealed', async () => {
    const [older, rotated] = [createSecretBox([secrets[1]]), createSecretBox([secrets[0], secrets[1]])];
    await resealSecondFactors(db, rotated);
    await startTotp(db, { userId, account: 'ann@example.com', box: older, now: start });
    const stored = () =>
      db.selectFrom('user_totp').select('sealed_key').where('user_id', '=', userId).executeTakeFirstOrThrow();
    const sealing = await db.transaction().execute(async (trx) => {
      await startTotp(trx, { userId, account: 'ann@example.com', box, now: after(MINUTE) });
      const resealed = resealSecondFactors(db, rotated);
      await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
      return {
        resealed,
        sealed: await trx
          .selectFrom('user_totp')
          .select('sealed_key')
          .where('user_id', '=', userId)
          .executeTakeFirstOrThrow(),
      };
    });
    expect(await sealing.resealed).toEqual({ resealed: 0, unreadable: 0 });
    expect(await stored()).toEqual(sealing.sealed);
  });
});

describe('a session', () => {
  const began = async (secondFactor: boolean): Promise<string> => {
    const session = { userId, role: 'user', carrier: 'token', marks, ip: null, userAgent: null, now: start } as const;
    return (await startSession(db, { ...session, secondFactor })).sessionId;
  };
  const lacks = (sessionId: string, now: Date) => lacksSecondFactor(db, { userId, sessionId, now });

  it('lacks nothing where the account has no second factor', async () => {
    const sessionId = await began(false);
    expect(await lacks(sessionId, start)).toBe(false);
    await begin();
    expect(await lacks(sessionId, start)).toBe(false);
  });

  it('has the factor for ten minutes after it was proved, and others do not have it for that', async () => {
    await given();
    const [bare, proved] = [await began(false), await began(true)];
    expect([await lacks(bare, start), await lacks(proved, start)]).toEqual([true, false]);
    expect(await lacks(proved, after(10 * MINUTE - 1))).toBe(false);
    expect(await lacks(proved, after(10 * MINUTE))).toBe(true);
    await markSecondFactor(db, { userId, sessionId: bare, now: start });
    expect(await lacks(bare, start)).toBe(false);
    expect(await lacks(newId(), start)).toBe(true);
  });

  it("of somebody else's does not count", async () => {
    const owner = userId;
    ({ id: userId } = await givenUser(db));
    const theirs = await began(true);
    userId = owner;
    await given();
    expect(await lacks(theirs, start)).toBe(true);
    await markSecondFactor(db, { userId, sessionId: theirs, now: start });
    expect(await lacks(theirs, start)).toBe(true);
  });
});
