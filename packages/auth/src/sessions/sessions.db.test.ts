import { countedQueries, givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { marks } from '../../test/fixtures/marks.ts';
import { DAY, MINUTE, SECOND } from '../../test/fixtures/times.ts';
import { givenUser, setUser } from '../../test/fixtures/users.ts';
import { asRefreshed, refreshed } from '../../test/harness/refreshed.ts';
import type { SessionCarrier } from './session-carrier.ts';
import { findLiveSession, findSessionByRefreshToken, refreshSession, startSession } from './sessions.ts';
import { endSessionByRefreshToken, listSessions } from './user-sessions.ts';

// Neither the past nor the future of the machine: nothing here may depend on the wall clock.
const EPOCHS = [new Date('2019-05-01T08:00:00.000Z'), new Date('2031-05-01T08:00:00.000Z')];

const { db, pool } = await givenDatabase({ max: 10 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

describe.each(EPOCHS)('a session started at %s', (start) => {
  const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);
  const begin = (carrier: SessionCarrier = 'token') =>
    startSession(db, { userId, role: 'user', carrier, marks, ip: '192.0.2.7', userAgent: 'a test', now: start });

  describe('used by its access tokens', () => {
    it('is live, with its user and role, and one query finds it', async () => {
      const { sessionId, refreshExpiresAt } = await begin();
      const counted = countedQueries(pool);
      expect(await findLiveSession(counted.db, { sessionId, now: after(SECOND) })).toEqual({
        sessionId,
        userId,
        role: 'user',
        status: 'active',
        carrier: 'token',
        expiresAt: refreshExpiresAt,
        askAgainAt: after(MINUTE),
      });
      expect(counted.queries()).toHaveLength(1);
    });

    it('is not found once its user is suspended, and has the role of now', async () => {
      const { sessionId } = await begin();
      await setUser(db, userId, { role: 'admin' });
      expect(await findLiveSession(db, { sessionId, now: after(SECOND) })).toMatchObject({ role: 'admin' });
      await setUser(db, userId, { status: 'suspended' });
      expect(await findLiveSession(db, { sessionId, now: after(SECOND) })).toBeNull();
    });

    it('is to be asked for again when its use is to be noted next, or it ends before', async () => {
      const { sessionId } = await begin();
      const asked = async (now: Date) => (await findLiveSession(db, { sessionId, now }))?.askAgainAt;
      expect(await asked(after(59 * SECOND))).toEqual(after(60 * SECOND));
      expect(await asked(after(61 * SECOND))).toEqual(after(121 * SECOND));
      const end = after(90 * SECOND).toISOString();
      await db.updateTable('sessions').set({ idle_expires_at: end }).where('id', '=', sessionId).execute();
      expect(await asked(after(62 * SECOND))).toEqual(after(90 * SECOND));
    });

    it('notes its use once a minute, however many calls come at once', async () => {
      const { sessionId } = await begin();
      const counted = countedQueries(pool);
      const call = (now: Date) => findLiveSession(counted.db, { sessionId, now });
      await Promise.all(Array.from({ length: 20 }, () => call(after(59 * SECOND))));
      expect(counted.queries().filter((query) => query.startsWith('update'))).toHaveLength(0);
      await Promise.all(Array.from({ length: 20 }, () => call(after(60 * SECOND))));
      expect(await lastUsedAt(sessionId)).toBe(after(60 * SECOND).toISOString());
      await call(after(90 * SECOND));
      expect(await lastUsedAt(sessionId)).toBe(after(60 * SECOND).toISOString());
    });
  });

  describe('refreshed', () => {
    it('gives another token each time, and each opens the same session', async () => {
      const started = await begin('cookie');
      const seen = new Set([started.refreshToken]);
      let token = started.refreshToken;
      for (let round = 1; round <= 5; round += 1) {
        const answer = await refreshed(db, token, after(round * MINUTE));
        expect(answer).toMatchObject({ sessionId: started.sessionId, userId, role: 'user', carrier: 'cookie' });
        expect(answer.refreshExpiresAt).toEqual(after(round * MINUTE + 14 * DAY));
        token = answer.refreshToken;
        seen.add(token);
      }
      expect(seen.size).toBe(6);
      for (const each of seen) expect(each).toMatch(/^ptr_[a-z2-7]{52}\.[\w-]{43}$/);
    });

    it('answers the same next token to who asks again within ten seconds, without advancing', async () => {
      const { refreshToken, sessionId } = await begin();
      const first = await refreshed(db, refreshToken, after(MINUTE));
      const before = await stored(sessionId);
      const again = await refreshed(db, refreshToken, after(MINUTE + 10 * SECOND));
      expect(again.refreshToken).toBe(first.refreshToken);
      expect(await stored(sessionId)).toEqual(before);
      expect((await refreshed(db, first.refreshToken, after(MINUTE + 11 * SECOND))).refreshToken).not.toBe(
        first.refreshToken,
      );
    });

    // Within one server callers take turns; between several only the lock of the row keeps them apart.
    it.each([1, 2, 5])('advances once for 20 at once at %i servers, who all get the same token', async (servers) => {
      const { refreshToken, sessionId } = await begin();
      const each = Array.from({ length: servers }, () => countedQueries(pool).db);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          refreshSession(each[at % servers] ?? db, { refreshToken, now: after(MINUTE) }),
        ),
      );
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refreshed']));
      const next = new Set(outcomes.map((outcome) => asRefreshed(outcome).refreshToken));
      expect(next.size).toBe(1);
      const [only = ''] = next;
      expect(only).not.toBe(refreshToken);
      expect(await refreshed(db, only, after(2 * MINUTE))).toMatchObject({ sessionId });
    });

    it('ends when a spent token comes back later than ten seconds', async () => {
      const { refreshToken, sessionId } = await begin();
      const next = await refreshed(db, refreshToken, after(MINUTE));
      expect(await refreshSession(db, { refreshToken, now: after(MINUTE + 10_001) })).toEqual({
        outcome: 'replayed',
        sessionId,
        userId,
      });
      expect(await refreshSession(db, { refreshToken: next.refreshToken, now: after(2 * MINUTE) })).toEqual({
        outcome: 'invalid',
      });
      expect(await findLiveSession(db, { sessionId, now: after(2 * MINUTE) })).toBeNull();
    });

    it('ends when a token spent two refreshes ago comes back, however soon', async () => {
      const { refreshToken } = await begin();
      const second = await refreshed(db, refreshToken, after(MINUTE));
      await refreshed(db, second.refreshToken, after(MINUTE + SECOND));
      expect(await refreshSession(db, { refreshToken, now: after(MINUTE + 2 * SECOND) })).toMatchObject({
        outcome: 'replayed',
      });
    });

    it('ends when the rotation part is made up, and no other session of the user does', async () => {
      const [stolen, other] = [await begin(), await begin()];
      const [id] = stolen.refreshToken.split('.');
      const madeUp = `${id}.${'x'.repeat(43)}`;
      expect(await refreshSession(db, { refreshToken: madeUp, now: after(MINUTE) })).toMatchObject({
        outcome: 'replayed',
        sessionId: stolen.sessionId,
      });
      expect(await refreshed(db, other.refreshToken, after(MINUTE))).toMatchObject({ sessionId: other.sessionId });
    });

    it('is invalid, and gone, for a suspended user', async () => {
      const { refreshToken, sessionId } = await begin();
      await setUser(db, userId, { status: 'suspended' });
      expect(await refreshSession(db, { refreshToken, now: after(MINUTE) })).toEqual({ outcome: 'invalid' });
      expect(await exists(sessionId)).toBe(false);
    });

    it('is invalid for texts that are no tokens, at no cost', async () => {
      const { refreshToken, sessionId } = await begin();
      const [id = '', rotation = ''] = refreshToken.split('.');
      const counted = countedQueries(pool);
      const texts = [
        '',
        'garbage',
        id,
        `${id}.`,
        `.${rotation}`,
        refreshToken.slice(0, -1),
        `${refreshToken}\n`,
        `${refreshToken}=`,
        ` ${refreshToken}`,
        refreshToken.toUpperCase(),
        refreshToken.replace('ptr_', ''),
        refreshToken.repeat(1_000),
        `${id}\0.${rotation}`,
      ];
      for (const text of texts) {
        expect(await refreshSession(counted.db, { refreshToken: text, now: after(MINUTE) })).toEqual({
          outcome: 'invalid',
        });
        expect(await findSessionByRefreshToken(counted.db, { refreshToken: text, now: after(MINUTE) })).toBeNull();
        expect(await endSessionByRefreshToken(counted.db, text)).toBeNull();
      }
      expect(counted.queries()).toHaveLength(0);
      expect(await exists(sessionId)).toBe(true);
    });
  });

  describe('used by a cookie', () => {
    it('is found by its token without spending it', async () => {
      const { refreshToken, sessionId, refreshExpiresAt } = await begin('cookie');
      const before = await stored(sessionId);
      for (let round = 0; round < 3; round += 1) {
        expect(await findSessionByRefreshToken(db, { refreshToken, now: after(SECOND) })).toEqual({
          sessionId,
          userId,
          role: 'user',
          status: 'active',
          carrier: 'cookie',
          expiresAt: refreshExpiresAt,
          askAgainAt: after(MINUTE),
        });
      }
      expect(await stored(sessionId)).toEqual(before);
    });

    it('is found by the token just spent for ten seconds, then by the next one only', async () => {
      const { refreshToken, sessionId } = await begin('cookie');
      const next = await refreshed(db, refreshToken, after(MINUTE));
      const find = (token: string, now: Date) => findSessionByRefreshToken(db, { refreshToken: token, now });
      expect(await find(refreshToken, after(MINUTE + 10 * SECOND))).toMatchObject({ sessionId });
      expect(await find(refreshToken, after(MINUTE + 10_001))).toBeNull();
      expect(await find(next.refreshToken, after(MINUTE + 10_001))).toMatchObject({ sessionId });
    });

    it('is not found for a suspended user', async () => {
      const { refreshToken } = await begin('cookie');
      await setUser(db, userId, { status: 'suspended' });
      expect(await findSessionByRefreshToken(db, { refreshToken, now: after(SECOND) })).toBeNull();
    });
  });

  it('starts whatever the caller says of itself', async () => {
    const origins = [
      { ip: 'nonsense', userAgent: `\ud800\0${'🦊'.repeat(1_000)}` },
      { ip: 'fe80::1%eth0', userAgent: '' },
      { ip: '::ffff:192.0.2.1', userAgent: null },
      { ip: '', userAgent: "'; drop table users" },
    ];
    for (const origin of origins) {
      await startSession(db, { userId, role: 'user', carrier: 'token', marks, ...origin, now: start });
    }
    const listed = await listSessions(db, userId, after(SECOND));
    expect(listed.map(({ ip }) => ip).sort()).toEqual(['::ffff:192.0.2.1', 'fe80::1', null, null]);
  });
});

function stored(sessionId: string) {
  return db
    .selectFrom('sessions')
    .where('id', '=', sessionId)
    .select(['refresh_hash', 'previous_refresh_hash', 'rotation_salt', 'rotated_at'])
    .executeTakeFirst();
}

async function exists(sessionId: string): Promise<boolean> {
  return (await stored(sessionId)) !== undefined;
}

async function lastUsedAt(sessionId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('sessions')
    .where('id', '=', sessionId)
    .select('last_used_at as lastUsedAt')
    .executeTakeFirst();
  return row?.lastUsedAt;
}
