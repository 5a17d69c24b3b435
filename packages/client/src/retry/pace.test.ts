import { expect, it } from 'vitest';
import { PromptoryError } from '../errors/promptory-error.ts';
import { type Counted, Pace } from './pace.ts';

function given() {
  const clock = { ms: 1_000 };
  const pace = new Pace(() => clock.ms);
  const heldFor = (counted: Counted = 'caller'): number | null => {
    try {
      pace.check(counted);
      return null;
    } catch (error) {
      return error instanceof PromptoryError && error.code === 'limit.exceeded' ? error.retryAfterSeconds : Number.NaN;
    }
  };
  return { clock, pace, heldFor };
}

it('knows whether the server has ever answered, whatever it said and whoever calls now', () => {
  const { pace } = given();
  expect(pace.isReached).toBe(false);
  pace.learn(null);
  expect(pace.isReached).toBe(true);
  pace.forget();
  expect(pace.isReached).toBe(true);
});

it('lets calls through until nothing is left, and again when the limit begins anew', () => {
  const { clock, pace, heldFor } = given();
  pace.learn('"key";r=1;t=30');
  expect(heldFor()).toBeNull();
  pace.learn('"key";r=0;t=30');
  expect(heldFor()).toBe(30);
  clock.ms += 29_999;
  expect(heldFor()).toBe(0.001);
  clock.ms += 1;
  expect(heldFor()).toBeNull();
});

it('keeps the limit of an address from calls with a token, and the other way about', () => {
  const { pace, heldFor } = given();
  pace.learn('"anonymous";r=0;t=5');
  expect([heldFor('caller'), heldFor('address')]).toEqual([null, 5]);
  pace.learn('"user";r=0;t=7');
  expect([heldFor('caller'), heldFor('address')]).toEqual([7, 5]);
  pace.learn('"anonymous";r=3;t=4');
  expect([heldFor('caller'), heldFor('address')]).toEqual([7, null]);
  pace.forget();
  expect(heldFor('caller')).toBeNull();
});

it.each([null, '', '"login";r=0;t=60', '"constructor";r=0;t=60', 'key;r=0;t=60', '"key";r=0;t=9999999', '"key";r=0'])(
  'passes over %s',
  (header) => {
    const { pace, heldFor } = given();
    pace.learn(header);
    expect([heldFor('caller'), heldFor('address')]).toEqual([null, null]);
  },
);

it('says which limit it is, as the server would', () => {
  const { pace } = given();
  pace.learn('"user";r=0;t=7');
  const refusal: unknown = expect.objectContaining({
    details: { limit: 'user' },
    data: expect.objectContaining({ code: 'limit.exceeded', httpStatus: 429, limit: 'user' }),
  });
  expect(() => pace.check('caller')).toThrow(refusal as Error);
});
