import { expect, it } from 'vitest';
import { reasonOf } from './imported-prompt.ts';

it('says of a row the first five faults, in no more than five hundred characters', () => {
  const fault = (index: number) => ({ path: index === 0 ? '' : `tags.${index}`, message: `Fault ${index}` });
  const short = Array.from({ length: 8 }, (_, index) => fault(index));
  expect(reasonOf(short)).toBe('Fault 0; tags.1: Fault 1; tags.2: Fault 2; tags.3: Fault 3; tags.4: Fault 4');
  // A character of two units stands where it is cut off.
  const long = reasonOf([{ path: 'title', message: `${'x'.repeat(492)}😀` }]);
  expect(long).toBe(`title: ${'x'.repeat(492)}\ufffd`);
  expect(long).toHaveLength(500);
});
