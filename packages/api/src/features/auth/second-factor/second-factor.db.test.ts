import { describe, expect, it } from 'vitest';
import {
  authenticatorOf,
  callersOf,
  codeOf,
  deliverMail,
  errorOf,
  givenApi,
  givenPerson,
  PASSWORD,
  type Person,
  tokenIn,
} from '../../../../test/index.ts';
import type { Context, Limiter, Services } from '../../../context.ts';

const { db, services } = await givenApi({ max: 12 });
const { clock } = services;
const password = PASSWORD;
const MINUTE = 60_000;

const auth = (parts: Partial<Context> = {}, of: Services = services) => callersOf(of).asAnyone(parts).auth;

async function logIn(person: Person, factor: { code?: string } | { recoveryCode?: string } = {}) {
  const { accessToken, refreshToken } = await auth().login({ email: person.email, password, ...factor });
  const claims = await services.accessTokens.verify(accessToken, clock.now());
  if (claims === null || refreshToken === null) throw new Error('not signed in');
  const principal = { ...person.principal, sessionId: claims.sessionId };
  return { refreshToken, principal, api: callersOf(services).as(principal) };
}

/** Somebody with a second factor, in the session in which it was set up a minute ago. */
async function withFactor() {
  const person = await givenPerson(services);
  const session = await logIn(person);
  const setup = await session.api.auth.totp.start({ currentPassword: password });
  const authenticator = authenticatorOf(setup.setupKey);
  const { recoveryCodes } = await session.api.auth.totp.confirm({ code: await authenticator.codeAt(clock.now()) });
  clock.advance(MINUTE);
  await deliverMail(services);
  return { person, recoveryCodes, ...session, code: () => authenticator.codeAt(clock.now()) };
}

const sessionsOf = ({ id }: Person) =>
  db.selectFrom('sessions').select(['id', 'second_factor_at as at']).where('user_id', '=', id).execute();
const lastAttempt = (kind: 'login' | 'second_factor') =>
  db
    .selectFrom('auth_attempts')
    .select(['succeeded', 'reason'])
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirst();
const auditOf = async ({ id }: Person) =>
  (await db.selectFrom('audit_log').select('action').where('actor_id', '=', id).orderBy('id').execute()).map(
    ({ action }) => action,
  );

/** A limiter of ten log-ins, and three mails, for each key. */
function tenEach(): Limiter {
  const counts = new Map<string, number>();
  return {
    consume: async (name, key) => {
      const calls = (counts.get(`${name}:${key}`) ?? 0) + 1;
      counts.set(`${name}:${key}`, calls);
      const most = name === 'login' ? 10 : name === 'mail' ? 3 : Infinity;
      return { allowed: calls <= most, retryAfterSeconds: 60 };
    },
  };
}

describe('setting up a second factor', () => {
  it('takes the password and a first code, gives ten recovery codes, and tells the owner', async () => {
    const person = await givenPerson(services);
    const { api, principal } = await logIn(person);
    await logIn(person);
    expect(await codeOf(api.auth.totp.start({ currentPassword: 'not the right one' }))).toBe(
      'auth.invalid_credentials',
    );
    const setup = await api.auth.totp.start({ currentPassword: password });
    expect(setup.uri).toContain(`secret=${setup.setupKey}&`);
    expect(await codeOf(api.auth.totp.confirm({ code: '000000' }))).toBe('auth.second_factor_invalid');
    expect(await lastAttempt('second_factor')).toEqual({ succeeded: false, reason: 'wrong_code' });
    expect(await api.auth.totp.get({})).toEqual({
      enabled: false,
      since: null,
      recoveryCodesLeft: 0,
      verifiedUntil: null,
    });
    const code = await authenticatorOf(setup.setupKey).codeAt(clock.now());
    const { recoveryCodes } = await api.auth.totp.confirm({ code });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await api.auth.totp.get({})).toEqual({
      enabled: true,
      since: clock.now().toISOString(),
      recoveryCodesLeft: 10,
      verifiedUntil: new Date(clock.now().getTime() + 10 * MINUTE).toISOString(),
    });
    // A password alone had opened the other one.
    expect(await sessionsOf(person)).toEqual([{ id: principal.sessionId, at: clock.now().toISOString() }]);
    expect((await deliverMail(services)).map(({ to, subject }) => [to, subject])).toEqual([
      [person.email, 'The second factor of your account is on'],
    ]);
    expect((await auditOf(person)).slice(-2)).toEqual(['user.second_factor_started', 'user.second_factor_on']);
  });

  it('is refused while the address is not verified, and where there is one', async () => {
    const { api } = await logIn(await givenPerson(services, { verified: false }));
    expect(await codeOf(api.auth.totp.start({ currentPassword: password }))).toBe('auth.email_not_verified');
    const has = await withFactor();
    expect(await codeOf(has.api.auth.totp.start({ currentPassword: password }))).toBe('auth.second_factor_on');
    expect(await codeOf(has.api.auth.totp.confirm({ code: await has.code() }))).toBe('auth.second_factor_on');
  });

  it('is needed before it can be proved, renewed or turned off', async () => {
    const { api } = await logIn(await givenPerson(services));
    const code = '123456';
    expect(await codeOf(api.auth.totp.confirm({ code }))).toBe('auth.second_factor_off');
    expect(await codeOf(api.auth.totp.verify({ code }))).toBe('auth.second_factor_off');
    expect(await codeOf(api.auth.totp.renewRecoveryCodes({ code }))).toBe('auth.second_factor_off');
    expect(await codeOf(api.auth.totp.disable({ currentPassword: password, code }))).toBe('auth.second_factor_off');
  });
});

describe('a log-in with a second factor', () => {
  it('asks for it after the right password only, and starts no session without it', async () => {
    const { person } = await withFactor();
    const { email } = person;
    const before = await sessionsOf(person);
    expect(await codeOf(auth().login({ email, password: 'not the right one' }))).toBe('auth.invalid_credentials');
    expect(await codeOf(auth().login({ email, password: 'not the right one', code: '123456' }))).toBe(
      'auth.invalid_credentials',
    );
    expect(await errorOf(auth().login({ email, password }))).toMatchObject({
      code: 'auth.second_factor_required',
      status: 401,
    });
    expect(await lastAttempt('login')).toEqual({ succeeded: false, reason: 'second_factor_missing' });
    expect(await codeOf(auth().login({ email, password, code: '000000' }))).toBe('auth.second_factor_invalid');
    expect(await lastAttempt('login')).toEqual({ succeeded: false, reason: 'wrong_code' });
    expect(await codeOf(auth().login({ email, password, recoveryCode: 'aaaa-bbbb-cccc' }))).toBe(
      'auth.second_factor_invalid',
    );
    expect(await lastAttempt('login')).toEqual({ succeeded: false, reason: 'wrong_recovery_code' });
    expect(await sessionsOf(person)).toEqual(before);
  });

  it('takes a code once, and notes in the session that it was proved', async () => {
    const { person, code } = await withFactor();
    const typed = await code();
    const { principal } = await logIn(person, { code: typed });
    expect(await codeOf(auth().login({ email: person.email, password, code: typed }))).toBe(
      'auth.second_factor_invalid',
    );
    expect(await lastAttempt('login')).toEqual({ succeeded: false, reason: 'used_code' });
    expect(await sessionsOf(person)).toContainEqual({ id: principal.sessionId, at: clock.now().toISOString() });
  });

  it('takes a recovery code once, and tells the owner of it', async () => {
    const { person, recoveryCodes } = await withFactor();
    const [recoveryCode = ''] = recoveryCodes;
    const { api } = await logIn(person, { recoveryCode });
    expect(await api.auth.totp.get({})).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await codeOf(auth().login({ email: person.email, password, recoveryCode }))).toBe(
      'auth.second_factor_invalid',
    );
    expect((await deliverMail(services)).map(({ to, subject }) => [to, subject])).toEqual([
      [person.email, 'A recovery code was used'],
    ]);
  });

  it('is let in by one of twenty uses of one code, or of one recovery code, at once', async () => {
    const { person, code, recoveryCodes } = await withFactor();
    const [recoveryCode = ''] = recoveryCodes;
    const typed = await code();
    for (const factor of [{ code: typed }, { recoveryCode }]) {
      const before = (await sessionsOf(person)).length;
      const codes = await Promise.all(
        Array.from({ length: 20 }, () => codeOf(auth().login({ email: person.email, password, ...factor }))),
      );
      expect(codes.filter((one) => one === 'ok')).toHaveLength(1);
      expect(codes.filter((one) => one === 'auth.second_factor_invalid')).toHaveLength(19);
      expect(await sessionsOf(person)).toHaveLength(before + 1);
    }
  });

  it('looks at ten codes of an account in a quarter of an hour, from whatever addresses they come', async () => {
    const { person, code, recoveryCodes } = await withFactor();
    const limited = { ...services, limiter: tenEach() };
    await deliverMail(services);
    const from = (address: number) => auth({ client: { ip: `192.0.2.${address}`, userAgent: null } }, limited);
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, address) =>
        codeOf(from(address).login({ email: person.email, password, code: '000000' })),
      ),
    );
    expect(guesses.filter((one) => one === 'auth.second_factor_invalid')).toHaveLength(10);
    expect(guesses.filter((one) => one === 'limit.exceeded')).toHaveLength(10);
    expect(await codeOf(from(30).login({ email: person.email, password, code: await code() }))).toBe('limit.exceeded');
    const [recoveryCode = ''] = recoveryCodes;
    expect(await codeOf(from(31).login({ email: person.email, password, recoveryCode }))).toBe('limit.exceeded');
    const mails = (await deliverMail(services)).map(({ to, subject }) => [to, subject]);
    expect(mails).toEqual(Array.from({ length: 3 }, () => [person.email, 'Somebody knows your password']));
  });

  it('asks for a factor that was turned on while the password was being checked', async () => {
    const person = await givenPerson(services);
    const { api } = await logIn(person);
    const setup = await api.auth.totp.start({ currentPassword: password });
    const slow: Services = {
      ...services,
      passwords: {
        ...services.passwords,
        verify: async (hash, typed) => {
          const isRight = await services.passwords.verify(hash, typed);
          await api.auth.totp.confirm({ code: await authenticatorOf(setup.setupKey).codeAt(clock.now()) });
          return isRight;
        },
      },
    };
    expect(await codeOf(auth({}, slow).login({ email: person.email, password }))).toBe('auth.second_factor_required');
    expect(await sessionsOf(person)).toHaveLength(1);
  });

  it('pays no heed to a code where the account has no second factor', async () => {
    const person = await givenPerson(services);
    const { principal } = await logIn(person, { code: '123456' });
    expect(await sessionsOf(person)).toContainEqual({ id: principal.sessionId, at: null });
  });

  it('asks for it after a new password was chosen by a mailed link as well', async () => {
    const { person, code } = await withFactor();
    await auth().forgotPassword({ email: person.email });
    const [mail] = await deliverMail(services);
    const newPassword = 'an entirely new one';
    await auth().resetPassword({ token: tokenIn(mail), password: newPassword });
    const { email } = person;
    expect(await codeOf(auth().login({ email, password: newPassword }))).toBe('auth.second_factor_required');
    expect(await codeOf(auth().login({ email, password: newPassword, code: await code() }))).toBe('ok');
  });
});

describe('turning the second factor off', () => {
  it('takes the password and a code, ends the recovery codes, and tells the owner', async () => {
    const { person, api, code, recoveryCodes } = await withFactor();
    const typed = await code();
    const wrong = api.auth.totp.disable({ currentPassword: 'not the right one', code: typed });
    expect(await codeOf(wrong)).toBe('auth.invalid_credentials');
    const guessed = api.auth.totp.disable({ currentPassword: password, code: '000000' });
    expect(await codeOf(guessed)).toBe('auth.second_factor_invalid');
    await api.auth.totp.disable({ currentPassword: password, code: typed });
    expect(await api.auth.totp.get({})).toMatchObject({ enabled: false, recoveryCodesLeft: 0 });
    expect((await deliverMail(services)).map(({ subject }) => subject)).toEqual([
      'The second factor of your account is off',
    ]);
    const [recoveryCode = ''] = recoveryCodes;
    expect(await codeOf(auth().login({ email: person.email, password, recoveryCode }))).toBe('ok');
    expect((await auditOf(person)).at(-2)).toBe('user.second_factor_off');
  });

  it('takes a recovery code in place of a code, and needs one of the two', async () => {
    const { api, recoveryCodes } = await withFactor();
    const [recoveryCode = ''] = recoveryCodes;
    // @ts-expect-error A code of either kind is asked for.
    expect(await codeOf(api.auth.totp.disable({ currentPassword: password }))).toBe('request.invalid');
    const both = { currentPassword: password, code: '123456', recoveryCode };
    // @ts-expect-error And not both.
    expect(await errorOf(api.auth.totp.disable(both))).toMatchObject({
      code: 'request.invalid',
      errors: [{ path: 'code' }],
    });
    expect(await codeOf(api.auth.totp.disable({ currentPassword: password, recoveryCode }))).toBe('ok');
  });
});

describe('new recovery codes', () => {
  it('take a code of the authenticator, and void the former ones', async () => {
    const { person, api, code, recoveryCodes } = await withFactor();
    const renewed = await api.auth.totp.renewRecoveryCodes({ code: await code() });
    expect(renewed.recoveryCodes.filter((one) => recoveryCodes.includes(one))).toEqual([]);
    const [former = ''] = recoveryCodes;
    const [fresh = ''] = renewed.recoveryCodes;
    const { email } = person;
    expect(await codeOf(auth().login({ email, password, recoveryCode: former }))).toBe('auth.second_factor_invalid');
    expect(await codeOf(auth().login({ email, password, recoveryCode: fresh }))).toBe('ok');
    expect((await deliverMail(services)).map(({ subject }) => subject)).toEqual([
      'You have new recovery codes',
      'A recovery code was used',
    ]);
  });
});

describe('a dangerous step', () => {
  const steps = (api: Awaited<ReturnType<typeof logIn>>['api']) => ({
    password: () => codeOf(api.auth.changePassword({ currentPassword: 'not the right one', newPassword: password })),
    address: () => codeOf(api.me.update({ email: 'other@example.com', currentPassword: 'not the right one' })),
    key: () => codeOf(api.apiKeys.create({ name: 'A key', scopes: ['prompts:read'] })),
  });

  it('is asked for the factor ten minutes after it was proved, until it is proved anew', async () => {
    const { person, api, code } = await withFactor();
    const { password: change, address, key } = steps(api);
    expect([await change(), await address(), await key()]).toEqual([
      'auth.invalid_credentials',
      'auth.invalid_credentials',
      'ok',
    ]);
    const { verifiedUntil: end } = await api.auth.totp.get({});
    clock.advance(Date.parse(end ?? '') - clock.now().getTime() - 1);
    expect([await key(), (await api.auth.totp.get({})).verifiedUntil]).toEqual(['ok', end]);
    clock.advance(1);
    expect((await api.auth.totp.get({})).verifiedUntil).toBeNull();
    expect(new Set([await change(), await address(), await key()])).toEqual(new Set(['auth.second_factor_required']));
    expect(await codeOf(api.me.update({ name: 'Another' }))).toBe('ok');
    expect(await codeOf(api.auth.totp.verify({ code: '000000' }))).toBe('auth.second_factor_invalid');
    const { verifiedUntil } = await api.auth.totp.verify({ code: await code() });
    expect(verifiedUntil).toBe(new Date(clock.now().getTime() + 10 * MINUTE).toISOString());
    expect(await key()).toBe('ok');
    expect(await auditOf(person)).toContain('session.second_factor_verified');
  });

  it('is not opened by what another session proved, and keeps what a refreshed one has', async () => {
    const { person, api, code, recoveryCodes } = await withFactor();
    const other = await logIn(person, { recoveryCode: recoveryCodes[0] ?? '' });
    clock.advance(9 * MINUTE);
    await auth().refresh({ refreshToken: other.refreshToken });
    expect(await steps(other.api).key()).toBe('ok');
    clock.advance(2 * MINUTE);
    await api.auth.totp.verify({ code: await code() });
    expect([await steps(api).key(), await steps(other.api).key()]).toEqual(['ok', 'auth.second_factor_required']);
  });

  it('asks nothing where there is no second factor', async () => {
    const { api } = await logIn(await givenPerson(services));
    clock.advance(60 * MINUTE);
    expect(await steps(api).key()).toBe('ok');
  });

  it('counts guesses within a session apart from those at the log-in', async () => {
    const { person, principal, code } = await withFactor();
    const limited = { ...services, limiter: tenEach() };
    const mine = callersOf(limited).as(principal).auth.totp;
    for (let guess = 0; guess < 10; guess += 1)
      await codeOf(auth({}, limited).login({ email: person.email, password, code: '000000' }));
    expect(await codeOf(mine.verify({ code: await code() }))).toBe('ok');
    for (let guess = 0; guess < 9; guess += 1) await codeOf(mine.verify({ code: '000000' }));
    clock.advance(MINUTE);
    expect(await codeOf(mine.verify({ code: await code() }))).toBe('limit.exceeded');
    expect(await lastAttempt('second_factor')).toEqual({ succeeded: false, reason: 'limit.exceeded' });
  });
});
