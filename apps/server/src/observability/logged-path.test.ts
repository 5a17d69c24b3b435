import { describe, expect, it } from 'vitest';
import { loggedPath } from './logged-path.ts';

const knownSegments = new Set(['prompts', 'versions', 'trpc', 'me.get', 'prompts.list']);
const id = '01900000-0000-7000-8000-000000000000';

describe('loggedPath', () => {
  it.each([
    ['/prompts', '/prompts'],
    ['/', '/'],
    [`/prompts/${id}/versions/12`, `/prompts/${id}/versions/12`],
    ['/trpc/me.get,prompts.list?batch=1&input=x', '/trpc/me.get,prompts.list'],
    ['/prompts?q=secret#secret', '/prompts'],
  ])('shows %s', (url, shown) => {
    expect(loggedPath(url, knownSegments)).toBe(shown);
  });

  it.each([
    ['/prompts/hunter2', '/prompts/…'],
    ['/prompts/492039', '/prompts/…'],
    ['/prompts/%70ty_live_abcdefgh', '/prompts/…'],
    ['/trpc/me.get,hunter2,prompts.list', '/trpc/me.get,…,prompts.list'],
    ['/prompts;hunter2', '/…'],
    [`/prompts/${id}x`, '/prompts/…'],
    ['/Prompts', '/…'],
    ['hunter2', '…'],
  ])('hides what is nobody else’s in %s', (url, shown) => {
    expect(loggedPath(url, knownSegments)).toBe(shown);
  });

  it('ends after 300 characters', () => {
    expect(loggedPath('/prompts'.repeat(100), knownSegments)).toHaveLength(300);
  });
});
