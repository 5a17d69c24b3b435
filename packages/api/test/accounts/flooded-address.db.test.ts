import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Limiter } from '../../src/context.ts';
import { callersOf, deliverMail, givenPerson, PASSWORD, type TestServices, testServices } from '../index.ts';

const { db } = await givenDatabase();
let services: TestServices;

const password = PASSWORD;

/** Three calls of each kind for each key, as the limit of forgotten passwords is. */
function threeEach(): Limiter {
  const calls = new Map<string, number>();
  return {
    consume: async (name, key) => {
      const count = (calls.get(`${name} ${key}`) ?? 0) + 1;
      calls.set(`${name} ${key}`, count);
      return { allowed: name !== 'mail' || count <= 3, retryAfterSeconds: 60 };
    },
  };
}

beforeEach(() => {
  services = { ...testServices(db, { requireEmailVerification: true }), limiter: threeEach() };
});

describe('an address that strangers would flood', () => {
  it.each([true, false])(
    'is notified three times that somebody registers with it, and all get one answer (%s)',
    async (verified) => {
      const { email } = await givenPerson(services, { verified });
      const answers = new Set<string>();
      for (let call = 0; call < 10; call += 1) {
        const { auth } = callersOf(services).asAnyone({ client: { ip: `192.0.2.${call}`, userAgent: null } });
        answers.add(JSON.stringify(await auth.register({ email, name: 'Ann', password })));
      }
      expect([...answers]).toEqual(['{"status":"verification_sent"}']);
      expect((await deliverMail(services)).map(({ to }) => to)).toEqual([email, email, email]);
    },
  );

  it('is asked three times to confirm that it is of accounts that claim it, and none of these learns so', async () => {
    const email = 'claimed@example.com';
    for (let account = 0; account < 8; account += 1) {
      const { principal, ...someone } = await givenPerson(services);
      const me = await callersOf(services).as(principal).me.update({ email, currentPassword: password });
      expect(me.email).toBe(someone.email);
    }
    expect((await deliverMail(services)).map(({ to }) => to)).toEqual([email, email, email]);
  });
});
