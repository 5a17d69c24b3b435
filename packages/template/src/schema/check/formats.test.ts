import { expect, it } from 'vitest';
import { checkedFormats, formatExamples, hasFormat } from './formats.ts';

const repeat = (text: string, times: number) => text.repeat(times);
const labels = (length: number) => `${repeat(`${repeat('a', 9)}.`, 25)}${repeat('a', length - 250)}`;

const texts: Readonly<Record<string, { is: string[]; isNot: string[] }>> = {
  date: {
    is: ['2026-01-31', '2026-04-30', '2024-02-29', '2000-02-29', '0000-02-29', '9999-12-31'],
    isNot: [
      '2026-02-29',
      '1900-02-29',
      '2026-04-31',
      '2026-00-10',
      '2026-13-01',
      '2026-01-00',
      '2026-1-1',
      ' 2026-01-01',
    ],
  },
  time: {
    is: ['09:30:00Z', '23:59:60z', '00:00:00.123456789Z', '09:30:00+23:59', '09:30:00-00:00'],
    isNot: [
      '09:30:00',
      '24:00:00Z',
      '09:60:00Z',
      '09:30:61Z',
      '09:30:00.Z',
      '09:30:00.1234567890Z',
      '09:30:00+24:00',
      '9:30:00Z',
    ],
  },
  'date-time': {
    is: ['2026-01-31T09:30:00Z', '2026-01-31t09:30:00+01:00'],
    isNot: [
      '2026-01-31 09:30:00Z',
      '2026-02-30T09:30:00Z',
      '2026-01-31T24:00:00Z',
      '2026-01-31',
      '09:30:00Z',
      '2026-01-31T',
    ],
  },
  email: {
    is: ['alice@example.com', 'a.b+c@localhost', `${repeat('a', 64)}@b.c`],
    isNot: [
      'example.com',
      '@example.com',
      'a@',
      '.a@b.c',
      'a.@b.c',
      'a..b@c.d',
      'a@b@c.d',
      'a@-b.c',
      `${repeat('a', 65)}@b.c`,
    ],
  },
  hostname: {
    is: ['example.com', 'A-1.b', repeat('a', 63), labels(253)],
    isNot: ['', '-a.b', 'a-.b', 'a..b', 'a.b.', 'a_b', repeat('a', 64), labels(254)],
  },
  ipv4: {
    is: ['192.0.2.1', '0.0.0.0', '255.255.255.255'],
    isNot: ['256.0.0.1', '1.2.3.256', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.', '1.2.3.4 ', '1.2.3.a', '1.2.3.1000'],
  },
  uri: {
    is: ['https://example.com/a?b=%2F#c', 'urn:a', `${repeat('a', 64)}:`, `a:${repeat('b', 8190)}`],
    isNot: [
      '/a',
      'example',
      '1a:b',
      'https://a b',
      'a:%2',
      'a:%zz',
      'a:{b}',
      `${repeat('a', 65)}:`,
      `a:${repeat('b', 8191)}`,
    ],
  },
  uuid: {
    is: ['01900000-0000-7000-8000-000000000001', 'ABCDEF00-0000-7000-8000-00000000abcd'],
    isNot: [
      '0190000000007000800000000000000',
      '01900000-0000-7000-8000-00000000000',
      '0190000g-0000-7000-8000-000000000001',
    ],
  },
};

it('tries every format that is checked', () => {
  expect(Object.keys(texts).sort()).toEqual([...checkedFormats].sort());
});

it.each(Object.entries(texts))('a text has the format %s just where its RFC says so', (format, { is, isNot }) => {
  expect(is.filter((text) => !hasFormat(text, format))).toEqual([]);
  expect(isNot.filter((text) => hasFormat(text, format))).toEqual([]);
});

it('has an example of every format, and takes any text for a format that is not checked', () => {
  expect(checkedFormats.filter((format) => !formatExamples.some((text) => hasFormat(text, format)))).toEqual([]);
  expect(hasFormat('any text', 'regex')).toBe(true);
});
