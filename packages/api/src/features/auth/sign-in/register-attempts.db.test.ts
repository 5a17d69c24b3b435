import { givenDatabase } from '@promptory/db/testing';
import { expect, it } from 'vitest';
import { callersOf, PASSWORD, testServices } from '../../../../test/index.ts';

const { db } = await givenDatabase();

it('writes down what became of registrations that are answered alike', async () => {
  const byMail = { requireEmailVerification: true };
  const [open, invited] = [
    testServices(db, byMail),
    testServices(db, { ...byMail, registration: { mode: 'invitation' } }),
  ];
  const register = (services: typeof open, email: string) =>
    callersOf(services).asAnyone().auth.register({ email, name: 'Ann', password: PASSWORD });
  const answers = [
    await register(open, 'ann@example.com'),
    await register(open, 'ann@example.com'),
    await register(invited, 'ben@example.com'),
  ];
  expect(answers).toEqual(answers.map(() => ({ status: 'verification_sent' })));
  const attempts = db.selectFrom('auth_attempts').select(['email', 'succeeded', 'reason']).orderBy('id');
  expect((await attempts.execute()).map(({ email, succeeded, reason }) => [email, succeeded, reason])).toEqual([
    ['ann@example.com', true, null],
    ['ann@example.com', false, 'auth.email_taken'],
    ['ben@example.com', false, 'auth.registration_closed'],
  ]);
});
