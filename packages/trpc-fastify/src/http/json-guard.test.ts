import fc from 'fast-check';
import Fastify, { type FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { refuseCostlyJson, safeJsonParser } from './json-guard.ts';
import { RequestRefused } from './request-refused.ts';

const MAX_JSON_DEPTH = 64;
const MAX_JSON_NAMES = 20_000;
const MAX_JSON_VALUES = 50_000;

const nested = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const items = (count: number): string => `[${Array(count).fill(1).join()}]`;
const members = (count: number): string => `{${Array.from({ length: count }, (_, n) => `"k${n}":1`).join()}}`;

describe('a JSON text', () => {
  it.each([
    ['nests as deeply as it may', nested(MAX_JSON_DEPTH)],
    ['has as many values as it may', items(MAX_JSON_VALUES - 1)],
    [
      'has as many empty arrays as it may',
      `[${Array(MAX_JSON_VALUES - 1)
        .fill('[]')
        .join()}]`,
    ],
    ['has as many names as it may', members(MAX_JSON_NAMES)],
    ['has many brackets, commas and colons in strings', JSON.stringify(['[{,:'.repeat(100_000), '\\"[', '\\\\'])],
    ['ends within a string', '"[['],
  ])('passes that %s', (_, text) => {
    expect(() => refuseCostlyJson(text)).not.toThrow();
  });

  it.each([
    ['nests deeper', nested(MAX_JSON_DEPTH + 1), 400],
    ['nests deeper and never ends', '['.repeat(1_000_000), 400],
    ['nests deeper behind an escaped quotation mark', `["\\\\\\"",${nested(MAX_JSON_DEPTH)}]`, 400],
    ['has more values', items(MAX_JSON_VALUES + 1), 413],
    [
      'has more arrays',
      `[${Array(MAX_JSON_VALUES + 1)
        .fill('[]')
        .join()}]`,
      413,
    ],
    ['has more names', members(MAX_JSON_NAMES + 1), 413],
  ])('is refused that %s', (_, text, status) => {
    expect(() => refuseCostlyJson(text)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ status }) }),
    );
  });

  it('passes whatever JSON of ordinary size says, with any strings in it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6, stringUnit: fc.constantFrom('"', '\\', '[', '{', ',', ':', 'a') }),
        (value) => {
          expect(() => refuseCostlyJson(JSON.stringify(value))).not.toThrow();
          expect(() =>
            refuseCostlyJson(`${nested(MAX_JSON_DEPTH).slice(0, MAX_JSON_DEPTH)}${JSON.stringify([value])}`),
          ).toThrow();
        },
      ),
    );
  });
});

describe("a host's own reading of JSON", () => {
  const parse = safeJsonParser(Fastify(), (text) => {
    if (text === 'no') throw new RequestRefused('malformed_json', 'Not this.', 'a.b');
    return { read: JSON.parse(text) };
  });
  const req = {} as FastifyRequest;

  it('gives what it makes of the text, without a byte order mark', () => {
    expect(parse(req, '\ufeff[1]')).toEqual({ read: [1] });
  });

  it('is answered as it refuses, and any other failure as broken JSON that is not echoed', () => {
    expect(() => parse(req, 'no')).toThrow(expect.objectContaining({ message: 'Not this.', code: 'BAD_REQUEST' }));
    expect(() => parse(req, 'secret')).toThrow(expect.objectContaining({ message: 'The body is not valid JSON.' }));
  });

  it('comes after the bounds', () => {
    expect(() => parse(req, nested(MAX_JSON_DEPTH + 1))).toThrow(/deeper/);
  });
});
