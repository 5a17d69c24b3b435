import { startSession } from '@promptory/auth';
import { newId } from '@promptory/db';
import type { Scope, UserRole } from '@promptory/schemas';
import type { Db, Principal } from '../context.ts';

/** Somebody of the cast: alice owns, bob edits, carol views, mallory is a stranger, root administers. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly handle: string;
  readonly name: string;
  readonly principal: Extract<Principal, { kind: 'user' }>;
}

/** A user with a verified address, and the principal of a session that was started now. */
export async function givenUser(
  db: Db,
  handle: string,
  options: { role?: UserRole; verified?: boolean } = {},
): Promise<Person> {
  const { role = 'user', verified = true } = options;
  const person = {
    id: newId(),
    email: `${handle}@example.com`,
    handle,
    name: handle[0]?.toUpperCase() + handle.slice(1),
  };
  await db
    .insertInto('users')
    .values({
      id: person.id,
      email: person.email,
      handle,
      name: person.name,
      role,
      email_verified_at: verified ? new Date() : null,
    })
    .execute();
  const userId = person.id;
  const from = { ip: null, userAgent: null };
  const { sessionId } = await startSession(db, { userId, role, carrier: 'token', now: new Date(), ...from });
  return { ...person, principal: { kind: 'user', userId, role, sessionId } };
}

export interface Cast {
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly mallory: Person;
  readonly root: Person;
}

/** The five people, as users only: groups and prompts are each test's own. */
export async function givenCast(db: Db): Promise<Cast> {
  const [alice, bob, carol, mallory, root] = await Promise.all([
    givenUser(db, 'alice'),
    givenUser(db, 'bob'),
    givenUser(db, 'carol'),
    givenUser(db, 'mallory'),
    givenUser(db, 'root', { role: 'admin' }),
  ]);
  return { alice, bob, carol, mallory, root };
}

/** A principal as an API key of `owner` makes it. */
export const keyOf = (owner: Person, scopes: readonly Scope[], groupId: string | null = null): Principal => ({
  kind: 'apiKey',
  userId: owner.id,
  keyId: newId(),
  keyName: 'test',
  scopes,
  groupId,
  callsPerMinute: null,
});
