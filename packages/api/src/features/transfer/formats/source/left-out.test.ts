import { describe, expect, it } from 'vitest';
import { LeftOut } from './left-out.ts';

const named = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `n${from + at}`);

describe('names that mean nothing here', () => {
  it('are said where they come first, by what they are', () => {
    const left = new LeftOut();
    expect(left.add('Columns', ['size', 'colour'])).toBe('Columns not known and left out: size, colour');
    expect(left.add('Keys', ['colour', 'weight'])).toBe('Keys not known and left out: weight');
    expect(left.add('Keys', ['size', 'weight'])).toBeNull();
    expect(left.names).toEqual(['size', 'colour', 'weight']);
  });

  it('are a hundred at most', () => {
    const left = new LeftOut();
    left.add('Keys', named(99));
    expect(left.add('Keys', named(2, 99))).toBe('Keys not known and left out: n99');
    expect(left.add('Keys', named(1, 200))).toBeNull();
    expect(left.names).toEqual(named(100));
  });

  it('are the same where their first two hundred characters are, which is what is kept of them', () => {
    const left = new LeftOut();
    const long = 'x'.repeat(199);
    left.add('Keys', [`${long}ab`, `${long}ac`, `${long}b`, `${long}😀`]);
    expect(left.names).toEqual([`${long}a`, `${long}b`, `${long}\uFFFD`]);
  });

  it('have two hundred characters together in what one row says', () => {
    const said = new LeftOut().add('Keys', ['x'.repeat(150), 'y'.repeat(150)]);
    expect(said).toBe(`Keys not known and left out: ${'x'.repeat(150)}, ${'y'.repeat(48)}`);
  });
});
