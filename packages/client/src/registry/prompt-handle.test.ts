import { expect, it } from 'vitest';
import { promptHandles, type Registry } from './prompt-handle.ts';

it('is opened once by all that use it together, and again where that failed', async () => {
  const openings: Array<PromiseWithResolvers<Registry>> = [];
  const { prompt } = promptHandles(() => {
    const opening = Promise.withResolvers<Registry>();
    openings.push(opening);
    return opening.promise;
  });
  const both = Promise.allSettled([prompt('a').get(), prompt('b').get()]);
  expect(openings).toHaveLength(1);
  openings[0]?.reject(new Error('The chunk could not be loaded.'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = prompt('a').get();
  openings[1]?.resolve({ get: async (ref: string) => ({ ref }) } as unknown as Registry);
  expect(await again).toEqual({ ref: 'a' });
  expect(await prompt('b').get()).toEqual({ ref: 'b' });
  expect(openings).toHaveLength(2);
});
