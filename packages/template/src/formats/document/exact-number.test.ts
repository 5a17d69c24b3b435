import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { unkeptNumber } from './exact-number.ts';

const unkept = (source: string) => unkeptNumber({ value: parse(source), source });

it.each([
  ...[
    '0',
    '-0',
    '1',
    '+1',
    '-1.50',
    '1e3',
    '.5',
    '5.',
    '0.1',
    '1E-7',
    '0xff',
    '0o17',
    '9007199254740991',
    '9007199254740992',
  ],
  ...['12345678901234567000', '1e21', '1.7976931348623157e308', '0.30000000000000004', '000123', '1.10'],
])('keeps %s', (source) => {
  expect(typeof parse(source)).toBe('number');
  expect(unkept(source)).toBe(null);
});

it.each([
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '0x20000000000001',
  '0.1234567890123456789',
  '1.00000000000000001',
  '1e400',
  '1e-400',
])('keeps no digits of %s back', (source) => {
  expect(unkept(source)).toContain(source);
});

it('says how a long one begins', () => {
  expect(unkept('1'.repeat(100))).toBe(`${'1'.repeat(39)}…, which cannot be kept exactly: write it in quotes`);
});

it('keeps every number as JavaScript writes it, and no text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(unkeptNumber({ value, source: String(value) })).toBe(null);
    }),
  );
  expect(unkeptNumber({ value: '12345678901234567890' })).toBe(null);
});
