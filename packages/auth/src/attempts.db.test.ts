import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordAttempt } from './attempts.ts';
import { givenUser } from './testing/given-user.ts';

const now = new Date('2019-05-01T08:00:00.000Z');

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('keeps who tried what, from where, when, and how it ended', async () => {
  const userId = await givenUser(test.db);
  const known = { email: 'ada@example.com', userId, ip: '192.0.2.7', userAgent: 'a test' };
  await recordAttempt(test.db, { kind: 'login', succeeded: false, reason: 'wrong_password', ...known, now });
  await recordAttempt(test.db, { kind: 'refresh', succeeded: true, ip: 'nonsense', userAgent: '\0', now });
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
