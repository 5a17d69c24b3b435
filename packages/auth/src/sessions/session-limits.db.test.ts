import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { marks } from '../../test/fixtures/marks.ts';
import { after, DAY, HOUR, start } from '../../test/fixtures/times.ts';
import { givenUser, setUser } from '../../test/fixtures/users.ts';
import { refreshed } from '../../test/harness/refreshed.ts';
import type { UserRole } from '../identity/user-role.ts';
import {
  findLiveSession,
  findSessionByRefreshToken,
  refreshSession,
  type StartedSession,
  startSession,
} from './sessions.ts';
import { endSessions, listSessions } from './user-sessions.ts';

const { db } = await givenDatabase({ max: 10 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

describe.each([
  { role: 'user', idle: 14 * DAY, absolute: 30 * DAY },
  { role: 'admin', idle: 12 * HOUR, absolute: 24 * HOUR },
] as const)('a session of a $role', ({ role, idle, absolute }) => {
  beforeEach(() => setUser(db, userId, { role }));

  const ways: [how: string, use: (session: StartedSession, now: Date) => Promise<boolean>][] = [
    [
      'refreshed',
      async ({ refreshToken }, now) => (await refreshSession(db, { refreshToken, now })).outcome === 'refreshed',
    ],
    ['found by its id', async ({ sessionId }, now) => (await findLiveSession(db, { sessionId, now })) !== null],
    [
      'found by its cookie',
      async ({ refreshToken }, now) => (await findSessionByRefreshToken(db, { refreshToken, now })) !== null,
    ],
    ['listed', async (_session, now) => (await listSessions(db, userId, now)).length === 1],
  ];

  it.each(ways)('can be %s until the idle limit and not from then on', async (_how, use) => {
    expect(await use(await begin(role), after(idle - 1))).toBe(true);
    await endSessions(db, { userId });
    expect(await use(await begin(role), after(idle))).toBe(false);
  });

  it.each(ways)(
    'can be %s until the absolute limit and not from then on, however often it is used',
    async (_how, use) => {
      const session = await begin(role);
      for (let at = idle / 2; at < absolute; at += idle / 2) {
        expect(await findLiveSession(db, { sessionId: session.sessionId, now: after(at) })).not.toBeNull();
      }
      expect(await use(session, after(absolute))).toBe(false);
      await endSessions(db, { userId });
      const other = await begin(role);
      for (let at = idle / 2; at < absolute; at += idle / 2) {
        await findLiveSession(db, { sessionId: other.sessionId, now: after(at) });
      }
      expect(await use(other, after(absolute - 1))).toBe(true);
    },
  );

  it('says when it ends, never past the absolute limit', async () => {
    const session = await begin(role);
    expect(session.refreshExpiresAt).toEqual(after(idle));
    let token = session.refreshToken;
    for (let at = idle / 2; at < absolute; at += idle / 2) {
      const answer = await refreshed(db, token, after(at));
      const ends = after(Math.min(at + idle, absolute));
      expect(answer.refreshExpiresAt).toEqual(ends);
      const live = await findLiveSession(db, { sessionId: session.sessionId, now: after(at) });
      expect(live?.expiresAt).toEqual(ends);
      const [listed] = await listSessions(db, userId, after(at));
      expect(listed?.expiresAt).toBe(ends.toISOString());
      token = answer.refreshToken;
    }
  });
});

it('holds a session to the limits of an admin from the moment its user is made one', async () => {
  const { sessionId, refreshToken } = await begin('user');
  await setUser(db, userId, { role: 'admin' });
  expect(await findLiveSession(db, { sessionId, now: after(11 * HOUR) })).toMatchObject({
    role: 'admin',
    expiresAt: after(23 * HOUR),
  });
  expect(await refreshed(db, refreshToken, after(22 * HOUR))).toMatchObject({ refreshExpiresAt: after(24 * HOUR) });
  expect(await findLiveSession(db, { sessionId, now: after(24 * HOUR) })).toBeNull();
  expect(await refreshSession(db, { refreshToken, now: after(24 * HOUR) })).toEqual({ outcome: 'invalid' });
});

function begin(role: UserRole): Promise<StartedSession> {
  return startSession(db, { userId, role, carrier: 'token', marks, ip: null, userAgent: null, now: start });
}
