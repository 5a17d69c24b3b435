import { givenDatabase } from '@promptory/db/testing';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  deliverMail,
  errorOf,
  givenPerson,
  PASSWORD,
  queuedMail,
  type TestServices,
  testServices,
  tokenIn,
} from '../../../../test/index.ts';
import type { Context, Limiter } from '../../../context.ts';
import { insertAccount } from '../../../domain/accounts/insert-account.ts';

const { db } = await givenDatabase({ max: 12 });
let open: TestServices;
let closed: TestServices;
let person = 0;

const password = PASSWORD;
const account = (parts: object = {}) => {
  person += 1;
  return { email: `person${person}@example.com`, name: `Person ${person}`, password, ...parts };
};
const anyone = (services: typeof open, parts: Partial<Context> = {}) => callersOf(services).asAnyone(parts);
const usersOf = (email: string) =>
  db.selectFrom('users').select(['id', 'handle', 'email', 'role']).where('email', '=', email).execute();

beforeEach(async () => {
  open = testServices(db);
  closed = testServices(db, { requireEmailVerification: true });
  await deliverMail(open);
});

describe('registering where addresses need no verification', () => {
  it('signs the new user in, with a live session and a link to verify the address', async () => {
    const input = account({ email: ' Ann.Lee@EXAMPLE.com ', name: 'Ann Lée' });
    const signedIn = await anyone(open).auth.register(input);
    expect(signedIn).toMatchObject({
      user: { email: 'ann.lee@example.com', name: 'Ann Lée', handle: 'ann-lee', role: 'user', emailVerified: false },
      refreshToken: expect.stringMatching(/^ptr_/),
    });
    if (!('user' in signedIn)) throw new Error('not signed in');
    const claims = await open.accessTokens.verify(signedIn.accessToken, open.clock.now());
    expect(claims?.userId).toBe(signedIn.user.id);
    const [session] = await db
      .selectFrom('sessions')
      .select(['id', 'carrier'])
      .where('user_id', '=', signedIn.user.id)
      .execute();
    expect(session).toEqual({ id: claims?.sessionId, carrier: 'token' });
    expect(await queuedMail(db)).toEqual([
      { kind: 'verify_email', userId: signedIn.user.id, email: 'ann.lee@example.com' },
    ]);
    const audit = await db
      .selectFrom('audit_log')
      .select(['action', 'target_id'])
      .where('actor_id', '=', signedIn.user.id)
      .orderBy('id')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(['user.registered', 'session.started']);
  });

  it('gives a cookie session its refresh token in the cookie and not in the answer', async () => {
    const set: [string, Date][] = [];
    const cookie = {
      refreshToken: null,
      obstacle: () => null,
      set: (token: string, at: Date) => void set.push([token, at]),
      clear: () => undefined,
    };
    const signedIn = await anyone(open, { cookie }).auth.register(account({ session: 'cookie' }));
    expect(signedIn).toMatchObject({ refreshToken: null });
    expect(set).toEqual([[expect.stringMatching(/^ptr_/), expect.any(Date)]]);
  });

  it('makes one account of 50 registrations of one address at once, and tells the others that it is taken', async () => {
    const spellings = ['race@example.com', 'RACE@example.com', ' race@EXAMPLE.com', 'ｒａｃｅ@example.com'];
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        codeOf(anyone(open).auth.register(account({ email: spellings[index % 4], name: 'Race' }))),
      ),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'auth.email_taken')).toHaveLength(49);
    expect(await usersOf('race@example.com')).toHaveLength(1);
    expect(await queuedMail(db)).toHaveLength(1);
  });

  it('lets one wait for whoever has just registered the address, and the others hold no connection', async () => {
    const email = 'held@example.com';
    const { calls, most } = await db.transaction().execute(async (trx) => {
      const holder = {
        email,
        name: 'Held',
        handle: undefined,
        passwordHash: 'x',
        role: 'user',
        verified: false,
      } as const;
      await insertAccount(trx, holder, new Date());
      const calls = Array.from({ length: 20 }, () => codeOf(anyone(open).auth.register(account({ email }))));
      let most = 0;
      for (let seen = 0, polls = 0; seen < 5 && polls < 2_000; polls += 1) {
        const { rows } = await sql<{ waiting: number }>`
          SELECT count(*)::integer AS waiting FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'
        `.execute(trx);
        const waiting = rows[0]?.waiting ?? 0;
        if (waiting > 0) seen += 1;
        most = Math.max(most, waiting);
      }
      return { calls, most };
    });
    expect(most).toBe(1);
    expect(await Promise.all(calls)).not.toContain('ok');
    expect(await usersOf(email)).toHaveLength(1);
  });

  it('gives 30 people of one name, at once, a handle each', async () => {
    await Promise.all(Array.from({ length: 30 }, () => anyone(open).auth.register(account({ name: 'Zoë Ångström' }))));
    const users = await db.selectFrom('users').select('handle').where('name', '=', 'Zoë Ångström').execute();
    const handles = users.map(({ handle }) => handle);
    expect(new Set(handles).size).toBe(30);
    expect(handles).toContain('zoe-angstrom');
    expect(handles).toContain('zoe-angstrom-2');
    expect(handles.filter((handle) => !/^zoe-angstrom(-\d+)?$/.test(handle))).toEqual([]);
  });

  it('makes the handle of a name without Latin letters from the address', async () => {
    await anyone(open).auth.register(account({ name: '小明', email: 'xiao.ming+x@example.com' }));
    expect((await usersOf('xiao.ming+x@example.com'))[0]?.handle).toBe('xiao-ming-x');
  });

  it('takes the handle that is asked for, and refuses one that is taken or means something else', async () => {
    await anyone(open).auth.register(account({ handle: 'mine' }));
    for (const [handle, code, services] of [
      ['mine', 'taken', open],
      ['me', 'reserved', open],
      ['support', 'reserved', closed],
    ] as const) {
      expect(await errorOf(anyone(services).auth.register(account({ handle })))).toMatchObject({
        ...{ code: 'user.handle_taken', errors: [{ path: 'handle', code }] },
        message: expect.stringContaining(code === 'taken' ? 'somebody else' : 'is reserved'),
      });
    }
  });

  it('says at once all that is wrong', async () => {
    const faultsOf = async (change: Parameters<typeof account>[0]) => {
      const { code, errors } = await errorOf(anyone(open).auth.register(account(change)));
      return [code, ...errors.map(({ path, code }) => `${path} ${code}`)];
    };
    const weak = { password: '1234567890', handle: 'admin' };
    expect(await faultsOf({ email: 'a@b', ...weak })).toEqual([
      'request.invalid',
      'email invalid_format',
      'password common_password',
      'handle reserved',
    ]);
    expect(await faultsOf({ email: 'a', name: ' ', password: 'short' })).toEqual([
      'request.invalid',
      'email invalid_format',
      'name too_small',
      'password too_small',
    ]);
    expect(await faultsOf({ password: 'short' })).toEqual(['auth.password_too_weak', 'password too_small']);
    expect(await faultsOf({ email: '' })).toEqual(['request.invalid', 'email invalid_format']);
  });

  it('refuses what is no address and a password that is too weak, by path', async () => {
    const noAddress = await errorOf(anyone(open).auth.register(account({ email: 'a@b@example.com' })));
    expect(noAddress).toMatchObject({ code: 'request.invalid', errors: [{ path: 'email' }] });
    for (const weak of ['short', 'password123', 'x'.repeat(129)]) {
      const refused = await errorOf(anyone(open).auth.register(account({ password: weak })));
      expect(refused).toMatchObject({ code: 'auth.password_too_weak', errors: [{ path: 'password' }] });
    }
  });

  it('writes down each attempt and how it ended', async () => {
    const input = account();
    await anyone(open).auth.register(input);
    await codeOf(anyone(open).auth.register(input));
    const attempts = await db
      .selectFrom('auth_attempts')
      .select(['kind', 'succeeded', 'reason'])
      .where('email', '=', input.email)
      .orderBy('id')
      .execute();
    expect(attempts).toEqual([
      { kind: 'register', succeeded: true, reason: null },
      { kind: 'register', succeeded: false, reason: 'auth.email_taken' },
    ]);
  });

  it('keeps the password as a hash only, and hashes none beyond the limit of a caller', async () => {
    let hashes = 0;
    const limited = {
      ...open,
      passwords: {
        ...open.passwords,
        hash: async (text: string) => {
          hashes += 1;
          return `hashed:${text.length}`;
        },
      },
      limiter: {
        consume: async (name: string, key: string) => ({
          allowed: name !== 'register' || key !== '127.0.0.1',
          retryAfterSeconds: 60,
        }),
      },
    };
    const refused = await errorOf(callersOf(limited).asAnyone().auth.register(account()));
    expect(refused).toMatchObject({ code: 'limit.exceeded', retryAfterSeconds: 60 });
    expect(hashes).toBe(0);
    const input = account();
    await callersOf({ ...limited, limiter: open.limiter })
      .asAnyone()
      .auth.register(input);
    const stored = await db
      .selectFrom('user_passwords')
      .innerJoin('users', 'users.id', 'user_passwords.user_id')
      .select('hash')
      .where('email', '=', input.email)
      .execute();
    expect(stored).toEqual([{ hash: `hashed:${password.length}` }]);
  });
});

describe('registering where addresses must be verified', () => {
  it('answers a known and an unknown address alike, with the same work, and only mail tells', async () => {
    let hashes = 0;
    const counted = { ...closed, passwords: { ...closed.passwords, hash: async () => `hash ${++hashes}` } };
    const known = await givenPerson(open, { handle: 'known' });
    const unknown = account();
    const answers = [
      await callersOf(counted).asAnyone().auth.register(unknown),
      await callersOf(counted)
        .asAnyone()
        .auth.register({ ...unknown, email: known.email }),
    ];
    expect(answers).toEqual([{ status: 'verification_sent' }, { status: 'verification_sent' }]);
    expect(hashes).toBe(2);
    const [made] = await usersOf(unknown.email);
    expect(await queuedMail(db)).toEqual([
      { kind: 'verify_email', userId: made?.id, email: unknown.email },
      { kind: 'already_registered', userId: known.id },
    ]);
    const mails = await deliverMail(closed);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [unknown.email, 'Confirm your e-mail address'],
      [known.email, 'You have an account already'],
    ]);
    expect(
      await db
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', made?.id ?? '')
        .execute(),
    ).toEqual([]);
  });

  it('makes one account of 50 registrations of one address at once, and answers all alike', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => anyone(closed).auth.register(account({ email: 'crowd@example.com' }))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"status":"verification_sent"}']),
    );
    expect(await usersOf('crowd@example.com')).toHaveLength(1);
    const kinds = (await queuedMail(db)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'verify_email')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'already_registered')).toHaveLength(49);
  });

  it('mails to who is not invited that no account was made, no oftener than an address is mailed, and makes none', async () => {
    const byInvitation = testServices(db, { requireEmailVerification: true, registration: { mode: 'invitation' } });
    let mails = 0;
    const limiter: Limiter = {
      consume: async (name) => {
        if (name === 'mail') mails += 1;
        return { allowed: name !== 'mail' || mails <= 2, retryAfterSeconds: 60, isFirstRefusal: mails === 3 };
      },
    };
    const { email } = account();
    for (let time = 0; time < 4; time += 1) {
      const answer = await anyone({ ...byInvitation, limiter }).auth.register(account({ email }));
      expect(answer).toEqual({ status: 'verification_sent' });
    }
    expect(await queuedMail(db)).toEqual([
      { kind: 'not_invited', email },
      { kind: 'not_invited', email },
    ]);
    expect(await usersOf(email)).toEqual([]);
  });

  it('does not tell by a handle whether an address was known', async () => {
    const known = await givenPerson(open, { handle: 'someone' });
    await anyone(closed).auth.register(account({ email: known.email, handle: 'probe-known' }));
    await anyone(closed).auth.register(account({ handle: 'probe-unknown' }));
    const again = await Promise.all(
      ['probe-known', 'probe-unknown'].map((handle) => anyone(closed).auth.register(account({ handle }))),
    );
    expect(again).toEqual([{ status: 'verification_sent' }, { status: 'verification_sent' }]);
    expect(await codeOf(anyone(closed).auth.register(account({ handle: 'someone' })))).toBe('user.handle_taken');
    expect(await codeOf(anyone(closed).auth.register(account({ handle: 'someone', email: known.email })))).toBe(
      'user.handle_taken',
    );
  });

  it('lets no password chosen before the address was proved outlive a second registration', async () => {
    const email = 'squatted@example.com';
    const squatters = 'a password of somebody else';
    await anyone(closed).auth.register(account({ email, password: squatters }));
    const [first] = await deliverMail(closed);
    await anyone(closed).auth.register(account({ email }));
    const [second] = await deliverMail(closed);
    const late = anyone(closed).auth.verifyEmail({ token: tokenIn(first), password: squatters });
    expect(await codeOf(late)).toBe('auth.link_invalid');
    await anyone(closed).auth.resendVerification({ email });
    const token = tokenIn((await deliverMail(closed))[0]);
    for (const typed of [squatters, password]) {
      expect(await codeOf(anyone(closed).auth.verifyEmail({ token, password: typed }))).toBe(
        'auth.invalid_credentials',
      );
      expect(await codeOf(anyone(closed).auth.login({ email, password: typed }))).toBe('auth.invalid_credentials');
    }
    const chosen = 'what the owner chose';
    await anyone(closed).auth.resetPassword({ token: tokenIn(second), password: chosen });
    expect(await codeOf(anyone(closed).auth.verifyEmail({ token, password: chosen }))).toBe('auth.link_invalid');
    expect(await codeOf(anyone(closed).auth.login({ email, password: chosen }))).toBe('ok');
  });
});
