import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedType } from './accept.ts';

const JSON_ONLY = ['application/json'];
const EXPORT = ['application/x-ndjson', 'text/csv', 'text/markdown'];

describe('acceptedType', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json;charset=utf-8', 'application/json'],
    ['application/json; charset="UTF-8"; q=0.5', 'application/json'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8', 'application/json'],
    ['text/html, */*; q=0.001', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/json,*/*;q=0', 'application/json'],
    [', ,application/json,', 'application/json'],
    ['text/html', undefined],
    ['text/*', undefined],
    ['application/json;q=0', undefined],
    ['*/*;q=0', undefined],
    ['*/*, application/json;q=0', undefined],
    ['application/*;q=0, */*', undefined],
    ['application/json;q=0.0, application/*;q=0.000', undefined],
    ['application/json;charset=utf-16', undefined],
    ['application/json;version=2', undefined],
    ['application/json;version="1,2;3\\""', undefined],
    ['text/html;a="\\", application/json, "', undefined],
    ['text/html;a="\\\\", application/json', 'application/json'],
    ['application/json;version=2, application/*;q=0.1', 'application/json'],
    ['application/problem+json', undefined],
    ['application/jsonx', undefined],
    ['applicatio/*', undefined],
  ])('takes Accept: %s for %s where there is JSON', (accept, type) => {
    expect(acceptedType(accept, JSON_ONLY)).toBe(type);
  });

  it.each([
    ['text/csv', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/*;q=0.5, text/csv;q=0.4', 'text/markdown'],
    ['text/csv;q=0.1, */*', 'application/x-ndjson'],
    ['text/csv, */*', 'text/csv'],
    ['application/x-ndjson, text/csv', 'application/x-ndjson'],
    ['*/*;q=0.9, text/csv;q=0.9', 'text/csv'],
    ['text/markdown, text/csv', 'text/markdown'],
    ['text/csv;q=0, text/*', 'text/markdown'],
    ['application/x-ndjson;q=0, */*', 'text/csv'],
    ['application/json', undefined],
    ['text/csv;header=present', undefined],
  ])('takes Accept: %s for %s where there are several types', (accept, type) => {
    expect(acceptedType(accept, EXPORT)).toBe(type);
  });

  it.each([
    'toString',
    'application',
    '/',
    '*',
    '*/json',
    'application/',
    'application/json/xml',
    'text/html;q=2',
    'text/html;q=',
    'text/html;q=-1',
    'text/html;q=0.0001',
    'text/html;q=NaN',
    'text/html;',
    'text/html;=1',
    '"text/html"',
    'text/html;a="',
    'text/html; q=.2, image/gif; q=.2, *; q=.2',
  ])('takes the malformed Accept: %s for none', (accept) => {
    expect(acceptedType(accept, JSON_ONLY)).toBe('application/json');
  });

  it('does not look at a header that is longer than any client means', () => {
    expect(acceptedType(`text/html;a=${'b'.repeat(2_000)}`, JSON_ONLY)).toBeUndefined();
    expect(acceptedType(`text/html;a=${'b'.repeat(3_000)}`, JSON_ONLY)).toBe('application/json');
  });

  it('goes by what it understands of a header that is malformed elsewhere', () => {
    expect(acceptedType('nonsense, text/csv', EXPORT)).toBe('text/csv');
  });

  it('answers any text with an offered type or none, and never throws', () => {
    const piece = fc.constantFrom(
      'text/csv',
      '*/*',
      'text/*',
      ';q=0',
      ';q=1',
      ';q=',
      ',',
      ';',
      '"',
      '\\',
      '=',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (accept) => {
          expect([undefined, ...EXPORT]).toContain(acceptedType(accept, EXPORT));
        },
      ),
    );
  });
});
