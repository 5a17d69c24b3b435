import { expect, it } from 'vitest';
import { factsOf } from './facts-of.ts';
import { ordinaryFacts } from './procedure-facts.ts';

it('says what the server declares of a procedure, and else what holds of an ordinary one', () => {
  expect(factsOf('auth.register')).toEqual({ ...ordinaryFacts, token: 'none', batch: false });
  expect(factsOf('prompts.get')).toEqual(ordinaryFacts);
});

it.each(['constructor', 'toString', '__proto__', 'prompts.inventedLater'])(
  'takes %s, which is no procedure that it knows, for an ordinary one',
  (path) => {
    expect(factsOf(path)).toBe(ordinaryFacts);
  },
);
