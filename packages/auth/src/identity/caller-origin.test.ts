import { expect, it } from 'vitest';
import { originColumns } from './caller-origin.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['somewhere', null],
  ['', null],
  [null, null],
])('keeps of the address %j what the database takes: %j', (ip, kept) => {
  expect(originColumns({ ip, userAgent: null })).toEqual({ ip: kept, user_agent: null });
});

it.each([
  ['x'.repeat(512), 'x'.repeat(512)],
  ['x'.repeat(513), 'x'.repeat(512)],
  [`${'x'.repeat(511)}😀`, `${'x'.repeat(511)}\ufffd`],
  ['a\0b\ud800c', 'ab\ufffdc'],
])('keeps of a program’s name what the database takes (%#)', (userAgent, kept) => {
  expect(originColumns({ ip: null, userAgent }).user_agent).toBe(kept);
});
