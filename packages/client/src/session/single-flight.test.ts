import { expect, it } from 'vitest';
import { singleFlight } from './single-flight.ts';

/** A single flight whose starts are held until the test settles them. */
function heldFlight() {
  const starts: PromiseWithResolvers<string>[] = [];
  const flight = singleFlight(() => {
    const start = Promise.withResolvers<string>();
    starts.push(start);
    return start.promise;
  });
  return { ...flight, starts };
}

it('is started once for all who want it while it is under way, and anew once it has settled', async () => {
  const { run, starts } = heldFlight();
  const both = [run(), run()];
  starts[0]?.resolve('first');
  expect(await Promise.all(both)).toEqual(['first', 'first']);
  const failing = run();
  starts[1]?.reject(new Error('second'));
  await expect(failing).rejects.toThrow('second');
  const third = run();
  starts[2]?.resolve('third');
  expect(await third).toBe('third');
});

it('is joined by who comes after one that was forgotten has settled', async () => {
  const { run, forget, starts } = heldFlight();
  const forgotten = run();
  forget();
  const current = run();
  starts[0]?.resolve('forgotten');
  expect(await forgotten).toBe('forgotten');
  const joined = run();
  expect(starts).toHaveLength(2);
  starts[1]?.resolve('current');
  expect(await Promise.all([current, joined])).toEqual(['current', 'current']);
});
