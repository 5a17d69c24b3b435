import { expect, it } from 'vitest';
import { fillTemplate } from './rest-meta.ts';

it.each([
  [{ note: { id: 'a/b\r\n' } }, '/notes/a%2Fb%0D%0A'],
  [{ note: { id: 7 } }, '/notes/7'],
  [{ note: {} }, undefined],
  [{ note: { id: '\ud800' } }, undefined],
])('makes of %j the Location %j', (output, location) => {
  expect(fillTemplate('/notes/{note.id}', output)).toBe(location);
});
