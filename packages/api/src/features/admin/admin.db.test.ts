import { findLiveApiKey, issueEmailToken } from '@promptory/auth';
import { newId, type RowChange } from '@promptory/db';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  givenApi,
  givenApiKey,
  givenPerson,
  givenSession,
  keyPrincipal,
  PASSWORD,
  type Person,
  type TestServices,
  testServices,
} from '../../../test/index.ts';
import { createAdmin } from './create-admin.ts';

const { db, cast } = await givenApi({ max: 8 });
let services: TestServices;
beforeEach(() => {
  services = testServices(db);
});

const admin = (person: Person = cast.root) => callersOf(services).as(person.principal).admin;
const setUser = (id: string, columns: RowChange<'users'>) =>
  db.updateTable('users').set(columns).where('id', '=', id).execute();
const activeAdmins = () =>
  db.selectFrom('users').select('id').where('role', '=', 'admin').where('status', '=', 'active').execute();

describe('the admin procedures', () => {
  it('are open to admins in a session and to nobody else', async () => {
    const strangers = [
      callersOf(services).as(cast.alice.principal),
      callersOf(services).as(keyPrincipal(cast.root, ['account:read', 'prompts:write'])),
      callersOf(services).asAnyone(),
    ];
    const codes = [];
    for (const { admin: procedures } of strangers) {
      codes.push(await codeOf(procedures.users.list({})));
      codes.push(await codeOf(procedures.users.update({ id: cast.bob.id, role: 'admin' })));
      codes.push(await codeOf(procedures.audit.list({})));
      codes.push(await codeOf(procedures.authAttempts.list({})));
    }
    expect(codes).toEqual([
      ...Array.from({ length: 4 }, () => 'auth.forbidden'),
      ...Array.from({ length: 4 }, () => 'auth.session_required'),
      ...Array.from({ length: 4 }, () => 'auth.required'),
    ]);
  });
});

describe('the list of accounts', () => {
  it('finds a part of the address, name or handle, taken literally', async () => {
    const names = async (q: string) => (await admin().users.list({ q })).items.map(({ handle }) => handle);
    expect(await names('LICE@ex')).toEqual(['alice']);
    expect(await names('Mallo')).toEqual(['mallory']);
    for (const literal of ['%', '_', '\\', 'a%e', "'", '']) {
      expect(await names(literal)).toHaveLength(literal === '' ? 5 : 0);
    }
  });

  it('is filtered, and paged without a gap or a repeat', async () => {
    expect((await admin().users.list({ role: 'admin' })).items.map(({ handle }) => handle)).toEqual(['root']);
    expect((await admin().users.list({ status: 'suspended' })).items).toEqual([]);
    const first = await admin().users.list({ limit: 3 });
    const second = await admin().users.list({ limit: 3, cursor: first.nextCursor ?? '' });
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(5);
    const otherFilter = admin().users.list({ limit: 3, cursor: first.nextCursor ?? '', role: 'user' });
    expect(await codeOf(otherFilter)).toBe('request.cursor_invalid');
  });
});

describe('changing an account', () => {
  it('suspends, which ends its sessions, and takes that back', async () => {
    const mortal = await givenPerson(services, { handle: 'mortal' });
    const anyone = callersOf(services).asAnyone().auth;
    const { refreshToken } = await anyone.login({ email: mortal.email, password: PASSWORD });
    const suspended = await admin().users.update({ id: mortal.id, status: 'suspended' });
    expect(suspended).toMatchObject({ id: mortal.id, status: 'suspended', role: 'user' });
    expect(await codeOf(anyone.refresh({ refreshToken: refreshToken ?? '' }))).toBe('auth.session_ended');
    const sessions = await db.selectFrom('sessions').select('id').where('user_id', '=', mortal.id).execute();
    expect(sessions).toEqual([]);
    await admin().users.update({ id: mortal.id, status: 'active' });
    expect(await codeOf(anyone.login({ email: mortal.email, password: PASSWORD }))).toBe('ok');
    await admin().users.update({ id: mortal.id, status: 'active' });
    const { items } = await admin().audit.list({ targetId: mortal.id });
    expect(items.map(({ action, actorId, details }) => [action, actorId, details])).toEqual([
      ['user.access_changed', cast.root.id, { status: { from: 'suspended', to: 'active' } }],
      ['user.access_changed', cast.root.id, { status: { from: 'active', to: 'suspended' } }],
    ]);
  });

  it('sets quotas one by one, another time anew, and takes back what is null', async () => {
    const { id } = await givenPerson(services);
    const set = async (quotas: Record<string, number | null>) => (await admin().users.update({ id, quotas })).quotas;
    expect(await set({ prompts: 5 })).toEqual({ prompts: 5 });
    expect(await set({ prompts: 7, groups: 2 })).toEqual({ prompts: 7, groups: 2 });
    expect(await set({ prompts: null })).toEqual({ groups: 2 });
    const details = db.selectFrom('audit_log').select('details').where('target_id', '=', id).orderBy('id');
    expect((await details.execute()).map((entry) => entry.details)).toEqual([
      { quotas: { prompts: { from: null, to: 5 } } },
      { quotas: { prompts: { from: 5, to: 7 }, groups: { from: null, to: 2 } } },
      { quotas: { prompts: { from: 7, to: null } } },
    ]);
  });

  it('answers not found for an unknown id', async () => {
    expect(await codeOf(admin().users.update({ id: newId(), role: 'admin' }))).toBe('user.not_found');
  });

  it('never leaves the server without an active admin', async () => {
    expect(await codeOf(admin().users.update({ id: cast.root.id, role: 'user' }))).toBe('user.last_admin');
    expect(await codeOf(admin().users.update({ id: cast.root.id, status: 'suspended' }))).toBe('user.last_admin');
    const sleeping = await givenPerson(services, { handle: 'sleeping', role: 'admin' });
    await setUser(sleeping.id, { status: 'suspended' });
    expect(await codeOf(admin().users.update({ id: cast.root.id, role: 'user' }))).toBe('user.last_admin');
    expect(await codeOf(admin().users.update({ id: sleeping.id, role: 'user' }))).toBe('ok');
  });

  it('leaves one of two admins who demote or suspend each other at once, in ten rounds', async () => {
    const rival = await givenPerson(services, { handle: 'rival', role: 'admin' });
    for (let round = 0; round < 10; round += 1) {
      await setUser(rival.id, { role: 'admin', status: 'active' });
      await setUser(cast.root.id, { role: 'admin', status: 'active' });
      const change = round % 2 === 0 ? ({ role: 'user' } as const) : ({ status: 'suspended' } as const);
      // New sessions in each round: a suspension ends them.
      const [one, other] = [await givenSession(services, cast.root), await givenSession(services, rival)];
      const codes = await Promise.all([
        codeOf(admin(one).users.update({ id: rival.id, ...change })),
        codeOf(admin(other).users.update({ id: cast.root.id, ...change })),
      ]);
      const refused = round % 2 === 0 ? 'auth.forbidden' : 'auth.session_ended';
      expect(codes.toSorted()).toEqual([refused, 'ok']);
      expect(await activeAdmins()).toHaveLength(1);
    }
    await setUser(rival.id, { role: 'user', status: 'active' });
    await setUser(cast.root.id, { role: 'admin', status: 'active' });
  });
});

describe('the audit log and the attempts', () => {
  it('are filtered and paged, the latest first', async () => {
    const anyone = callersOf(services).asAnyone().auth;
    for (let count = 0; count < 3; count += 1) {
      services.clock.advance(1_000);
      await codeOf(anyone.login({ email: 'nobody@example.com', password: 'wrong' }));
    }
    const first = await admin().authAttempts.list({ email: ' NOBODY@example.com', limit: 2 });
    const second = await admin().authAttempts.list({
      email: ' NOBODY@example.com',
      limit: 2,
      cursor: first.nextCursor ?? '',
    });
    const times = [...first.items, ...second.items].map(({ occurredAt }) => occurredAt);
    expect(times).toHaveLength(3);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(first.items[0]).toMatchObject({
      kind: 'login',
      succeeded: false,
      reason: 'unknown_address',
      userId: null,
      ip: '127.0.0.1',
      userAgent: 'test',
    });
    expect((await admin().authAttempts.list({ email: 'nobody@example.com', succeeded: true })).items).toEqual([]);
    expect(await codeOf(admin().authAttempts.list({ email: 'no address' }))).toBe('request.invalid');

    await callersOf(services).as(cast.carol.principal).me.update({ name: 'Carola' });
    const byCarol = await admin().audit.list({ actorId: cast.carol.id });
    expect(byCarol.items).toMatchObject([{ action: 'user.updated', targetType: 'user', targetId: cast.carol.id }]);
    expect((await admin().audit.list({ actorId: cast.carol.id, action: 'user.registered' })).items).toEqual([]);
  });
});

describe('createAdmin', () => {
  const password = 'correct horse battery';
  const signsIn = (email: string, typed: string) =>
    codeOf(callersOf(services).asAnyone().auth.login({ email, password: typed }));

  it('makes a verified admin who can sign in', async () => {
    const made = await createAdmin(services, { email: 'Chief@example.com', name: 'Chief', password });
    expect(made.outcome).toBe('created');
    const { items } = await admin().users.list({ q: 'chief@' });
    expect(items).toMatchObject([{ id: made.userId, role: 'admin', status: 'active', emailVerified: true }]);
    expect(await signsIn('chief@example.com', password)).toBe('ok');
  });

  it('promotes the account that the address has, with the new password and no old session', async () => {
    const user = await givenPerson(services, { handle: 'promoted', verified: false });
    await setUser(user.id, { status: 'suspended' });
    expect(await createAdmin(services, { email: user.email, name: 'Whoever', password })).toEqual({
      userId: user.id,
      outcome: 'promoted',
    });
    const { items } = await admin().users.list({ q: user.email });
    expect(items).toMatchObject([{ name: user.name, role: 'admin', status: 'active', emailVerified: true }]);
    expect(await signsIn(user.email, PASSWORD)).toBe('auth.invalid_credentials');
    expect(await signsIn(user.email, password)).toBe('ok');
  });

  it('voids the links and keys of whoever had the account before, and had not proved its address', async () => {
    const user = await givenPerson(services, { handle: 'planted', verified: false });
    const now = services.clock.now();
    const issue = (purpose: 'verify_email' | 'reset_password', email: string) =>
      db.transaction().execute((trx) => issueEmailToken(trx, { userId: user.id, purpose, email, now }));
    const { token } = await issue('verify_email', 'planter@example.com');
    const reset = await issue('reset_password', user.email);
    const { key } = await givenApiKey(db, user);
    await createAdmin(services, { email: user.email, name: 'Whoever', password });
    const { auth } = callersOf(services).asAnyone();
    expect(await findLiveApiKey(db, { key, now })).toBeNull();
    expect(await codeOf(auth.verifyEmail({ token, password }))).toBe('auth.link_invalid');
    expect(await codeOf(auth.resetPassword({ token: reset.token, password }))).toBe('auth.link_invalid');
  });

  it('refuses a weak password and what is no address', async () => {
    expect(await codeOf(createAdmin(services, { email: 'x@example.com', name: 'X', password: 'short' }))).toBe(
      'auth.password_too_weak',
    );
    expect(await codeOf(createAdmin(services, { email: 'x', name: 'X', password }))).toBe('request.invalid');
  });
});
