import { expect, it } from 'vitest';
import { ENDLESS, takeStep } from './steps-left.ts';

it('is over when its steps are taken, or its time has gone by, and of a job never', () => {
  let isLate = false;
  const left = { steps: 3, isLate: () => isLate };
  expect([takeStep(left), takeStep(left)]).toEqual([true, true]);
  isLate = true;
  expect([takeStep(left), left.steps]).toEqual([false, 1]);
  isLate = false;
  expect([takeStep(left), takeStep(left)]).toEqual([true, false]);
  expect(takeStep({ ...ENDLESS })).toBe(true);
});
