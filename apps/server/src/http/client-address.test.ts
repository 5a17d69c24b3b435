import { expect, it } from 'vitest';
import { bareAddress } from './client-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:5678', '192.0.2.1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
])('reads %s as %s', (text, address) => {
  expect(bareAddress(text)).toBe(address);
});

it.each(['unknown', '_hidden', '', '192.0.2.1:', '192.0.2.1:123456', '192.0.2.300:1', '[192.0.2.1', 'a:b', '::1]:80'])(
  'reads no address in %j',
  (text) => {
    expect(bareAddress(text)).toBeUndefined();
  },
);
