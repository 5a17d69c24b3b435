import { expect, it } from 'vitest';
import { answer, type StubRequest, stubPromptory } from '../../test/stub-promptory.ts';
import type { ProcedurePath } from '../contract/infer.ts';
import { createPromptory, type Promptory } from '../create-promptory.ts';

const credentials = { email: 'alice@example.org', password: 'correct horse' };
const session = { accessToken: 'access-1', accessTokenExpiresAt: new Date(Date.now() + 600_000).toISOString() };

/** A server that lets in whom it lets in, and answers every other call. */
function anyServer(login: 'let in' | 'refused', refresh: 'let in' | 'refused' = 'refused') {
  const refusal = (code: string, httpStatus: number) =>
    answer(httpStatus, {
      error: { message: code, code: -32000, data: { code, requestId: 'r', httpStatus, errors: [] } },
    });
  const tokens = (refreshToken: string) => answer(200, { result: { data: { ...session, refreshToken } } });
  return stubPromptory({
    instead({ paths: [path] }) {
      if (path === 'auth.login')
        return login === 'let in' ? tokens('refresh-1') : refusal('auth.email_not_verified', 403);
      if (path === 'auth.refresh')
        return refresh === 'let in' ? tokens('refresh-2') : refusal('auth.session_ended', 401);
      return answer(200, { result: { data: {} } });
    },
  });
}

async function call(promptory: Promptory, path: ProcedurePath): Promise<void> {
  const procedure: unknown = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), promptory);
  await (procedure as { mutate(input: object): Promise<unknown> }).mutate({});
}

const sent = (requests: readonly StubRequest[]) =>
  requests.map(({ paths, headers }) => [paths.join(), headers.get('authorization')]);

const open = [
  'auth.register',
  'auth.forgotPassword',
  'auth.resetPassword',
  'auth.verifyEmail',
  'auth.resendVerification',
  'preferences.chooseMails',
] as const;

const ofASession = [
  'auth.changePassword',
  'auth.totp.get',
  'auth.totp.start',
  'auth.totp.confirm',
  'auth.totp.verify',
  'auth.totp.renewRecoveryCodes',
  'auth.totp.disable',
  'auth.sessions.list',
  'auth.sessions.end',
] as const;

it.each(open)('sends %s without a token, and lets it wait for no sign-in', async (path) => {
  const stub = anyServer('refused');
  await call(createPromptory({ ...stub, credentials }), path);
  expect(sent(stub.requests)).toEqual([[path, null]]);
});

it.each(open)('sends %s without the token that a client has, of a key as of a session', async (path) => {
  const byKey = anyServer('let in');
  await call(createPromptory({ ...byKey, apiKey: 'pty_live_x' }), path);
  expect(sent(byKey.requests)).toEqual([[path, null]]);

  const signedIn = anyServer('let in');
  const promptory = createPromptory({ url: signedIn.url, fetch: signedIn.fetch });
  await promptory.$signIn(credentials);
  await call(promptory, path);
  expect(sent(signedIn.requests).at(-1)).toEqual([path, null]);
});

it.each(['auth.login', 'auth.refresh'] as const)('sends %s as it is, without signing in before it', async (path) => {
  const stub = anyServer('let in', 'let in');
  await call(createPromptory({ ...stub, credentials }), path);
  expect(sent(stub.requests)).toEqual([[path, null]]);
});

it.each(ofASession)('signs in for %s, which is of a session', async (path) => {
  const stub = anyServer('let in');
  await call(createPromptory({ ...stub, credentials }), path);
  expect(sent(stub.requests)).toEqual([
    ['auth.login', null],
    [path, 'Bearer access-1'],
  ]);
});

it('holds up no call that needs no token by one whose sign-in fails', async () => {
  const stub = anyServer('refused');
  const promptory = createPromptory({ ...stub, credentials });
  const [refused, done] = await Promise.allSettled([
    promptory.prompts.get.query({ id: '1' }),
    promptory.auth.resendVerification.mutate({ email: credentials.email }),
  ]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'auth.email_not_verified' } });
  expect(done).toMatchObject({ status: 'fulfilled' });
});

it('logs out of the session that there is, and begins none to end it', async () => {
  const none = anyServer('let in');
  await call(createPromptory({ ...none, credentials }), 'auth.logout');
  expect(sent(none.requests)).toEqual([['auth.logout', null]]);

  const own = anyServer('let in');
  const promptory = createPromptory({ url: own.url, fetch: own.fetch });
  await promptory.$signIn(credentials);
  await call(promptory, 'auth.logout');
  expect(sent(own.requests).at(-1)).toEqual(['auth.logout', 'Bearer access-1']);
});

it.each([
  ['let in', 'Bearer access-1'],
  ['refused', null],
] as const)('logs out of a stored session whose refresh is %s', async (refresh, token) => {
  const stub = anyServer('let in', refresh);
  const storage = { get: () => 'refresh-1', set: () => {}, remove: () => {} };
  await call(createPromptory({ ...stub, credentials, storage }), 'auth.logout');
  expect(sent(stub.requests)).toEqual([
    ['auth.refresh', null],
    ['auth.logout', token],
  ]);
});

it('sends an API key, or a token of getToken, along with a call that does more for who has one', async () => {
  const stub = anyServer('refused');
  await call(createPromptory({ ...stub, apiKey: 'pty_live_x' }), 'auth.logout');
  await call(createPromptory({ ...stub, getToken: () => 'access-7' }), 'auth.logout');
  expect(sent(stub.requests)).toEqual([
    ['auth.logout', 'Bearer pty_live_x'],
    ['auth.logout', 'Bearer access-7'],
  ]);
});
