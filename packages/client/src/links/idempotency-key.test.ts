import { expect, it } from 'vitest';
import { Refusal, stubPromptory } from '../../test/stub-promptory.ts';
import { createPromptory } from '../create-promptory.ts';
import { isPromptoryError } from '../errors/promptory-error.ts';
import { withIdempotencyKey } from './idempotency-key.ts';

const apiKey = 'pty_live_x';
const retry = { baseDelayMs: 1 };
const input = { title: 'A guide', content: 'Guide me' };

it('sends the key in a request of the call alone, and another one with each call', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey });
  await Promise.all([
    promptory.prompts.create.mutate(input, withIdempotencyKey()),
    promptory.prompts.create.mutate(input, withIdempotencyKey()),
    promptory.prompts.create.mutate(input, withIdempotencyKey('order-1')),
    promptory.prompts.create.mutate(input),
    promptory.prompts.create.mutate(input),
  ]);
  const sent = stub.requests.map(({ paths, headers }) => [paths.length, headers.get('idempotency-key')]);
  expect(sent.map(([calls]) => calls)).toEqual([1, 1, 1, 1, 1]);
  const keys = sent.map(([, key]) => key);
  expect(new Set(keys).size).toBe(5);
  expect(keys).toContain('order-1');
  expect(keys).not.toContain(null);
});

it('is made up for what creates something only where calls are tried again', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry: false });
  await Promise.all([promptory.prompts.create.mutate(input), promptory.prompts.create.mutate(input)]);
  expect(stub.requests.map(({ paths, headers }) => [paths.length, headers.get('idempotency-key')])).toEqual([
    [2, null],
  ]);
});

it('tries a call again whose answer was lost, under the same key', async () => {
  let lost = 2;
  const stub = stubPromptory({ instead: () => (lost-- > 0 ? new TypeError('fetch failed') : undefined) });
  const promptory = createPromptory({ ...stub, apiKey, retry });
  expect(await promptory.prompts.create.mutate(input, withIdempotencyKey())).toMatchObject({ id: 'new' });
  const keys = stub.requests.map(({ headers }) => headers.get('idempotency-key'));
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

it('asks again while the first is still being done', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry });
  stub.failNext(new Refusal('request.in_progress', 409));
  expect(await promptory.prompts.create.mutate(input, withIdempotencyKey())).toMatchObject({ id: 'new' });
  expect(stub.requests).toHaveLength(2);
});

it('is not for a call that creates nothing, which is then not sent', async () => {
  const stub = stubPromptory();
  const promptory = createPromptory({ ...stub, apiKey, retry });
  const outcome = await promptory.prompts.update
    .mutate({ id: 'x', title: 'y' }, withIdempotencyKey())
    .catch((error: unknown) => error);
  expect(isPromptoryError(outcome, 'client.unsendable')).toBe(true);
  expect(stub.requests).toEqual([]);
});
