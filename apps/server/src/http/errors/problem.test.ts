import { randomUUID } from 'node:crypto';
import { AppError, spreadWait } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { problemOf } from './problem.ts';

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
