import { expect, it } from 'vitest';
import { createKnownCredentials } from './known-credentials.ts';

const isSettled = async (promise: Promise<void>): Promise<boolean> =>
  await Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);

it('lets others wait for who is looking a credential up, and only as long as that lasts', async () => {
  const known = createKnownCredentials();
  expect(known.underWay('a')).toBeUndefined();
  const end = known.lookUp('a');
  const waiting = known.underWay('a');
  if (waiting === undefined) throw new Error('Nobody can wait.');
  expect(known.underWay('b')).toBeUndefined();
  expect(await isSettled(waiting)).toBe(false);
  end();
  expect(await isSettled(waiting)).toBe(true);
  expect(known.underWay('a')).toBeUndefined();
});

it('lets others wait for the latest of two who look the same one up', async () => {
  const known = createKnownCredentials();
  const [first, second] = [known.lookUp('a'), known.lookUp('a')];
  const waiting = known.underWay('a');
  first();
  expect(known.underWay('a')).toBe(waiting);
  second();
  expect(known.underWay('a')).toBeUndefined();
});
