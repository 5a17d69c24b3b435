import { retryTransaction } from '@promptory/db';
import { countedQueries, givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { after, MINUTE, start } from '../../test/fixtures/times.ts';
import { givenUser } from '../../test/fixtures/users.ts';
import {
  deleteExpiredEmailTokens,
  type EmailTokenPurpose,
  issueEmailToken,
  redeemEmailToken,
  voidEmailTokens,
} from './email-tokens.ts';

const email = 'ada@example.com';

const { db, pool } = await givenDatabase({ max: 10 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

describe('email tokens', () => {
  it.each([
    ['reset_password', 15 * MINUTE],
    ['verify_email', 24 * 60 * MINUTE],
  ] as const)('for %s live until their time is over and not from then on', async (purpose, lifetime) => {
    const first = await issue(purpose);
    expect(first.expiresAt).toEqual(after(lifetime));
    expect(await redeem(first.token, purpose, after(lifetime - 1))).toEqual({ userId, email });
    const second = await issue(purpose);
    expect(await redeem(second.token, purpose, after(lifetime))).toBeNull();
  });

  it('hold 32 random bytes', async () => {
    const { token } = await issue('reset_password');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('can be used once, by one of 20 at once', async () => {
    const { token } = await issue('reset_password');
    const uses = await Promise.all(Array.from({ length: 20 }, () => redeem(token, 'reset_password', after(MINUTE))));
    expect(uses.filter((use) => use !== null)).toEqual([{ userId, email }]);
    expect(await redeem(token, 'reset_password', after(MINUTE))).toBeNull();
  });

  it('can be used again when the transaction of their use is undone', async () => {
    const { token } = await issue('reset_password');
    const undone = db.transaction().execute(async (trx) => {
      await redeemEmailToken(trx, { token, purpose: 'reset_password', now: after(MINUTE) });
      throw new Error('the new password is refused');
    });
    await expect(undone).rejects.toThrow('refused');
    expect(await redeem(token, 'reset_password', after(MINUTE))).toEqual({ userId, email });
  });

  it('void the older ones of their purpose and their user only', async () => {
    const older = await issue('reset_password');
    const verify = await issue('verify_email');
    const ada = userId;
    ({ id: userId } = await givenUser(db));
    await issue('reset_password');
    userId = ada;
    const newer = await issue('reset_password');
    expect(await redeem(older.token, 'reset_password', after(MINUTE))).toBeNull();
    expect(await redeem(newer.token, 'reset_password', after(MINUTE))).toEqual({ userId, email });
    expect(await redeem(verify.token, 'verify_email', after(MINUTE))).toEqual({ userId, email });
    expect(await countTokens()).toBe(0);
  });

  it('leave one alive of 20 made at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => issue('reset_password')));
    expect(await countTokens()).toBe(1);
    const uses = await Promise.all(made.map(({ token }) => redeem(token, 'reset_password', after(MINUTE))));
    expect(uses.filter((use) => use !== null)).toHaveLength(1);
  });

  it('serve no other purpose than theirs, and are not spent by the attempt', async () => {
    const { token } = await issue('verify_email');
    expect(await redeem(token, 'reset_password', after(MINUTE))).toBeNull();
    expect(await redeem(token, 'verify_email', after(MINUTE))).toEqual({ userId, email });
  });

  it('are refused when made up, and cost nothing when they cannot be tokens', async () => {
    const counted = countedQueries(pool);
    const redeemCounted = (token: string) =>
      redeemEmailToken(counted.db, { token, purpose: 'reset_password', now: start });
    for (const text of [
      '',
      'x',
      'x'.repeat(42),
      'x'.repeat(44),
      `${'x'.repeat(43)}\n`,
      '\0'.repeat(43),
      'é'.repeat(43),
    ]) {
      expect(await redeemCounted(text)).toBeNull();
    }
    expect(counted.queries()).toHaveLength(0);
    expect(await redeemCounted('x'.repeat(43))).toBeNull();
    expect(counted.queries()).toHaveLength(1);
  });

  it('are voided by hand, and deleted after their time', async () => {
    const { token } = await issue('verify_email');
    await voidEmailTokens(db, { userId, purpose: 'verify_email' });
    expect(await redeem(token, 'verify_email', after(MINUTE))).toBeNull();
    await issue('reset_password');
    await deleteExpiredEmailTokens(db, after(15 * MINUTE - 1));
    expect(await countTokens()).toBe(1);
    expect(await deleteExpiredEmailTokens(db, after(15 * MINUTE))).toBeGreaterThanOrEqual(1);
    expect(await countTokens()).toBe(0);
  });
});

function issue(purpose: EmailTokenPurpose) {
  // As in the product: a lock that is not free soon is asked for again.
  return retryTransaction(db, (trx) => issueEmailToken(trx, { userId, purpose, email, now: start }));
}

function redeem(token: string, purpose: EmailTokenPurpose, now: Date) {
  return redeemEmailToken(db, { token, purpose, now });
}

async function countTokens(): Promise<number> {
  return (await db.selectFrom('email_tokens').where('user_id', '=', userId).select('id').execute()).length;
}
