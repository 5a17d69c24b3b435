import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { marks } from '../../test/fixtures/marks.ts';
import { after, DAY, HOUR, MINUTE, SECOND, start } from '../../test/fixtures/times.ts';
import { givenUser, setUser } from '../../test/fixtures/users.ts';
import { refreshed } from '../../test/harness/refreshed.ts';
import { refreshSession, type StartedSession, startSession } from './sessions.ts';
import {
  deleteExpiredSessions,
  endSession,
  endSessionByRefreshToken,
  endSessions,
  listSessions,
  lockLiveSession,
} from './user-sessions.ts';

const { db } = await givenDatabase({ max: 10 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

describe('a session', () => {
  it('is listed with where it came from, the latest first, and only to its user', async () => {
    const { id: stranger } = await givenUser(db);
    await startSession(db, {
      userId: stranger,
      role: 'user',
      carrier: 'token',
      marks,
      ip: null,
      userAgent: null,
      now: start,
    });
    const first = await begin();
    const second = await startSession(db, {
      userId,
      role: 'user',
      carrier: 'cookie',
      marks,
      ip: '2001:db8::1',
      userAgent: 'another',
      now: after(MINUTE),
    });
    const times = (at: number) => ({ createdAt: after(at).toISOString(), lastUsedAt: after(at).toISOString() });
    expect(await listSessions(db, userId, after(HOUR))).toEqual([
      {
        id: second.sessionId,
        ip: '2001:db8::1',
        userAgent: 'another',
        carrier: 'cookie',
        ...times(MINUTE),
        expiresAt: after(MINUTE + 14 * DAY).toISOString(),
      },
      {
        id: first.sessionId,
        ip: '192.0.2.7',
        userAgent: 'a test',
        carrier: 'token',
        ...times(0),
        expiresAt: after(14 * DAY).toISOString(),
      },
    ]);
  });

  it('lets act only in itself, while it lasts and its user is active, with the role of now', async () => {
    const [ended, live] = [await begin(), await begin()];
    const { id: mallory } = await givenUser(db);
    const asked = (parts: Partial<{ userId: string; sessionId: string; now: Date }> = {}) =>
      db
        .transaction()
        .execute((trx) => lockLiveSession(trx, { userId, sessionId: live.sessionId, now: after(SECOND), ...parts }));
    await endSession(db, { userId, sessionId: ended.sessionId });
    expect(await asked()).toEqual({ role: 'user' });
    expect(await asked({ sessionId: ended.sessionId })).toBeNull();
    expect(await asked({ userId: mallory })).toBeNull();
    expect(await asked({ now: after(14 * DAY - 1) })).toEqual({ role: 'user' });
    expect(await asked({ now: after(14 * DAY) })).toBeNull();
    await setUser(db, userId, { role: 'admin' });
    expect(await asked()).toEqual({ role: 'admin' });
    await setUser(db, userId, { status: 'suspended' });
    expect(await asked()).toBeNull();
  });

  it('is ended by its user and by nobody else', async () => {
    const { sessionId, refreshToken } = await begin();
    const { id: mallory } = await givenUser(db);
    expect(await endSession(db, { userId: mallory, sessionId })).toBe(false);
    expect(await endSession(db, { userId, sessionId })).toBe(true);
    expect(await endSession(db, { userId, sessionId })).toBe(false);
    expect(await refreshSession(db, { refreshToken, now: after(SECOND) })).toEqual({ outcome: 'invalid' });
  });

  it('is ended by its refresh token, also by a spent one', async () => {
    const { sessionId, refreshToken } = await begin();
    await refreshed(db, refreshToken, after(MINUTE));
    expect(await endSessionByRefreshToken(db, refreshToken)).toEqual({ sessionId, userId });
    expect(await endSessionByRefreshToken(db, refreshToken)).toBeNull();
  });

  it('is ended with all others, or all others are ended but it', async () => {
    const sessions = [await begin(), await begin(), await begin()];
    const [current] = sessions;
    expect(await endSessions(db, { userId, exceptSessionId: current?.sessionId ?? '' })).toBe(2);
    expect((await listSessions(db, userId, after(SECOND))).map(({ id }) => id)).toEqual([current?.sessionId]);
    expect(await endSessions(db, { userId })).toBe(1);
  });

  it('is deleted after it has run out, and not before', async () => {
    await db.deleteFrom('sessions').execute();
    await begin();
    expect(await deleteExpiredSessions(db, after(14 * DAY - 1))).toBe(0);
    expect(await deleteExpiredSessions(db, after(14 * DAY))).toBe(1);
  });
});

function begin(): Promise<StartedSession> {
  return startSession(db, {
    userId,
    role: 'user',
    carrier: 'token',
    marks,
    ip: '192.0.2.7',
    userAgent: 'a test',
    now: start,
  });
}
