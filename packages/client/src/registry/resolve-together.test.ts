import { expect, it } from 'vitest';
import { resolveTogether } from './resolve-together.ts';

/** Notes how many references each call holds. */
function givenCalls() {
  const sizes: number[] = [];
  const resolve = resolveTogether({
    resolve: async (ref) => {
      sizes.push(1);
      return ref as never;
    },
    resolveMany: async (refs) => {
      sizes.push(refs.length);
      return { results: refs.map((ref) => ({ outcome: 'resolved', prompt: ref })) } as never;
    },
  });
  return { sizes, all: (refs: readonly string[]) => Promise.all(refs.map(resolve)) };
}

/** So many references, each of so many characters in an address: nine of them around it. */
const refs = (count: number, characters: number): string[] =>
  Array.from({ length: count }, (_, at) => String(at).padStart(characters - 9, 'x'));

it.each([
  ['one alone', refs(1, 20), [1]],
  ['a hundred', refs(100, 20), [100]],
  ['one more than a hundred', refs(101, 20), [100, 1]],
  ['as many as four thousand characters', refs(11, 400), [10, 1]],
  ['one more, where these are a few less', refs(12, 399), [11, 1]],
  ['longer ones, of which each has a call', refs(3, 4_000), [1, 1, 1]],
])('calls for references of one tick: %s', async (_what, asked, expected) => {
  const { sizes, all } = givenCalls();
  expect(await all(asked)).toEqual(asked);
  expect(sizes).toEqual(expected);
});
