import { expect, it, vi } from 'vitest';
import { stubPromptory } from '../../test/stub-promptory.ts';
import { createPromptory } from '../create-promptory.ts';
import { isPromptoryError } from '../errors/promptory-error.ts';
import { withIdempotencyKey } from '../links/idempotency-key.ts';

const credentials = { email: 'alice@example.org', password: 'correct horse' };
const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));

it('signs in with the first call that needs it, and only then', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials });
  expect(promptory.$session).toBe('unknown');
  await promptory.auth.forgotPassword.mutate({ email: 'alice@example.org' });
  expect(stub.state.logins).toBe(0);
  await promptory.prompts.get.query({ id: '1' });
  expect(stub.state.logins).toBe(1);
  expect(promptory.$session).toBe('signed_in');
});

it('refreshes once for fifty calls in flight that the server refused, and repeats each of them once', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials, batch: false });
  await promptory.prompts.get.query({ id: 'first' });
  stub.expire();
  stub.requests.length = 0;
  const prompts = await Promise.all(ids(50).map((id) => promptory.prompts.get.query({ id })));
  expect(prompts.map(({ id }) => id)).toEqual(ids(50));
  expect(stub.state.refreshes).toBe(1);
  expect(stub.requestsOf('prompts.get')).toHaveLength(100);
  expect(stub.requestsOf('auth.refresh').map(({ body }) => body)).toEqual(['{"refreshToken":"refresh-1"}']);
});

it('repeats a refused mutation with the new token, since the server did nothing', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials });
  await promptory.prompts.get.query({ id: '1' });
  stub.expire();
  await promptory.prompts.create.mutate({ title: 'T', content: 'C' });
  expect(stub.requestsOf('prompts.create').map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer access-1',
    'Bearer access-2',
  ]);
});

it('repeats a call once at most: a token that is refused again is the caller’s error', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({
    ...stub,
    credentials,
    fetch: (url, init) => {
      stub.expire();
      return stub.fetch(url, init);
    },
  });
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.invalid_token' });
  expect(stub.requestsOf('prompts.get')).toHaveLength(2);
});

it('refreshes shortly before the token expires, without a refused call', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const stub = stubPromptory();
    const promptory = createPromptory({ ...stub, credentials });
    await promptory.prompts.get.query({ id: '1' });
    vi.advanceTimersByTime(9 * 60_000);
    await promptory.prompts.get.query({ id: '2' });
    expect(stub.state.refreshes).toBe(0);
    vi.advanceTimersByTime(45_000);
    await promptory.prompts.get.query({ id: '3' });
    expect(stub.state.refreshes).toBe(1);
    expect(stub.requestsOf('prompts.get')).toHaveLength(3);
  } finally {
    vi.useRealTimers();
  }
});

it('goes on with a token that is still good where the early refresh finds no server', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const stub = stubPromptory({
      instead: ({ paths }) => (paths.includes('auth.refresh') ? new TypeError('fetch failed') : undefined),
    });
    const promptory = createPromptory({ ...stub, credentials, retry: false });
    await promptory.prompts.get.query({ id: '1' });
    vi.advanceTimersByTime(585_000);
    await expect(promptory.prompts.get.query({ id: '2' })).resolves.toMatchObject({ id: '2' });
  } finally {
    vi.useRealTimers();
  }
});

it('uses a token until it is refused where this machine’s clock is ahead of the server’s', async () => {
  const stub = stubPromptory({ lifetimeMs: -3_600_000 });
  const promptory = createPromptory({ ...stub, credentials });
  await promptory.prompts.get.query({ id: '1' });
  await promptory.prompts.get.query({ id: '2' });
  expect(stub.state).toMatchObject({ logins: 1, refreshes: 0 });
});

it('says that a second factor is needed, and signs in with a code, which is sent and not kept', async () => {
  const stub = stubPromptory();
  stub.state.code = '123456';
  const promptory = createPromptory({ url: stub.url, fetch: stub.fetch });
  const refused = await promptory.$signIn(credentials).catch((error: unknown) => error);
  expect(isPromptoryError(refused, 'auth.second_factor_required')).toBe(true);
  await expect(promptory.$signIn({ ...credentials, code: '000000' })).rejects.toMatchObject({
    code: 'auth.second_factor_invalid',
  });
  await promptory.$signIn({ ...credentials, code: '123456' });
  await expect(promptory.prompts.get.query({ id: '1' })).resolves.toMatchObject({ id: '1' });
  expect(stub.requestsOf('auth.login').map(({ body }) => JSON.parse(body))).toEqual([
    { ...credentials, session: 'token' },
    { ...credentials, code: '000000', session: 'token' },
    { ...credentials, code: '123456', session: 'token' },
  ]);
});

it('sends a recovery code in place of a code', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ url: stub.url, fetch: stub.fetch });
  await promptory.$signIn({ ...credentials, recoveryCode: '0123-4567-89ab' });
  expect(JSON.parse(stub.requestsOf('auth.login')[0]?.body ?? '')).toEqual({
    ...credentials,
    recoveryCode: '0123-4567-89ab',
    session: 'token',
  });
});

it('asks a second time for no code that only a person has, until one is given', async () => {
  const stub = stubPromptory();
  stub.state.code = '123456';
  const promptory = createPromptory({ ...stub, credentials });
  for (const id of ['1', '2']) {
    await expect(promptory.prompts.get.query({ id })).rejects.toMatchObject({ code: 'auth.second_factor_required' });
  }
  expect(stub.state.logins).toBe(1);
  await promptory.$signIn({ ...credentials, code: '123456' });
  await expect(promptory.prompts.get.query({ id: '3' })).resolves.toMatchObject({ id: '3' });
});

it('signs in anew when the session has ended and the options gave a password', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials });
  await promptory.prompts.get.query({ id: '1' });
  stub.endSession();
  await expect(promptory.prompts.get.query({ id: '2' })).resolves.toMatchObject({ id: '2' });
  expect(stub.state).toMatchObject({ logins: 2, refreshes: 1 });
});

it('says that the session has ended where there is no password to begin another', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ url: stub.url, fetch: stub.fetch });
  await promptory.$signIn(credentials);
  stub.endSession();
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.session_ended' });
  expect(promptory.$session).toBe('signed_out');
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.required' });
  expect(stub.state.logins).toBe(1);
});

it('takes a session that was begun elsewhere, and logs in nowhere', async () => {
  const stub = stubPromptory();
  const begun = createPromptory({ url: stub.url, fetch: stub.fetch });
  const session = await begun.auth.login.mutate(credentials);
  const promptory = createPromptory({ url: stub.url, fetch: stub.fetch });
  await promptory.$signIn(session);
  expect(promptory.$session).toBe('signed_in');
  await expect(promptory.prompts.get.query({ id: '1' })).resolves.toMatchObject({ id: '1' });
  expect(stub.state.logins).toBe(1);
});

it('refuses for a cookie session what was begun with a token, which would end with the page', async () => {
  const stub = stubPromptory();
  const session = await createPromptory({ url: stub.url, fetch: stub.fetch }).auth.login.mutate(credentials);
  const promptory = createPromptory({ url: stub.url, fetch: stub.fetch, session: 'cookie' });
  await expect(promptory.$signIn(session)).rejects.toThrow('call auth.register with `session: "cookie"`');
  expect(promptory.$session).toBe('unknown');
});

it.each([undefined, '', 'promptory', '/trpc'])('refuses to be made for the address %j, which is none', (url) => {
  expect(() => createPromptory({ url: url as string, apiKey: 'pty_live_key' })).toThrow(/^`url` is /);
});

it.each(['/trpc', '/trpc/', '/api/trpc'])('refuses the address of tRPC itself: %s', (path) => {
  for (const url of [`https://promptory.example${path}`, new URL(path, 'https://promptory.example')]) {
    expect(() => createPromptory({ url, apiKey: 'pty_live_key' })).toThrow(
      'without `/trpc`: the client adds that itself',
    );
  }
  const api = createPromptory({ url: 'https://promptory.example/mytrpc', apiKey: 'pty_live_key' });
  expect(api.$session).toBeNull();
});

it('tries a wrong password once, however many calls follow, until it is given another', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials: { ...credentials, password: 'wrong' } });
  for (const id of ids(5)) {
    await expect(promptory.prompts.get.query({ id })).rejects.toMatchObject({ code: 'auth.invalid_credentials' });
  }
  expect(stub.state.logins).toBe(1);
  await promptory.$signIn(credentials);
  await expect(promptory.prompts.get.query({ id: '1' })).resolves.toMatchObject({ id: '1' });
});

it('stays signed out after signing out, though it knows the password', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials });
  await promptory.prompts.get.query({ id: '1' });
  await promptory.$signOut();
  expect(stub.requestsOf('auth.logout').map(({ body }) => body)).toEqual(['{"refreshToken":"refresh-1"}']);
  await expect(promptory.prompts.get.query({ id: '2' })).rejects.toMatchObject({ code: 'auth.required' });
  await promptory.$signIn();
  await expect(promptory.prompts.get.query({ id: '2' })).resolves.toMatchObject({ id: '2' });
});

it('logs out of the session that another call is still signing in for', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isSigningIn = false;
  const stub = stubPromptory({
    async instead({ paths }) {
      if (!paths.includes('auth.login')) return undefined;
      isSigningIn = true;
      await held;
      return undefined;
    },
  });
  const promptory = createPromptory({ ...stub, credentials });
  const reading = promptory.prompts.get.query({ id: '1' });
  await expect.poll(() => isSigningIn).toBe(true);
  const leaving = promptory.auth.logout.mutate({});
  release();
  await Promise.all([reading, leaving]);
  expect(stub.requestsOf('auth.logout').map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer access-1',
  ]);
});

it('never signs in as the person of the options after somebody else has signed in', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, credentials });
  await promptory.$signIn({ email: 'bob@example.org', password: 'correct horse' });
  stub.endSession();
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.session_ended' });
  expect(stub.requestsOf('auth.login').map(({ body }) => JSON.parse(body).email)).toEqual(['bob@example.org']);
});

it('forgets a renewal that was under way when somebody signed out', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stub = stubPromptory({
    async instead({ paths }) {
      if (paths.includes('auth.refresh')) await held;
      return undefined;
    },
  });
  const stored: string[] = [];
  const storage = {
    get: () => stored.at(-1) ?? null,
    set: (token: string) => void stored.push(token),
    remove: () => void stored.splice(0),
  };
  const promptory = createPromptory({ ...stub, credentials, storage });
  await promptory.prompts.get.query({ id: '1' });
  stub.expire();
  const late = promptory.prompts.get.query({ id: '2' });
  const lateFails = expect(late).rejects.toMatchObject({ code: expect.stringMatching(/^auth\./) });
  await expect.poll(() => stub.requestsOf('auth.refresh')).toHaveLength(1);
  await promptory.$signOut();
  release();
  await lateFails;
  expect(promptory.$session).toBe('signed_out');
  expect(stored).toEqual([]);
});

it('takes up a stored session, and keeps in the storage the one refresh token that is good', async () => {
  const stub = stubPromptory();
  let stored: string | null = null;
  const storage = {
    get: () => stored,
    set: (token: string) => {
      stored = token;
    },
    remove: () => {
      stored = null;
    },
  };
  await createPromptory({ ...stub, storage }).$signIn(credentials);
  expect(stored).toBe('refresh-1');
  const later = createPromptory({ ...stub, storage });
  await expect(later.$restore()).resolves.toBe(true);
  expect(stored).toBe('refresh-2');
  await later.$signOut();
  expect(stored).toBeNull();
  await expect(createPromptory({ ...stub, storage }).$restore()).resolves.toBe(false);
});

it('never holds a refresh token in a cookie session: only calls of auth carry the cookie', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, session: 'cookie' });
  await expect(promptory.$restore()).resolves.toBe(false);
  await promptory.$signIn(credentials);
  stub.expire();
  await promptory.prompts.get.query({ id: '1' });
  await promptory.$signOut();
  expect(stub.requests.map(({ paths, credentials: mode }) => [paths[0], mode])).toEqual([
    ['auth.refresh', 'include'],
    ['auth.login', 'include'],
    ['prompts.get', undefined],
    ['auth.refresh', 'include'],
    ['prompts.get', undefined],
    ['auth.logout', 'include'],
  ]);
  expect(stub.requests.some(({ body, url }) => `${body}${url.href}`.includes('refreshToken'))).toBe(false);
  expect(() =>
    createPromptory({ ...stub, session: 'cookie', storage: { get: () => null, set() {}, remove() {} } }),
  ).toThrow(TypeError);
});

it('carries no cookie with a call that is alone in its request for the sake of its idempotency key', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, session: 'cookie' });
  await promptory.$signIn(credentials);
  await promptory.prompts.create.mutate({ title: 'T', content: 'C' }, withIdempotencyKey());
  expect(stub.requests.map(({ paths, credentials: mode }) => [paths[0], mode])).toEqual([
    ['auth.login', 'include'],
    ['prompts.create', undefined],
  ]);
});

it('signs in by the password of the options rather than by a cookie that somebody left', async () => {
  const stub = stubPromptory();
  await createPromptory({ ...stub, session: 'cookie' }).$signIn(credentials);
  const promptory = createPromptory({ ...stub, credentials: { ...credentials, session: 'cookie' } });
  await promptory.prompts.get.query({ id: '1' });
  expect(stub.state).toMatchObject({ logins: 2, refreshes: 0 });
});

it('asks getToken for another token once for all calls that a refused one failed', async () => {
  const stub = stubPromptory();
  stub.state.issued = 2;
  stub.state.expiredTo = 1;
  const asked: (string | null)[] = [];
  const promptory = createPromptory({
    ...stub,
    batch: false,
    async getToken({ rejected }) {
      asked.push(rejected);
      return rejected === null ? 'access-1' : 'access-2';
    },
  });
  await Promise.all(ids(10).map((id) => promptory.prompts.get.query({ id })));
  expect(asked.filter((rejected) => rejected !== null)).toEqual(['access-1']);
});

it('asks getToken again, for the next call, where it had failed', async () => {
  const stub = stubPromptory();
  stub.state.issued = 2;
  stub.state.expiredTo = 1;
  let failures = 0;
  const promptory = createPromptory({
    ...stub,
    async getToken({ rejected }) {
      if (rejected === null) return 'access-1';
      if (failures++ === 0) throw new Error('the vault is closed');
      return 'access-2';
    },
  });
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toThrow('the vault is closed');
  expect(await promptory.prompts.get.query({ id: '1' })).toMatchObject({ id: '1' });
  expect(failures).toBe(2);
});

it('throws the server’s refusal where getToken has no other token', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, getToken: () => 'access-9' });
  await expect(promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.invalid_token' });
  expect(stub.requests).toHaveLength(1);
});

it('sends an API key as it is, and has no session to sign in or out of', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey: 'pty_live_x' });
  await promptory.prompts.get.query({ id: '1' });
  expect(stub.requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer pty_live_x']);
  expect(promptory.$session).toBeNull();
  await expect(promptory.$signOut()).rejects.toThrow(TypeError);
});
