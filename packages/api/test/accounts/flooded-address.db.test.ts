import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Limiter } from '../../src/context.ts';
import { callersOf, deliverMail, givenUser, type Person, type TestServices, testServices } from '../index.ts';

let database: TestDatabase;
let services: TestServices;

const password = 'correct horse battery';

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

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => {
  services = { ...testServices(database.db, { requireEmailVerification: true }), limiter: threeEach() };
});
afterAll(() => database.drop());

async function somebody(handle: string, options: { verified?: boolean } = {}): Promise<Person> {
  const person = await givenUser(database.db, handle, options);
  await database.db
    .insertInto('user_passwords')
    .values({ user_id: person.id, hash: `plain:${password}`, changed_at: services.clock.now() })
    .execute();
  return person;
}

describe('an address that strangers would flood', () => {
  it.each([true, false])(
    'is told three times that somebody registers with it, and all get one answer (%s)',
    async (verified) => {
      const { email } = await somebody(`target-${verified}`, { verified });
      const answers = new Set<string>();
      for (let call = 0; call < 10; call += 1) {
        const { auth } = callersOf(services).asAnyone({ client: { ip: `192.0.2.${call}`, userAgent: null } });
        answers.add(JSON.stringify(await auth.register({ email, name: 'Ann', password })));
      }
      expect([...answers]).toEqual(['{"status":"verification_sent"}']);
      expect((await deliverMail(services)).map(({ to }) => to)).toEqual([email, email, email]);
    },
  );

  it('is asked three times to confirm that it is of accounts that claim it, and none is told', async () => {
    const email = 'claimed@example.com';
    for (let account = 0; account < 8; account += 1) {
      const { principal, ...someone } = await somebody(`claims-${account}`);
      const me = await callersOf(services).as(principal).me.update({ email, currentPassword: password });
      expect(me.email).toBe(someone.email);
    }
    expect((await deliverMail(services)).map(({ to }) => to)).toEqual([email, email, email]);
  });
});
