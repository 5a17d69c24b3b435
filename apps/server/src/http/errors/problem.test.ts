import { randomUUID } from 'node:crypto';
import { AppError, errorKinds, spreadWait } from '@promptory/api/server';
import type { PlainErrorCode } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { appErrorOf, errorHeaders, problemOf, unforeseen } from './problem.ts';

const ids = Array.from({ length: 300 }, (_, index) => `request ${index}`);

describe('Retry-After', () => {
  it.each([
    [0, [1, 2, 3]],
    [1, [1, 2, 3]],
    [2.2, [3, 4, 5]],
    [60, [60, 61, 62, 63, 64, 65, 66]],
  ])('of a wait of %s s is one of %j, each for some of those who were refused together', (seconds, expected) => {
    const seen = new Set(ids.map((id) => spreadWait(seconds, id)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual(expected);
  });

  it.each([
    ['limit.exceeded', { retryAfterSeconds: 900, extra: { limit: 'user' } }, 900, 990],
    ['server.busy', {}, 1, 3],
    ['server.unavailable', { retryAfterSeconds: 1 }, 1, 3],
    ['request.in_progress', { retryAfterSeconds: 1 }, 1, 3],
  ] as const)('of %s is whole seconds, and never sooner than it says', (code, details, least, most) => {
    for (const id of [...ids, randomUUID()]) {
      const { headers, body } = problemOf(new AppError(code, { extra: {}, ...details }), {
        requestId: id,
        publicUrl: '',
      });
      const said = headers?.['retry-after'] ?? '';
      expect(body).toHaveProperty('retryAfterSeconds', Number(said));
      expect(said).toMatch(/^\d+$/);
      expect(Number(said)).toBeGreaterThanOrEqual(least);
      expect(Number(said)).toBeLessThanOrEqual(most);
    }
  });

  it('is not sent where another call would be answered alike', () => {
    const { headers, body } = problemOf(new AppError('prompt.not_found'), { requestId: 'any', publicUrl: '' });
    expect(headers).not.toHaveProperty('retry-after');
    expect(body).not.toHaveProperty('retryAfterSeconds');
  });
});

describe('an error that Fastify throws', () => {
  const thrown = (code: string, statusCode?: number) =>
    Object.assign(new Error('thrown: secret'), { code, statusCode });

  it.each([
    ['FST_ERR_OF_A_CLIENT', 400, 'request.malformed'],
    ['FST_ERR_OF_A_CLIENT', 499, 'request.malformed'],
    ['FST_ERR_OF_OURS', 500, 'server.internal'],
    ['FST_ERR_OF_OURS', 399, 'server.internal'],
    ['FST_ERR_OF_OURS', undefined, 'server.internal'],
    ['OTHER', 400, 'server.internal'],
  ])('%s with status %s is %s, and keeps what it was for the log', (code, status, expected) => {
    const error = thrown(code, status);
    const known = appErrorOf(error);
    expect(known.code).toBe(expected);
    expect(known.cause).toBe(error);
    expect(known.message).not.toContain('secret');
  });
});

it('writes stacks of what is the server’s own fault alone, but not of a full disk', () => {
  const codes = Object.keys(errorKinds) as PlainErrorCode[];
  const logged = codes.filter((code) => unforeseen(new AppError(code, { extra: {} })) !== null);
  expect(logged).toContain('server.internal');
  expect(logged).toEqual(codes.filter((code) => errorKinds[code].status >= 500 && code !== 'server.storage_full'));
});

it('writes the stack of what was thrown, else that of the error itself', () => {
  const cause = new TypeError('of the inside');
  expect(unforeseen(new AppError('server.internal', { cause }))).toEqual({ err: cause });
  const alone = new AppError('server.internal');
  expect(unforeseen(alone)?.err).toBe(alone);
});

it.each([
  ['auth.required', 'Bearer realm="promptory"'],
  ['auth.invalid_token', 'Bearer realm="promptory", error="invalid_token"'],
  ['auth.session_ended', 'Bearer realm="promptory", error="invalid_token"'],
  ['auth.second_factor_required', 'Bearer realm="promptory", error="insufficient_user_authentication"'],
  ['prompt.not_found', undefined],
] as const)('says of %s how to sign in: %s', (code, header) => {
  expect(errorHeaders(new AppError(code, { extra: {} }), 'id')['www-authenticate']).toBe(header);
});
