import { describe, expect, it } from 'vitest';
import { etagOf, noneMatchHolds, tagsFromIfMatch } from './etag.ts';

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

describe('an ETag of a revision', () => {
  it('is what the output says, and weak where a field passes over it', () => {
    const rule = { revision: 'revision', weakWith: 'nextCursor' };
    const tag = (output: object) => etagOf(JSON.stringify(output), output, rule);
    expect(tag({ revision: 'r', nextCursor: null })).toBe('"r"');
    expect(tag({ revision: 'r' })).toBe('"r"');
    expect(tag({ revision: 'r', nextCursor: 'c' })).toBe('W/"r"');
  });
});

describe('an ETag of a revision and of what it does not speak of', () => {
  it('is the revision, and behind a dot another text for each other value of these fields', () => {
    const rule = { revision: 'revision', besides: ['signature', 'fault'] };
    const tag = (output: object) => etagOf(JSON.stringify(output), output, rule);
    const tags = [{}, { signature: 1 }, { fault: 1 }, { signature: 1, fault: 1 }].map((rest) =>
      tag({ revision: 'r', ...rest }),
    );
    for (const each of tags) expect(each).toMatch(/^"r\.[\w-]{22}"$/);
    expect(new Set(tags).size).toBe(4);
    expect(tag({ revision: 'r', signature: 1, other: 2 })).toBe(tags[1]);
  });
});

describe('If-Match', () => {
  it.each([
    ['"a"', ['a']],
    [' "a" , "b,c" ', ['a', 'b,c']],
    ['W/"w", "a",', ['a']],
    [', ,"a"', ['a']],
    ['""', ['']],
    ['*', undefined],
    [undefined, undefined],
  ])('%j gives its strong tags', (header, tags) => {
    expect(tagsFromIfMatch(header)).toEqual(tags);
  });

  it.each([
    '',
    ' ',
    ',',
    'a',
    '"a',
    'a"',
    '"a" "b"',
    'w/"a"',
    'W/ "a"',
    'W/"a"',
    '"a", *',
    '"a b"',
    `"${'a'.repeat(5_000)}"`,
  ])('%j is refused', (header) => {
    expect(() => tagsFromIfMatch(header)).toThrow(expect.objectContaining({ code: 'PRECONDITION_FAILED' }));
  });
});
