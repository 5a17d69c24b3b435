import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { shownIds } from './presented-credential.ts';

it('knows a secret by the same id on each connection, and another one shown there by another', () => {
  const idOn = shownIds();
  const [one, other] = [new Socket(), new Socket()];
  const [first, second] = [idOn(one, 'first'), idOn(one, 'second')];
  expect(second).not.toBe(first);
  expect([idOn(one, 'second'), idOn(one, 'first'), idOn(other, 'first'), idOn(other, 'second')]).toEqual([
    second,
    first,
    first,
    second,
  ]);
  expect(first).not.toContain('first');
});
