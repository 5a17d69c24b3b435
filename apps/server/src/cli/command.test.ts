import { expect, it } from 'vitest';
import { inOneLine } from './command.ts';

it.each([
  [new Error('No such table.'), 'No such table.'],
  [new TypeError(''), 'TypeError'],
  ['Out of paper.', 'Out of paper.'],
  [
    new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('Other')]),
    'connect ECONNREFUSED ::1:5432',
  ],
  [new AggregateError([new AggregateError([new Error('Within')])], 'Around'), 'Within'],
  [new AggregateError([], 'None'), 'None'],
  [
    Object.assign(new Error('Not valid:'), {
      errors: [
        { path: 'email', message: 'Required' },
        { path: 'name', message: 'Too long' },
      ],
    }),
    'Not valid: email: Required name: Too long',
  ],
])('a fault in one line is what went wrong first, with the faults of an input: %j', (error, line) => {
  expect(inOneLine(error)).toBe(line);
});
