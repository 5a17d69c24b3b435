import type { RowChange } from '@promptory/db';
import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  deliverMail,
  errorOf,
  PASSWORD,
  type TestServices,
  testServices,
} from '../../../../test/index.ts';
import type { Context, Limiter, Services } from '../../../context.ts';

const { db } = await givenDatabase({ max: 12 });
let services: TestServices;
let person = 0;

const password = PASSWORD;

beforeEach(() => {
  services = testServices(db);
});

const auth = (parts: Partial<Context> = {}, of: Services = services) => callersOf(of).asAnyone(parts).auth;

/** Somebody who has registered and is signed out. */
async function registered() {
  person += 1;
  const email = `login${person}@example.com`;
  const answer = await auth().register({ email, name: `Login ${person}`, password });
  if (!('user' in answer)) throw new Error('not signed in');
  const { user } = answer;
  await db.deleteFrom('sessions').where('user_id', '=', user.id).execute();
  return { id: user.id, email };
}

async function signedIn() {
  const { id, email } = await registered();
  const { refreshToken, accessToken } = await auth().login({ email, password });
  const claims = await services.accessTokens.verify(accessToken, services.clock.now());
  if (refreshToken === null || claims === null) throw new Error('not signed in');
  const { sessionId } = claims;
  return { id, email, refreshToken, principal: { kind: 'user', userId: id, role: 'user', sessionId } as const };
}

const sessionsOf = (userId: string) => db.selectFrom('sessions').select('id').where('user_id', '=', userId).execute();
const attemptsOf = (email: string) =>
  db
    .selectFrom('auth_attempts')
    .select(['succeeded', 'reason'])
    .where('email', '=', email)
    .where('kind', '=', 'login')
    .orderBy('id')
    .execute();
const setUser = (id: string, columns: RowChange<'users'>) =>
  db.updateTable('users').set(columns).where('id', '=', id).execute();

function cookieJar(refreshToken: string | null) {
  const jar = {
    refreshToken,
    cleared: 0,
    obstacle: () => null,
    set: (token: string) => {
      jar.refreshToken = token;
    },
    clear: () => {
      jar.cleared += 1;
    },
  };
  return jar;
}

describe('signing in', () => {
  it('takes the address and the password in any spelling that normalises to the same', async () => {
    const email = 'umlaut@example.com';
    await auth().register({ email, name: 'U', password: 'müßiggängerinnen' });
    const answer = await auth().login({ email: ' UMLAUT@Example.com', password: 'müßiggängerinnen'.normalize('NFD') });
    expect(answer.user.email).toBe(email);
  });

  it('answers an unknown address, a wrong password and a suspended account with the same bytes', async () => {
    const { email } = await registered();
    const suspended = await registered();
    await setUser(suspended.id, { status: 'suspended' });
    const errors = [
      await errorOf(auth().login({ email: 'nobody@example.com', password })),
      await errorOf(auth().login({ email, password: 'not the right one' })),
      await errorOf(auth().login({ email: suspended.email, password })),
    ];
    expect(
      new Set(errors.map(({ code, message, errors: faults }) => JSON.stringify([code, message, faults]))).size,
    ).toBe(1);
    expect(errors[0]?.code).toBe('auth.invalid_credentials');
    expect(await attemptsOf(suspended.email)).toEqual([{ succeeded: false, reason: 'suspended' }]);
    expect(await attemptsOf('nobody@example.com')).toEqual([{ succeeded: false, reason: 'unknown_address' }]);
  });

  it('does the work of one hash for an unknown address too', async () => {
    const { email } = await registered();
    const calls: string[] = [];
    const counted = {
      ...services,
      passwords: {
        hash: services.passwords.hash,
        verify: async () => calls.push('verify') < 0,
        verifyNothing: async () => {
          calls.push('verifyNothing');
          return false as const;
        },
      },
    };
    await codeOf(auth({}, counted).login({ email, password }));
    await codeOf(auth({}, counted).login({ email: 'nobody2@example.com', password }));
    expect(calls).toEqual(['verify', 'verifyNothing']);
  });

  it('says that the address is not verified only to who knows the password, and only where it must be', async () => {
    const { id, email } = await registered();
    const strict = testServices(db, { requireEmailVerification: true });
    expect(await codeOf(auth({}, strict).login({ email, password: 'not the right one' }))).toBe(
      'auth.invalid_credentials',
    );
    expect(await codeOf(auth({}, strict).login({ email, password }))).toBe('auth.email_not_verified');
    expect(await codeOf(auth().login({ email, password }))).toBe('ok');
    await setUser(id, { email_verified_at: new Date() });
    expect(await codeOf(auth({}, strict).login({ email, password }))).toBe('ok');
  });

  it('computes at most ten hashes for twenty parallel attempts at a limit of ten', async () => {
    const { email } = await registered();
    const counts = new Map<string, number>();
    const limiter: Limiter = {
      consume: async (name, key) => {
        const count = (counts.get(`${name}:${key}`) ?? 0) + 1;
        counts.set(`${name}:${key}`, count);
        return { allowed: name !== 'login' || count <= 10, retryAfterSeconds: 60 };
      },
    };
    let hashes = 0;
    const limited = {
      ...services,
      limiter,
      passwords: {
        ...services.passwords,
        verify: async (hash: string, typed: string) => {
          hashes += 1;
          return services.passwords.verify(hash, typed);
        },
      },
    };
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(auth({}, limited).login({ email, password: 'not the right one' }))),
    );
    expect(hashes).toBe(10);
    expect(codes.filter((code) => code === 'limit.exceeded')).toHaveLength(10);
    const elsewhere = { client: { ip: '192.0.2.7', userAgent: null } };
    expect(await codeOf(auth(elsewhere, limited).login({ email, password }))).toBe('ok');
    expect(await attemptsOf(email)).toHaveLength(21);
  });

  it('starts no session with a password that is reset while it is being checked', async () => {
    const { id, email } = await registered();
    const slow = {
      ...services,
      passwords: {
        ...services.passwords,
        verify: async (hash: string, typed: string) => {
          const isRight = await services.passwords.verify(hash, typed);
          await db.updateTable('user_passwords').set({ hash: 'plain:newer' }).where('user_id', '=', id).execute();
          return isRight;
        },
      },
    };
    expect(await codeOf(auth({}, slow).login({ email, password }))).toBe('auth.invalid_credentials');
    expect(await sessionsOf(id)).toEqual([]);
  });
});

describe('refreshing', () => {
  it('gives the next tokens, and ends the session when a spent token comes back later', async () => {
    const { id, refreshToken } = await signedIn();
    const next = await auth().refresh({ refreshToken });
    expect(next.refreshToken).not.toBe(refreshToken);
    services.clock.advance(11_000);
    expect(await codeOf(auth().refresh({ refreshToken }))).toBe('auth.session_ended');
    expect(await codeOf(auth().refresh({ refreshToken: next.refreshToken ?? '' }))).toBe('auth.session_ended');
    expect(await sessionsOf(id)).toEqual([]);
    const audit = await db
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('action', '=', 'session.replayed')
      .execute();
    expect(audit).toContainEqual({ action: 'session.replayed', details: { userId: id } });
  });

  it('advances a session once for twenty refreshes at once, and says so once in the audit log', async () => {
    const { id, refreshToken } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => auth().refresh({ refreshToken })));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    const audit = await db
      .selectFrom('audit_log')
      .select('target_type as targetType')
      .where('action', '=', 'session.refreshed')
      .where('actor_id', '=', id)
      .execute();
    expect(audit).toEqual([{ targetType: 'session' }]);
  });

  it('uses the cookie where the call carries no token, and answers into the cookie', async () => {
    const { email } = await registered();
    const cookie = cookieJar(null);
    await auth({ cookie }).login({ email, password, session: 'cookie' });
    const first = cookie.refreshToken;
    const refreshed = await auth({ cookie }).refresh({});
    expect(refreshed.refreshToken).toBeNull();
    expect(cookie.refreshToken).not.toBe(first);
    expect(refreshed.user.email).toBe(email);
  });

  it('refuses garbage and clears a dead cookie', async () => {
    expect(await codeOf(auth().refresh({}))).toBe('auth.required');
    expect(await codeOf(auth().refresh({ refreshToken: 'garbage' }))).toBe('auth.session_ended');
    const cookie = cookieJar('dead');
    expect(await codeOf(auth({ cookie }).refresh({}))).toBe('auth.session_ended');
    expect(cookie.cleared).toBe(1);
  });

  it('ends after fourteen days without use, and for a suspended user at once', async () => {
    const idle = await signedIn();
    services.clock.advance(14 * 86_400_000 + 60_000);
    expect(await codeOf(auth().refresh({ refreshToken: idle.refreshToken }))).toBe('auth.session_ended');
    const suspended = await signedIn();
    await setUser(suspended.id, { status: 'suspended' });
    expect(await codeOf(auth().refresh({ refreshToken: suspended.refreshToken }))).toBe('auth.session_ended');
  });
});

describe('signing out', () => {
  it('ends the session of a token in the input, of the cookie, and of the bearer', async () => {
    const [byInput, byCookie, byBearer] = [await signedIn(), await signedIn(), await signedIn()];
    await auth().logout({ refreshToken: byInput.refreshToken });
    const cookie = cookieJar(byCookie.refreshToken);
    await auth({ cookie }).logout({});
    expect(cookie.cleared).toBe(1);
    await callersOf(services).as(byBearer.principal).auth.logout({});
    for (const { id } of [byInput, byCookie, byBearer]) expect(await sessionsOf(id)).toEqual([]);
  });

  it('never fails for a token that is unknown or none', async () => {
    await expect(auth().logout({})).resolves.toBeUndefined();
    await expect(auth().logout({ refreshToken: 'garbage' })).resolves.toBeUndefined();
  });
});

describe("one's sessions", () => {
  it('are listed by pages, the latest first, with the current one marked', async () => {
    const { email, principal } = await signedIn();
    for (let more = 0; more < 4; more += 1) {
      services.clock.advance(1_000);
      await auth().login({ email, password });
    }
    const { sessions } = callersOf(services).as(principal).auth;
    const seen = [];
    let cursor: string | undefined;
    do {
      const page = await sessions.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(5);
    expect(seen.map(({ createdAt }) => createdAt)).toEqual(
      seen
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
    expect(seen.map(({ current }) => current)).toEqual([false, false, false, false, true]);
  });

  it("are ended one by one, and nobody else's are", async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const { sessions } = callersOf(services).as(mine.principal).auth;
    expect(await codeOf(sessions.end({ id: other.principal.sessionId }))).toBe('session.not_found');
    await sessions.end({ id: mine.principal.sessionId });
    expect(await codeOf(sessions.end({ id: mine.principal.sessionId }))).toBe('auth.session_ended');
    expect(await sessionsOf(other.id)).toHaveLength(1);
  });
});

describe('changing the password', () => {
  it('ends the other sessions, keeps this one, and tells the owner', async () => {
    const { id, email, principal } = await signedIn();
    await auth().login({ email, password });
    await deliverMail(services);
    const mine = callersOf(services).as(principal).auth;
    const wrong = mine.changePassword({ currentPassword: 'not the right one', newPassword: 'a better password' });
    expect(await errorOf(wrong)).toMatchObject({
      code: 'auth.invalid_credentials',
      errors: [{ path: 'currentPassword' }],
    });
    const weak = mine.changePassword({ currentPassword: password, newPassword: 'short' });
    expect(await errorOf(weak)).toMatchObject({ code: 'auth.password_too_weak', errors: [{ path: 'newPassword' }] });
    await mine.changePassword({ currentPassword: password, newPassword: 'a better password' });
    expect(await sessionsOf(id)).toEqual([{ id: principal.sessionId }]);
    expect((await deliverMail(services)).map(({ to, subject }) => [to, subject])).toEqual([
      [email, 'Your password was changed'],
      // The link of the registration is void by now.
      [email, 'Confirm your e-mail address'],
    ]);
    expect(await codeOf(auth().login({ email, password }))).toBe('auth.invalid_credentials');
    expect(await codeOf(auth().login({ email, password: 'a better password' }))).toBe('ok');
  });
});
