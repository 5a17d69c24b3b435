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
