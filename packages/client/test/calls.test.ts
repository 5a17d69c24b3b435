import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { AppRouter } from '../src/contract/contract.ts';
import { createPromptory } from '../src/create-promptory.ts';
import { isPromptoryError, PromptoryError } from '../src/errors/promptory-error.ts';
import type { Wait } from '../src/links/call-link.ts';
import { answer, Refusal, stubPromptory } from './stub-promptory.ts';

const retry = { baseDelayMs: 1 };
const apiKey = 'pty_live_x';
const failed = async (promise: Promise<unknown>): Promise<PromptoryError> => {
  const outcome = await promise.then(
    () => new Error('The call succeeded.'),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(PromptoryError);
  return outcome as PromptoryError;
};

it('sends calls of the same tick as one request, ten at most, and calls of auth alone', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  await Promise.all([
    ...Array.from({ length: 12 }, (_, index) => promptory.prompts.get.query({ id: String(index) })),
    promptory.auth.forgotPassword.mutate({ email: 'a@example.org' }),
    promptory.auth.forgotPassword.mutate({ email: 'b@example.org' }),
  ]);
  const sizes = (path: string) => stub.requestsOf(path).map(({ paths }) => paths.length);
  expect(sizes('prompts.get')).toEqual([10, 2]);
  expect(sizes('auth.forgotPassword')).toEqual([1, 1]);
  expect(stub.requestsOf('auth.forgotPassword').some(({ url }) => url.search.includes('batch'))).toBe(false);
});

it('divides a batch whose address would grow too long, and refuses a call that is too long alone', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, batch: { maxUrlLength: 1000 } });
  const id = 'x'.repeat(300);
  await Promise.all([1, 2, 3, 4].map(() => promptory.prompts.get.query({ id })));
  expect(stub.requests.map(({ paths }) => paths.length)).toEqual([2, 2]);
  const error = await failed(promptory.prompts.get.query({ id: 'x'.repeat(2000) }));
  expect(error.code).toBe('client.unsendable');
});

it('gives each call of a batch its own answer', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  stub.failNext(new Refusal('prompt.not_found', 400));
  const [first, second] = await Promise.allSettled([
    promptory.prompts.get.query({ id: '1' }),
    promptory.prompts.get.query({ id: '2' }),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'prompt.not_found' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { id: '2' } });
});

it('sends again what a batch had no room for, a mutation and without retries too, and does not do so for ever', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry: false });
  const leftOver = new Refusal('answer.batch_full', 422);
  stub.failNext(leftOver);
  const [first, second] = await Promise.all(['1', '2'].map((id) => promptory.prompts.get.query({ id })));
  expect([first, second]).toMatchObject([{ id: '1' }, { id: '2' }]);
  expect(stub.requests.map(({ paths }) => paths.length)).toEqual([2, 1]);
  stub.failNext(leftOver);
  await promptory.prompts.create.mutate({ title: 'T', content: 'C' });
  stub.failNext(...Array<Refusal>(30).fill(leftOver));
  expect((await failed(promptory.prompts.get.query({ id: '3' }))).code).toBe('answer.batch_full');
});

it('reports an error by code, status, request id, faults by path, and the details of its code', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  const errors = [
    { path: 'title', code: 'too_big', params: { maximum: 200, unit: 'characters' }, message: 'Too long' },
    { path: 'tags.0', code: 'too_small', params: { minimum: 1, unit: 'characters' }, message: 'Empty' },
    { path: 'title', code: 'control_character', params: { character: 'U+0007' }, message: 'Not a line' },
    { path: '__proto__', code: 'unrecognized_key', params: {}, message: 'Unknown' },
  ];
  stub.failNext(new Refusal('prompt.version_conflict', 409, { errors, latest: { version: 3 } }));
  const error = await failed(promptory.prompts.create.mutate({ title: 'T', content: 'C' }));
  expect(error).toMatchObject({
    name: 'PromptoryError',
    message: 'Refused: prompt.version_conflict',
    code: 'prompt.version_conflict',
    status: 409,
    requestId: 'r1',
    errors,
    details: { latest: { version: 3 } },
    retryAfterSeconds: null,
  });
  expect(error.cause).toBeUndefined();
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error)]) expect(text.split('r1')).toHaveLength(2);
  const data = {
    code: 'prompt.version_conflict',
    requestId: 'r1',
    httpStatus: 409,
    path: 'prompts.create',
    errors,
    latest: { version: 3 },
  };
  expect(error.data).toEqual(data);
  expect(error.shape).toEqual({ message: error.message, code: -32_009, data });
  expect({ ...error.fieldErrors }).toEqual({
    title: ['Too long', 'Not a line'],
    'tags.0': ['Empty'],
    ['__proto__']: ['Unknown'],
  });
  expect(isPromptoryError(error, 'prompt.version_conflict')).toBe(true);
  expect(isPromptoryError(error, 'prompt.not_found')).toBe(false);
  expect(isPromptoryError(new Error('other'))).toBe(false);
});

it('passes each call once through the links of its caller, with the errors that callers catch', async () => {
  let broken = 1;
  const stub = stubPromptory({ instead: () => (broken-- > 0 ? new TypeError('fetch failed') : undefined) });
  const seen: string[] = [];
  const noting: TRPCLink<AppRouter> =
    () =>
    ({ op, next }) =>
      observable((observer) =>
        next(op).subscribe({
          next: (value) => observer.next(value),
          complete: () => {
            seen.push(`${op.path} answered`);
            observer.complete();
          },
          error: (error) => {
            seen.push(`${op.path} ${isPromptoryError(error) && error.code}`);
            observer.error(error);
          },
        }),
      );
  const promptory = createPromptory({ ...stub, apiKey, retry, links: [noting] });
  await promptory.prompts.get.query({ id: '1' });
  stub.failNext(new Refusal('prompt.not_found', 404));
  await failed(promptory.prompts.get.query({ id: '2' }));
  expect(seen).toEqual(['prompts.get answered', 'prompts.get prompt.not_found']);
});

it('takes what an older server says of a field, without a code', async () => {
  const stub = stubPromptory();
  stub.failNext(new Refusal('request.invalid', 400, { errors: [{ path: 'title', message: 'Too long' }, 'no fault'] }));
  const error = await failed(createPromptory({ ...stub, apiKey }).prompts.get.query({ id: '1' }));
  expect(error.errors).toEqual([{ path: 'title', code: 'invalid', params: {}, message: 'Too long' }]);
});

it('has no data of tRPC where no server answered', async () => {
  const stub = stubPromptory({ instead: () => new TypeError('fetch failed') });
  const error = await failed(createPromptory({ ...stub, apiKey, retry: false }).prompts.get.query({ id: '1' }));
  expect([error.code, error.data?.code, error.shape]).toEqual(['client.network', undefined, undefined]);
});

it('repeats a query and what creates something after a broken connection, and another mutation never', async () => {
  let broken = 2;
  const stub = stubPromptory({ instead: () => (broken-- > 0 ? new TypeError('fetch failed') : undefined) });
  const promptory = createPromptory({ ...stub, apiKey, retry });
  await expect(promptory.prompts.get.query({ id: '1' })).resolves.toMatchObject({ id: '1' });
  expect(stub.requests).toHaveLength(3);
  broken = 2;
  await expect(promptory.prompts.create.mutate({ title: 'T', content: 'C' })).resolves.toMatchObject({ id: 'new' });
  expect(stub.requests).toHaveLength(6);
  const keys = stub.requestsOf('prompts.create').map(({ headers }) => headers.get('idempotency-key'));
  expect([keys.length, new Set(keys).size, keys[0]]).toEqual([3, 1, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  broken = 1;
  const error = await failed(promptory.prompts.update.mutate({ id: '1', title: 'T' }));
  expect(error).toMatchObject({ code: 'client.network', status: null });
  expect(stub.requests).toHaveLength(7);
});

it.each([
  ['a program ten', { apiKey }, 10],
  ['a person three', { session: 'token' }, 3],
  ['anybody as often as it is told', { apiKey, retry: { attempts: 2 } }, 2],
] as const)('gives up after some attempts: of %s', async (_who, given, attempts) => {
  const stub = stubPromptory();
  const fetch: typeof stub.fetch = async (url, init) => {
    if (!url.includes('prompts.get')) return stub.fetch(url, init);
    stub.requests.push({
      method: 'GET',
      url: new URL(url),
      paths: [],
      headers: new Headers(),
      body: '',
      credentials: undefined,
    });
    throw new TypeError('fetch failed');
  };
  const waits: Wait[] = [];
  const quick = { baseDelayMs: 1, maxDelayMs: 2, ...('retry' in given ? given.retry : {}) };
  const promptory = createPromptory({ ...stub, ...given, fetch, retry: quick, onWait: (wait) => waits.push(wait) });
  if ('apiKey' in given) await promptory.auth.forgotPassword.mutate({ email: 'a@example.org' });
  else await promptory.$signIn({ email: 'a@example.org', password: stub.state.password });
  const before = stub.requests.length;
  const error = await failed(promptory.prompts.get.query({ id: '1' }));
  expect(stub.requests).toHaveLength(before + attempts);
  expect(waits).toHaveLength(attempts - 1);
  expect(waits[0]).toMatchObject({ path: 'prompts.get', reason: 'failure', error: { code: error.code } });
});

it('loses none of many calls to a limit, sends none that would be refused, and few at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const LIMIT = 30;
  const WINDOW_MS = 60_000;
  let window = { endsAt: 0, left: LIMIT };
  const seen = { atOnce: 0, most: 0, refused: 0, made: 0 };
  const fetch = async (): Promise<Response> => {
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen.atOnce -= 1;
    const now = vi.getMockedSystemTime()?.getTime() ?? Number.NaN;
    if (now >= window.endsAt) window = { endsAt: now + WINDOW_MS, left: LIMIT };
    const seconds = Math.ceil((window.endsAt - now) / 1_000);
    const isRefused = window.left === 0;
    if (isRefused) seen.refused += 1;
    else {
      window.left -= 1;
      seen.made += 1;
    }
    const headers = { ratelimit: `"key";r=${window.left};t=${seconds}`, 'retry-after': String(seconds) };
    const data = { code: 'limit.exceeded', requestId: 'r1', httpStatus: 429, retryAfterSeconds: seconds, errors: [] };
    return isRefused
      ? answer(429, { error: { message: 'Too many calls', code: -32029, data } }, headers)
      : answer(200, { result: { data: { id: 'new' } } }, headers);
  };
  const waits: Wait[] = [];
  const promptory = createPromptory({
    url: 'http://promptory.test',
    apiKey,
    fetch,
    onWait: (wait) => waits.push(wait),
  });
  const creates = Promise.all(
    Array.from({ length: 100 }, () => promptory.prompts.create.mutate({ title: 'T', content: 'C' })),
  );
  await vi.advanceTimersByTimeAsync(4 * WINDOW_MS);
  expect(await creates).toHaveLength(100);
  expect(seen).toMatchObject({ made: 100, most: 6 });
  // Those that were on their way when the last one was let through.
  expect(seen.refused).toBeLessThanOrEqual(3 * 6);
  expect(new Set(waits.map(({ reason }) => reason))).toEqual(new Set(['limit']));
  expect(waits.length).toBeGreaterThanOrEqual(70 + 40 + 10);
});

it('says at once what it will not wait for', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry: { maxWaitMs: 2_000 } });
  stub.failNext(new Refusal('limit.exceeded', 429, { retryAfterSeconds: 3 }));
  const error = await failed(promptory.prompts.update.mutate({ id: '1', title: 'T' }));
  expect(error).toMatchObject({ code: 'limit.exceeded', retryAfterSeconds: 3 });
  expect(stub.requests).toHaveLength(1);
});

it.each([
  ['`apiKey` is empty.', { apiKey: '' }],
  ['`apiKey` holds a character that no key has, such as a blank.', { apiKey: 'pty_live_x\n' }],
  ['`credentials.email` is empty.', { credentials: { email: '', password: 'x' } }],
  ['`credentials.password` is empty.', { credentials: { email: 'a@example.org', password: '' } }],
])('says where it is made: %s', (message, given) => {
  expect(() => createPromptory({ url: 'http://promptory.test', ...given })).toThrow(new TypeError(message));
});

it('repeats a mutation that the server put off, after the time it asked for', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry });
  stub.failNext(new Refusal('limit.exceeded', 429, { retryAfterSeconds: 1 }));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const created = promptory.prompts.create.mutate({ title: 'T', content: 'C' });
  await vi.advanceTimersByTimeAsync(999);
  expect(stub.requests).toHaveLength(1);
  // The first request left some turns after the call, and the time counts from its answer.
  await vi.advanceTimersByTimeAsync(1_000);
  await created;
  expect(stub.requests).toHaveLength(2);
});

it('reads Retry-After from the answer’s headers, for a refused batch as a whole too', async () => {
  let refusals = 1;
  const refusal = {
    error: {
      message: 'Busy',
      code: -32603,
      data: { code: 'server.busy', requestId: 'r', httpStatus: 503, errors: [] },
    },
  };
  const stub = stubPromptory({
    instead: () => (refusals-- > 0 ? answer(503, refusal, { 'retry-after': '0' }) : undefined),
  });
  const promptory = createPromptory({ ...stub, apiKey, retry });
  const created = [1, 2].map(() => promptory.prompts.create.mutate({ title: 'T', content: 'C' }));
  await expect(Promise.all(created)).resolves.toHaveLength(2);
});

it('gives a call of a batch no Retry-After that speaks of another', async () => {
  const of = (code: string, httpStatus: number) => ({
    error: { message: code, code: -32000, data: { code, requestId: 'r', httpStatus, errors: [] } },
  });
  const batch = [of('limit.exceeded', 429), of('prompt.not_found', 404)];
  const stub = stubPromptory({ instead: () => answer(207, batch, { 'retry-after': '9' }) });
  const promptory = createPromptory({ ...stub, apiKey, retry: false });
  const errors = await Promise.all(['1', '2'].map((id) => failed(promptory.prompts.get.query({ id }))));
  expect(errors.map(({ code, retryAfterSeconds }) => [code, retryAfterSeconds])).toEqual([
    ['limit.exceeded', 9],
    ['prompt.not_found', null],
  ]);
});

it('distinguishes a page of a proxy, broken JSON and a redirect from an answer of Promptory', async () => {
  const html = (status: number) =>
    new Response('<h1>Bad gateway</h1>', { status, headers: { 'content-type': 'text/html' } });
  const cases: [Response, number][] = [
    [html(403), 403],
    [html(200), 200],
    [answer(200, '{"result":'), 200],
    [answer(200, { anything: 'else' }), 200],
    [new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } }), 302],
  ];
  for (const [given, status] of cases) {
    const stub = stubPromptory({ instead: () => given });
    const error = await failed(createPromptory({ ...stub, apiKey, retry }).prompts.get.query({ id: '1' }));
    expect(error).toMatchObject({ code: 'client.unreadable', status });
    expect(stub.requests).toHaveLength(1);
    // Read to its end, or given up: what is left unread would keep its connection.
    expect(given.body === null || given.bodyUsed).toBe(true);
  }
});

it('understands the problem details that answer where nothing serves tRPC', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Not found',
    status: 404,
    detail: 'Nothing answers here.',
    code: 'route.not_found',
    requestId: 'r9',
    errors: [],
  };
  const stub = stubPromptory({ instead: () => answer(404, problem, { 'content-type': 'application/problem+json' }) });
  const error = await failed(createPromptory({ ...stub, apiKey }).prompts.get.query({ id: '1' }));
  expect(error).toMatchObject({
    code: 'route.not_found',
    status: 404,
    requestId: 'r9',
    message: 'Nothing answers here.',
    details: {},
  });
});

it('follows no redirect with a password or a token', async () => {
  const seen: RequestInit[] = [];
  const stub = stubPromptory();
  const promptory = createPromptory({
    ...stub,
    apiKey,
    fetch: (url, init) => {
      seen.push(init);
      return stub.fetch(url, init);
    },
  });
  await promptory.prompts.get.query({ id: '1' });
  expect(seen.map(({ redirect }) => redirect)).toEqual(['manual']);
});

it('ends an aborted call at once, though others of its batch go on', async () => {
  let release = () => {};
  const held = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  const stub = stubPromptory({ instead: () => held });
  const promptory = createPromptory({ ...stub, apiKey });
  const controller = new AbortController();
  const aborted = failed(promptory.prompts.get.query({ id: '1' }, { signal: controller.signal }));
  const other = promptory.prompts.get.query({ id: '2' });
  await expect.poll(() => stub.requests).toHaveLength(1);
  controller.abort();
  expect(await aborted).toMatchObject({ code: 'client.aborted', message: 'The call was aborted.' });
  release();
  await expect(other).resolves.toMatchObject({ id: '2' });
});

it('ends an aborted call while it waits to be tried again, and tries it no more', async () => {
  const stub = stubPromptory({ instead: () => new TypeError('fetch failed') });
  const promptory = createPromptory({ ...stub, apiKey, retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 } });
  const controller = new AbortController();
  const outcome = failed(promptory.prompts.get.query({ id: '1' }, { signal: controller.signal }));
  await expect.poll(() => stub.requests).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort();
  expect((await outcome).code).toBe('client.aborted');
  expect(stub.requests).toHaveLength(1);
});

it('sends nothing for a call whose signal was aborted before', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  const error = await failed(promptory.prompts.get.query({ id: '1' }, { signal: AbortSignal.abort() }));
  expect(error.code).toBe('client.aborted');
  expect(stub.requests).toHaveLength(0);
});

it('listens once to a signal, however many calls wait for it', async () => {
  const added = new Map<EventTarget, number>();
  const add = EventTarget.prototype.addEventListener;
  const spy = vi.spyOn(EventTarget.prototype, 'addEventListener').mockImplementation(function (
    this: EventTarget,
    ...given
  ) {
    if (given[0] === 'abort') added.set(this, (added.get(this) ?? 0) + 1);
    return add.apply(this, given);
  });
  try {
    for (const batch of [{}, false] as const) {
      added.clear();
      const stub = stubPromptory();
      const promptory = createPromptory({ ...stub, apiKey, batch });
      const { signal } = new AbortController();
      await Promise.all(
        Array.from({ length: 30 }, (_, id) => promptory.prompts.get.query({ id: String(id) }, { signal })),
      );
      expect(added.get(signal)).toBe(1);
      expect(Math.max(...added.values())).toBeLessThanOrEqual(10);
    }
  } finally {
    spy.mockRestore();
  }
});

it('leaves no listener on a signal that outlives many calls', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  const { signal } = new AbortController();
  for (let round = 0; round < 5; round++) {
    await Promise.all([1, 2, 3].map((id) => promptory.prompts.get.query({ id: String(id) }, { signal })));
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('gives up on a server that does not answer within the time allowed', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({
    ...stub,
    apiKey,
    retry: false,
    timeoutMs: 20,
    fetch: (_url, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
  });
  const error = await failed(promptory.prompts.get.query({ id: '1' }));
  expect(error).toMatchObject({ code: 'client.network', message: 'No answer came within 20 ms.' });
});

it('ends calls in flight when it is closed, and makes none after', async () => {
  const stub = stubPromptory({ instead: () => new Promise(() => undefined) });
  const promptory = createPromptory({ ...stub, apiKey });
  const outcome = failed(promptory.prompts.get.query({ id: '1' }));
  await expect.poll(() => stub.requests).toHaveLength(1);
  promptory.$close();
  expect((await outcome).code).toBe('client.aborted');
  expect((await failed(promptory.prompts.get.query({ id: '2' }))).code).toBe('client.aborted');
  expect(stub.requests).toHaveLength(1);
});

it('reads a stream as it arrives, and throws an error within it as any other', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const prompt of await promptory.transfer.export.query({})) seen.push(prompt);
  })();
  const error = await failed(reading);
  expect(seen).toEqual([{ slug: 'a' }, { slug: 'b' }]);
  expect(error.code).toBe('server.busy');
});

it('refuses a url that is no server’s root, without repeating a password in it', () => {
  for (const url of ['ftp://promptory.test', 'http://u:secret@promptory.test', 'http://promptory.test/?key=secret']) {
    expect(() => createPromptory({ url, apiKey })).toThrow(TypeError);
    expect(() => createPromptory({ url, apiKey })).not.toThrow(/secret/);
  }
});

it('finds the wire below a path', async () => {
  const stub = stubPromptory({ instead: () => answer(404, {}) });
  const promptory = createPromptory({ ...stub, url: 'http://promptory.test/tools/prompts', apiKey });
  await failed(promptory.prompts.get.query({ id: '1' }));
  expect(stub.requests[0]?.url.pathname).toBe('/tools/prompts/trpc/prompts.get');
});

it('sends given headers with every request, and its own token before theirs', async () => {
  const stub = stubPromptory();
  const headers = { 'x-team': 'blue', authorization: 'Bearer of-somebody-else' };
  const promptory = createPromptory({ ...stub, apiKey, headers: async () => headers });
  await promptory.prompts.get.query({ id: '1' });
  expect(stub.requests[0]?.headers.get('x-team')).toBe('blue');
  expect(stub.requests[0]?.headers.get('authorization')).toBe('Bearer pty_live_x');
});
