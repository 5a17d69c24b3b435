import { expect, it } from 'vitest';
import { createPromptory } from './create-promptory.ts';

it('has its own members beside those that the server’s procedures are called by', () => {
  const promptory = createPromptory({ url: 'http://localhost:9' });
  const own = ['$forgetPrompts', '$signIn', '$items', '$import', '$close', '$signOut', '$restore', '$onSession'];
  expect(own.filter((name) => !(name in promptory))).toEqual([]);
  expect('$nothing' in promptory).toBe(false);
  expect(typeof promptory.prompts.get.query).toBe('function');
  promptory.$close();
});

it.each([
  [undefined, 'is missing'],
  ['', 'is missing'],
  ['promptory', 'is no address'],
  ['ftp://promptory.example', 'must be http or https'],
  ['https://ann@promptory.example', 'must not hold a user or a password'],
  ['https://:secret@promptory.example', 'must not hold a user or a password'],
  ['https://promptory.example/?a=1', 'must be the root of the server'],
  ['https://promptory.example/#a', 'must be the root of the server'],
  ['https://promptory.example/trpc', 'without `/trpc`'],
  ['https://promptory.example/behind/trpc/', 'without `/trpc`'],
])('takes no %j for the address of the server', (url, why) => {
  expect(() => createPromptory({ url: url as string })).toThrow(why);
});

it.each([
  ['http://localhost:9', 'http://localhost:9/trpc/me.get'],
  ['https://promptory.example/behind', 'https://promptory.example/behind/trpc/me.get'],
  ['https://promptory.example/trpc/behind/', 'https://promptory.example/trpc/behind/trpc/me.get'],
])('calls the server at %s', async (url, called) => {
  const asked: string[] = [];
  const fetch = async (address: string | URL | Request) => {
    asked.push(String(address).split('?')[0] ?? '');
    return new Response('{}', { status: 500 });
  };
  const promptory = createPromptory({ url, apiKey: 'pty_live_x', fetch: fetch as never, batch: false, retry: false });
  await promptory.me.get.query().catch(() => undefined);
  expect(asked).toEqual([called]);
});
