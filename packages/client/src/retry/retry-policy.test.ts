import { expect, it } from 'vitest';
import { PromptoryError } from '../errors/promptory-error.ts';
import { retryAfterOf } from '../links/read-fetch.ts';
import { retryDelay, retryPolicy } from './retry-policy.ts';

type Code = PromptoryError['code'];
const failure = (code: Code, status: number | null, retryAfterSeconds: number | null = null) =>
  new PromptoryError({ code, message: code, status, retryAfterSeconds });
const policy = retryPolicy(undefined, false);
const delay = (repeatable: boolean, error: PromptoryError, attempt = 1) =>
  retryDelay({ repeatable, isReached: true, attempt, waitedMs: 0, error }, policy, 1);

it.each<[Code, number | null, number | null, number | null, number | null]>([
  // code, status, Retry-After, delay of a query, delay of a mutation
  ['client.network', null, null, 250, null],
  ['client.aborted', null, null, null, null],
  ['client.unreadable', 502, null, 250, null],
  ['client.unreadable', 503, 2, 2125, null],
  ['client.unreadable', 504, null, 250, null],
  ['client.unreadable', 404, null, null, null],
  ['client.unsendable', null, null, null, null],
  ['limit.exceeded', 429, 3, 3125, 3125],
  ['limit.exceeded', 429, null, 250, null],
  ['limit.exceeded', 429, 31, null, null],
  ['server.busy', 503, 1, 1125, 1125],
  ['server.busy', 503, null, 250, null],
  ['server.unavailable', 503, 1, 1125, null],
  ['server.internal', 500, null, null, null],
  ['prompt.version_conflict', 409, null, null, null],
  ['auth.invalid_token', 401, null, null, null],
])(
  'after %s (status %s, Retry-After %s) waits %s ms with a query and %s ms with a mutation',
  (code, status, after, query, mutation) => {
    expect(delay(true, failure(code, status, after))).toBe(query);
    expect(delay(false, failure(code, status, after))).toBe(mutation);
  },
);

it('tries three times in all, twice as long apart each time', () => {
  const error = failure('client.network', null);
  expect([1, 2, 3].map((attempt) => delay(true, error, attempt))).toEqual([250, 500, null]);
});

it('spreads the waits of many clients over their second half, and never returns sooner than the server asked', () => {
  const network = failure('client.network', null);
  const busy = failure('server.busy', 503, 2);
  expect(retryDelay({ repeatable: true, isReached: true, attempt: 1, waitedMs: 0, error: network }, policy, 0)).toBe(
    125,
  );
  expect(retryDelay({ repeatable: false, isReached: true, attempt: 1, waitedMs: 0, error: busy }, policy, 0)).toBe(
    2000,
  );
});

it('tries for longer in a program, once the server has answered', () => {
  const error = failure('client.network', null);
  const program = retryPolicy(undefined, true);
  const attemptsOf = (isReached: boolean) => {
    let attempt = 1;
    while (retryDelay({ repeatable: true, isReached, attempt, waitedMs: 0, error }, program, 0) !== null) attempt++;
    return attempt;
  };
  expect([attemptsOf(true), attemptsOf(false)]).toEqual([10, 3]);
  expect(retryDelay({ repeatable: true, isReached: true, attempt: 9, waitedMs: 0, error }, program, 1)).toBe(10_000);
});

it('puts a call off for as long as it may wait in all, however often', () => {
  const putOff = failure('limit.exceeded', 429, 60);
  const program = retryPolicy(undefined, true);
  const after = (waitedMs: number) =>
    retryDelay({ repeatable: false, isReached: true, attempt: 99, waitedMs, error: putOff }, program, 0);
  expect([after(0), after(540_000), after(540_001)]).toEqual([60_000, 60_000, null]);
});

it('tries nothing twice where retries are switched off', () => {
  const off = retryPolicy(false, true);
  expect(
    retryDelay(
      { repeatable: true, isReached: true, attempt: 1, waitedMs: 0, error: failure('client.network', null) },
      off,
      1,
    ),
  ).toBeNull();
});

it('reads Retry-After as seconds or as a date', () => {
  const now = Date.parse('2026-01-01T00:00:00.000Z');
  expect(retryAfterOf('17', now)).toBe(17);
  expect(retryAfterOf('Thu, 01 Jan 2026 00:00:20 GMT', now)).toBe(20);
  expect(retryAfterOf('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect(retryAfterOf('soon', now)).toBeNull();
  expect(retryAfterOf(null, now)).toBeNull();
});
