import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givenUser } from '../../test/given-user.ts';
import { deleteOldAttempts, insertAttempt } from './attempts.ts';

const now = new Date('2019-05-01T08:00:00.000Z');

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('keeps who tried what, from where, when, and how it ended', async () => {
  const userId = await givenUser(test.db);
  const known = { email: 'ada@example.com', userId, ip: '192.0.2.7', userAgent: 'a test' };
  await insertAttempt(test.db, { kind: 'login', succeeded: false, reason: 'wrong_password', ...known, now });
  await insertAttempt(test.db, { kind: 'refresh', succeeded: true, ip: 'nonsense', userAgent: '\0', now });
  const rows = await test.db.selectFrom('auth_attempts').selectAll().orderBy('id').execute();
  expect(rows).toMatchObject([
    {
      kind: 'login',
      succeeded: false,
      reason: 'wrong_password',
      email: 'ada@example.com',
      user_id: userId,
      ip: '192.0.2.7',
      user_agent: 'a test',
      occurred_at: now.toISOString(),
    },
    { kind: 'refresh', succeeded: true, reason: null, email: null, user_id: null, ip: null, user_agent: '' },
  ]);
});

it('forgets attempts after ninety days, however many, and none before', async () => {
  await test.db.deleteFrom('auth_attempts').execute();
  const day = 24 * 3_600_000;
  const at = (ms: number) => new Date(now.getTime() + ms);
  const attempt = { kind: 'login', succeeded: true, ip: null, userAgent: null } as const;
  await insertAttempt(test.db, { ...attempt, now: at(day) });
  await test.pool.query(
    `INSERT INTO auth_attempts (id, kind, succeeded, occurred_at)
     SELECT gen_random_uuid(), 'login', false, $1::timestamptz - make_interval(secs => n) FROM generate_series(0, 2499) AS n`,
    [now.toISOString()],
  );
  expect(await deleteOldAttempts(test.db, at(90 * day))).toBe(2_499);
  expect(await deleteOldAttempts(test.db, at(90 * day + 1))).toBe(1);
  const left = await test.db.selectFrom('auth_attempts').select('occurred_at as at').execute();
  expect(left).toEqual([{ at: at(day).toISOString() }]);
});
