import { describe, expect, it } from 'vitest';
import { etagOf, noneMatchHolds } from './etag.ts';

const page = (nextCursor: string | null, title = 'A') => ({ title, inner: { nextCursor: title }, nextCursor });
const tagOf = (output: object) => etagOf(JSON.stringify(output), output, { without: 'nextCursor' });

describe('an ETag without a field', () => {
  it('is weak, and the same while all the rest is', () => {
    expect(tagOf(page('x'))).toMatch(/^W\/"[\w-]{22}"$/);
    expect(tagOf(page('x'))).toBe(tagOf(page('y')));
    expect(tagOf(page('x'))).not.toBe(tagOf(page(null)));
    expect(tagOf(page('x', 'A'))).not.toBe(tagOf(page('x', 'B')));
  });

  it('is found again by If-None-Match', () => {
    const tag = tagOf(page('x'));
    for (const header of [tag, tag.slice(2), `"other", ${tag}`, '*']) expect(noneMatchHolds(header, tag)).toBe(true);
    expect(noneMatchHolds('W/"other"', tag)).toBe(false);
  });
});
