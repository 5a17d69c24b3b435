import { AppError, detailedError } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { wordsOf } from './words.ts';

const invalid = (...paths: string[]) =>
  new AppError('request.invalid', {
    errors: paths.map((path) => ({ path, message: `No ${path}`, code: 'required' }) as never),
  });

it('says of an input what no field of the form says, and of one without a form that the address is wrong', () => {
  expect(wordsOf(invalid('email'), ['email', 'name'])).toBe('Something is missing or not right yet: see below.');
  expect(wordsOf(invalid('email', 'next', 'a'), ['email'])).toBe('That is not possible. next: No next. a: No a.');
  for (const error of [invalid(), invalid('token')]) {
    expect(wordsOf(error)).toBe('There is nothing at this address: it is not whole, or was never one.');
  }
});

it.each([
  [null, 'a little'],
  [1, 'a minute'],
  [60, 'a minute'],
  [61, '2 minutes'],
  [120, '2 minutes'],
  [900, '15 minutes'],
])('says for how long to wait, %s seconds, as %s', (retryAfterSeconds, wait) => {
  const parts = retryAfterSeconds === null ? {} : { retryAfterSeconds };
  const error = detailedError('limit.exceeded', { limit: 'login' }, parts);
  expect(wordsOf(error, ['email'])).toBe(`That was often. Wait ${wait}, and try again.`);
});

it('says what others say where there is nothing better', () => {
  const error = new AppError('prompt.not_found');
  expect(wordsOf(error)).toBe(error.message);
  expect(wordsOf(new AppError('server.busy'))).not.toBe(new AppError('server.busy').message);
});
