import { givenDatabase } from '@promptory/db/testing';
import { expect, it } from 'vitest';
import { after, DAY, start } from '../../test/fixtures/times.ts';
import { givenUser } from '../../test/fixtures/users.ts';
import { deleteOldAttempts, insertAttempt } from './attempts.ts';

const { db, pool } = await givenDatabase();
it('keeps who tried what, from where, when, and how it ended', async () => {
  const { id: userId } = await givenUser(db);
  const known = { email: 'ada@example.com', userId, ip: '192.0.2.7', userAgent: 'a test' };
  await insertAttempt(db, { kind: 'login', succeeded: false, reason: 'wrong_password', ...known, now: start });
  await insertAttempt(db, { kind: 'refresh', succeeded: true, ip: 'nonsense', userAgent: '\0', now: start });
  const rows = await db.selectFrom('auth_attempts').selectAll().orderBy('id').execute();
  expect(rows).toMatchObject([
    {
      kind: 'login',
      succeeded: false,
      reason: 'wrong_password',
      email: 'ada@example.com',
      user_id: userId,
      ip: '192.0.2.7',
      user_agent: 'a test',
      occurred_at: start.toISOString(),
    },
    { kind: 'refresh', succeeded: true, reason: null, email: null, user_id: null, ip: null, user_agent: '' },
  ]);
});

it('forgets attempts after ninety days, however many, and none before', async () => {
  await db.deleteFrom('auth_attempts').execute();

  const attempt = { kind: 'login', succeeded: true, ip: null, userAgent: null } as const;
  await insertAttempt(db, { ...attempt, now: after(DAY) });
  await pool.query(
    `INSERT INTO auth_attempts (id, kind, succeeded, occurred_at)
     SELECT gen_random_uuid(), 'login', false, $1::timestamptz - make_interval(secs => n) FROM generate_series(0, 2499) AS n`,
    [start.toISOString()],
  );
  expect(await deleteOldAttempts(db, after(90 * DAY))).toBe(2_499);
  expect(await deleteOldAttempts(db, after(90 * DAY + 1))).toBe(1);
  const left = await db.selectFrom('auth_attempts').select('occurred_at as at').execute();
  expect(left).toEqual([{ at: after(DAY).toISOString() }]);
});
