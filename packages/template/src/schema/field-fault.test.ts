import { expect, it } from 'vitest';
import { fieldFault } from './field-fault.ts';

const fault = { path: '', code: 'value', expected: 'a text', message: 'must be a text' } as const;

it('is as long as an answer holds, and no longer: 500 of a path and of a sentence, with no half of a character', () => {
  const long = fieldFault({ ...fault, path: `/${'a'.repeat(600)}`, message: 'b'.repeat(600) }, 'inputs');
  expect([long.path.length, long.message.length]).toEqual([500, 500]);
  const cut = fieldFault({ ...fault, path: `/${'a'.repeat(499)}\u{1f600}`, message: `${'b'.repeat(499)}\u{1f600}` });
  expect([cut.path, cut.message]).toEqual([`${'a'.repeat(499)}\ufffd`, `B${'b'.repeat(498)}\ufffd`]);
});

it('names its members by dots, from the field on, and shows what no one can see as such', () => {
  expect(fieldFault({ ...fault, path: '/user/0/a~1b', message: 'must be\u0007 a text' }, 'inputs', 'x')).toEqual({
    path: 'inputs.x.user.0.a/b',
    code: 'invalid',
    params: {},
    message: 'Must be\ufffd a text',
  });
});
