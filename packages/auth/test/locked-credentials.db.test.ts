import { type Database, sqlState } from '@promptory/db';
import { givenDatabase } from '@promptory/db/testing';
import { sql, type Transaction } from 'kysely';
import { expect, it } from 'vitest';
import { startSession } from '../src/sessions/sessions.ts';
import { lockLiveSession, lockSessions } from '../src/sessions/user-sessions.ts';
import { lockApiKeys, lockLiveApiKey } from '../src/tokens/api-keys.ts';
import { givenApiKey } from './fixtures/credentials.ts';
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
