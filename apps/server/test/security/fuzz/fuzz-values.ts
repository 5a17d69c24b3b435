import fc from 'fast-check';

// What a caller may send where something else was meant.

/** A value by its JSON text, for what no value of JavaScript is written as, or what is too long to keep. */
export class Written {
  readonly json: () => string;
  constructor(json: () => string) {
    this.json = json;
  }
}

const written = (json: string): Written => new Written(() => json);
const long = (unit: string, times: number): Written => new Written(() => JSON.stringify(unit.repeat(times)));
const nested = (open: string, close: string, levels: number): Written =>
  new Written(() => `${open.repeat(levels)}1${close.repeat(levels)}`);
const manyKeys = (count: number): Written =>
  new Written(() => `{${Array.from({ length: count }, (_, index) => `"key${index}":${index}`).join()}}`);
const manyItems = (count: number): Written => new Written(() => `[${'1,'.repeat(count - 1)}1]`);

/** JSON text of a value that may hold `Written` ones, own `__proto__` keys included. */
export function jsonText(value: unknown): string {
  if (value instanceof Written) return value.json();
  if (Array.isArray(value)) return `[${value.map(jsonText).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`)
    .join()}}`;
}

const MEBIBYTE = 1_048_576;

const texts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\udc00\ud800',
  '\u202eevil\u202c',
  '\u2066\u2069',
  '\u200b',
  '\u200d\ufeff',
  'ﬁ İ ſ ß',
  'a\u0301'.repeat(50),
  '\uffff\ufffe',
  '👩‍👩‍👧‍👦'.repeat(10),
  '%',
  '_',
  '\\',
  '%_\\',
  '％＿＼',
  "'",
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '$1 :name ?',
  '& | ! <-> :*',
  '"unclosed',
  '{{ 7 | times: 7 }}',
  '{% for i in (1..100000000) %}x{% endfor %}',
  '{{ constructor.constructor }}',
  '<script>alert(1)</script>',
  'a\r\nSet-Cookie: stolen=1',
  '=cmd|calc!A1',
  '../../etc/passwd',
  '..',
  '.',
  '/',
  'a/b',
  '?a=b#c',
  '%00',
  '%zz',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
  '[object Object]',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  '99999999999999999999999999',
  '0x10',
  'me',
  'latest',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF',
  '01900000-0000-7000-8000-00000000000',
  '{01900000-0000-7000-8000-000000000000}',
  '+275760-09-13T00:00:00.000Z',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-20T00:00:00.000Z',
  '275760-09-13',
  '0000-01-01',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  'javascript:alert(1)',
  'http://169.254.169.254/',
  'https://[::1',
  'a@b',
  '"a b"@example.com',
  'a@b@c',
  'a@xn--0.com',
  'ä@ö.example',
  'A@EXAMPLE.COM.',
] as const;

const scalars = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.1,
  100,
  101,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  1e21,
  1e-7,
  written('-0'),
  written('1e400'),
  written('-1e400'),
  written('1e-400'),
  written('9007199254740993'),
  written('9223372036854775808'),
  written('0.1e1'),
  written('NaN'),
  written('Infinity'),
  written('01'),
  written("'single'"),
  written('"\\ud800"'),
  written('undefined'),
] as const;

const containers = [
  [],
  {},
  [[]],
  [null],
  [''],
  { length: 1e9 },
  { $ne: null },
  { toJSON: 'x', toString: 'x', valueOf: 1 },
  written('{"__proto__":{"isAdmin":true}}'),
  written('{"constructor":{"prototype":{"isAdmin":true}}}'),
  written('{"a":1,"a":2}'),
  nested('[', ']', 40),
  nested('{"a":', '}', 40),
  nested('[', ']', 63),
  manyItems(600),
] as const;

const costly = [
  long('x', MEBIBYTE),
  long('x', MEBIBYTE - 5_000),
  long('\0', 100_000),
  long('👩', 200_000),
  long('%_\\', 100_000),
  long('a ', 100_000),
  long('a\n', 90_000),
  long('((', 100_000),
  long('a-', 100_000),
  long('01900000-0000-7000-8000-000000000000', 1_000),
  manyKeys(10_000),
  manyItems(100_000),
  nested('[', ']', 5_000),
  nested('{"a":', '}', 5_000),
  nested('[', ']', 65),
] as const;

/** Strings that have broken something somewhere, and strings of any characters. */
export const nastyText: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...texts) },
  { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
);

/** Anything at all; of a few hundred one is large. */
export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 240, arbitrary: nastyText },
  { weight: 140, arbitrary: fc.constantFrom<unknown[]>(...scalars) },
  { weight: 80, arbitrary: fc.constantFrom<unknown[]>(...containers) },
  { weight: 4, arbitrary: fc.constantFrom<unknown[]>(...costly) },
);

/** Names of fields that are not the input's. */
export const oddName: fc.Arbitrary<string> = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
  '',
  '0',
  'id',
  'userId',
  'user_id',
  'role',
  'isAdmin',
  'a\0b',
  '\ud800',
  'a.b',
  'a[b]',
  '$where',
  'x'.repeat(5_000),
);
