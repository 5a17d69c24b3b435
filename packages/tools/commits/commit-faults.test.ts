import { expect, it } from 'vitest';
import { commitFaults } from './commit-faults.ts';

const subject = 'Hold every arrow between rooms in one table';
const longest = `Say ${'a'.repeat(68)}`;

it.each([
  subject,
  longest,
  `${subject}\n\nWhy this is so, in a line or two.\n\n- ${'word '.repeat(19)}`,
  `${subject}\n\nhttps://example.org/${'a'.repeat(120)}`,
])('finds nothing in a message that keeps the rules: %s', (message) => {
  expect(commitFaults(`${message}\n`)).toEqual([]);
});

it.each(['fixup', 'squash', 'amend'])('names what git makes for another commit: %s!', (kind) => {
  expect(commitFaults(`${kind}! ${subject}`)).toContain('it is to be part of another commit');
});

it.each([
  [`${longest}a`, 'its subject has 73 characters, 72 are allowed'],
  [`${subject}.`, 'its subject ends with a full stop'],
  ['hold the arrows', 'its subject does not begin with a capital letter'],
  ['Wip on the arrows', 'it is to be part of another commit'],
  [`${subject}\nand its body`, 'no empty line parts its subject from its body'],
  [`${subject}\n\n${'word '.repeat(21)}`, 'its body has lines of more than 100 characters'],
])('names the fault of %s', (message, fault) => {
  expect(commitFaults(message)).toEqual([fault]);
});
