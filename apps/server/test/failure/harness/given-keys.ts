import { givenApiKey, givenPerson, testServices } from '@promptory/api/testing';
import { createCredentialMarks } from '@promptory/auth';
import { connectForTest } from '@promptory/db/testing';
import type { Scope } from '@promptory/schemas';
import { JWT_SECRET, type KillableSite } from './killable-site.ts';

/** API keys of so many people, each of one of their own, made past the server: no password is hashed for it. */
export async function givenKeys(site: KillableSite, count: number, scopes: Scope[]): Promise<string[]> {
  const { db, close } = connectForTest(site.ownerConnectionString, 1);
  try {
    const services = testServices(db);
    const marks = createCredentialMarks([JWT_SECRET]);
    const keys: string[] = [];
    while (keys.length < count) {
      const person = await givenPerson(services);
      keys.push((await givenApiKey(db, person, { marks, scopes, calls_per_minute: 10_000 })).key);
    }
    return keys;
  } finally {
    await close();
  }
}
