import { endSessions } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  authenticatorOf,
  callersOf,
  codeOf,
  deliverMail,
  givenApi,
  givenPerson,
  isAwaitingLock,
  PASSWORD,
  type Person,
  queuedMail,
  tokenIn,
} from '../index.ts';

const { db, services, as } = await givenApi({ max: 10 });
const { clock } = services;
const password = PASSWORD;

/** The code of a call of a person to whom something happens after the call was let in and before it acts. */
async function whileItWaits(
  { id }: Person,
  call: () => Promise<unknown>,
  happens: (trx: Transaction<Database>) => unknown,
): Promise<string> {
  const [pending] = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('users').select('id').where('id', '=', id).forNoKeyUpdate().execute();
    const code = codeOf(call());
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    await happens(trx);
    return [code];
  });
  return pending;
}

/** As a new password ends it. */
const whenEndedMeanwhile = (person: Person, call: () => Promise<unknown>): Promise<string> =>
  whileItWaits(person, call, (trx) => endSessions(trx, { userId: person.id }));

describe('what was begun in a session that ends before it is done', () => {
  it('puts no second factor in force', async () => {
    const person = await givenPerson(services);
    const { setupKey } = await as(person).auth.totp.start({ currentPassword: password });
    const code = await authenticatorOf(setupKey).codeAt(clock.now());
    expect(await whenEndedMeanwhile(person, () => as(person).auth.totp.confirm({ code }))).toBe('auth.session_ended');
    const confirmed = db.selectFrom('user_totp').select('user_id').where('confirmed_at', 'is not', null);
    expect(await confirmed.where('user_id', '=', person.id).execute()).toEqual([]);
  });

  it('makes no API key', async () => {
    const person = await givenPerson(services);
    const create = () => as(person).apiKeys.create({ name: 'kept', scopes: ['prompts:read'] });
    expect(await whenEndedMeanwhile(person, create)).toBe('auth.session_ended');
    expect(await db.selectFrom('api_keys').select('id').where('user_id', '=', person.id).execute()).toEqual([]);
  });

  it('has no link mailed to a new address', async () => {
    const person = await givenPerson(services);
    const email = 'thief@example.com';
    const change = () => as(person).me.update({ email, currentPassword: password });
    expect(await whenEndedMeanwhile(person, change)).toBe('auth.session_ended');
    expect(await queuedMail(db)).not.toContainEqual(expect.objectContaining({ email }));
  });
});

describe('a change of address that was asked for before the account had a second factor', () => {
  const email = 'elsewhere@example.com';

  async function requestChange(person: Person): Promise<void> {
    await as(person).me.update({ email, currentPassword: password });
    clock.advance(1_000);
  }

  async function turnOn(person: Person): Promise<void> {
    const { setupKey } = await as(person).auth.totp.start({ currentPassword: password });
    await as(person).auth.totp.confirm({ code: await authenticatorOf(setupKey).codeAt(clock.now()) });
  }

  it('is not made by the link that was mailed for it', async () => {
    const person = await givenPerson(services);
    await requestChange(person);
    const [mail] = await deliverMail(services);
    await turnOn(person);
    const { verifyEmail } = callersOf(services).asAnyone({}).auth;
    expect(await codeOf(verifyEmail({ token: tokenIn(mail), password }))).toBe('auth.link_invalid');
    expect((await as(person).me.get({})).email).toBe(person.email);
  });

  it('has no link mailed where it still waits for it', async () => {
    const person = await givenPerson(services);
    await deliverMail(services);
    await requestChange(person);
    await turnOn(person);
    expect((await deliverMail(services)).map(({ to }) => to)).toEqual([person.email]);
  });
});

describe('what was let in by a second factor that was proved ten minutes ago once its turn comes', () => {
  const input = { currentPassword: password };
  const dangerous: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
    'makes no API key': (person) => as(person).apiKeys.create({ name: 'kept', scopes: ['prompts:read'] }),
    'changes no password': (person) => as(person).auth.changePassword({ ...input, newPassword: 'another password' }),
    'changes no address': (person) => as(person).me.update({ ...input, email: 'thief@example.com' }),
    'empties no trash': async (person) => {
      const { id } = await as(person).prompts.create({ title: 'Kept', content: 'x' });
      await as(person).prompts.delete({ id });
      return as(person).prompts.purgeTrash();
    },
    'deletes no account': (person) => as(person).me.delete(input),
    'gives nobody a role': async (person) => {
      const { id } = await givenPerson(services);
      return as(person).admin.users.update({ id, role: 'admin' });
    },
  };

  it.each(Object.entries(dangerous))('%s', async (_, call) => {
    const person = await givenPerson(services, { role: 'admin' });
    const { setupKey } = await as(person).auth.totp.start({ currentPassword: password });
    await as(person).auth.totp.confirm({ code: await authenticatorOf(setupKey).codeAt(clock.now()) });
    const late = () => clock.advance(10 * 60_000);
    expect(await whileItWaits(person, () => call(person), late)).toBe('auth.second_factor_required');
  });
});
