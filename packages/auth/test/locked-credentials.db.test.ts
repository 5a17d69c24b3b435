import { type Database, sqlState } from '@promptory/db';
import { givenDatabase, insertRows, lockedWhileWaiting } from '@promptory/db/testing';
import { sql, type Transaction } from 'kysely';
import { expect, it } from 'vitest';
import { startSession } from '../src/sessions/sessions.ts';
import { lockLiveSession, lockSessions } from '../src/sessions/user-sessions.ts';
import { lockApiKeys, lockLiveApiKey } from '../src/tokens/api-keys.ts';
import { givenApiKey, newApiKey, newSession } from './fixtures/credentials.ts';
import { marks } from './fixtures/marks.ts';
import { start } from './fixtures/times.ts';
import { givenUser } from './fixtures/users.ts';

type Act = (trx: Transaction<Database>) => Promise<unknown>;

const { db } = await givenDatabase({ max: 4 });
const { id: userId } = await givenUser(db);
const { sessionId } = await startSession(db, {
  ...{ userId, role: 'user', carrier: 'token', marks, now: start },
  ...{ ip: '192.0.2.7', userAgent: 'a test' },
});
const { id: keyId } = await givenApiKey(db, { id: userId }, { now: start });

/** What comes of an act while a transaction is open that has done another one: it gives up where it would have to wait. */
const beside = (first: Act, second: Act): Promise<unknown> =>
  db.transaction().execute(async (holder) => {
    await first(holder);
    const done = db.transaction().execute(async (trx) => {
      await sql`SET LOCAL lock_timeout = 1`.execute(trx);
      await second(trx);
      return 'done';
    });
    return done.catch((error: unknown) => sqlState(error));
  });

it.each<[string, Act, Act]>([
  ['session', (trx) => lockLiveSession(trx, { userId, sessionId, now: start }), (trx) => lockSessions(trx, userId)],
  ['key', (trx) => lockLiveApiKey(trx, { userId, keyId, now: start }), (trx) => lockApiKeys(trx, { userId })],
])('whoever acts by a %s waits for no other, and whoever locks it for all of them', async (_, act, lock) => {
  expect(await beside(act, act)).toBe('done');
  expect(await beside(act, lock)).toBe('55P03');
  expect(await beside(lock, act)).toBe('55P03');
});

// The one that comes later lies before the other, and stands before it in the index of an account's: by any order but that of
// their ids it is locked first.
const [first, second] = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'];
const waitingFor = (act: Act) => (): Promise<unknown> =>
  db.transaction().execute(async (trx) => {
    await sql`SET LOCAL lock_timeout = 0`.execute(trx);
    await act(trx);
  });
const later = (seconds: number): Date => new Date(start.getTime() + seconds * 1_000);

it('locks the sessions of an account in the order of their ids', async () => {
  const owner = await givenUser(db);
  const row = (id: string, at: Date) => ({ ...newSession(owner, at).row, id });
  for (const one of [row(second, later(1)), row(first, later(0))]) await insertRows(db, { sessions: [one] });
  const act = waitingFor((trx) => lockSessions(trx, owner.id));
  expect(await lockedWhileWaiting(db, { table: 'sessions', held: second, ids: [first] }, act)).toEqual([first]);
  expect(await lockedWhileWaiting(db, { table: 'sessions', held: first, ids: [second] }, act)).toEqual([]);
});

it('locks the keys of an account in the order of their ids', async () => {
  const owner = await givenUser(db);
  const row = (id: string, at: Date) => ({ ...newApiKey(owner, at).row, id });
  for (const one of [row(second, later(1)), row(first, later(0))]) await insertRows(db, { api_keys: [one] });
  const act = waitingFor((trx) => lockApiKeys(trx, { userId: owner.id }));
  expect(await lockedWhileWaiting(db, { table: 'api_keys', held: second, ids: [first] }, act)).toEqual([first]);
  expect(await lockedWhileWaiting(db, { table: 'api_keys', held: first, ids: [second] }, act)).toEqual([]);
});

it('locks one key of an account, and no key that is revoked', async () => {
  const owner = await givenUser(db);
  const [one, other, revoked] = [
    newApiKey(owner, start).row,
    newApiKey(owner, start).row,
    newApiKey(owner, start, { revoked_at: start }).row,
  ];
  await insertRows(db, { api_keys: [one, other, revoked] });
  const lock =
    (keyId?: string): Act =>
    (trx) =>
      lockApiKeys(trx, { userId: owner.id, ...(keyId && { keyId }) });
  const revive =
    (id: string): Act =>
    (trx) =>
      sql`SELECT FROM api_keys WHERE id = ${id} FOR KEY SHARE`.execute(trx);
  expect(await beside(lock(one.id), revive(one.id))).toBe('55P03');
  expect(await beside(lock(one.id), revive(other.id))).toBe('done');
  expect(await beside(lock(), revive(other.id))).toBe('55P03');
  expect(await beside(lock(), revive(revoked.id))).toBe('done');
});

it('locks nothing of another account', async () => {
  const owner = await givenUser(db);
  const lock: Act = async (trx) => {
    await lockSessions(trx, owner.id);
    await lockApiKeys(trx, { userId: owner.id });
  };
  expect(await beside(lock, (trx) => lockLiveSession(trx, { userId, sessionId, now: start }))).toBe('done');
  expect(await beside(lock, (trx) => lockLiveApiKey(trx, { userId, keyId, now: start }))).toBe('done');
});
