import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inserted, moved, orderDifference, rearranged } from './group-order.ts';

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 20 });
const sorted = (list: readonly string[]): string[] => [...list].sort();

describe('the order of a group', () => {
  it('takes a prompt in at a position, or at the end', () => {
    expect(inserted(['a', 'b'], 'x', 1)).toEqual(['a', 'x', 'b']);
    expect(inserted(['a', 'b'], 'x')).toEqual(['a', 'b', 'x']);
    expect(inserted(['a', 'b'], 'x', 99)).toEqual(['a', 'b', 'x']);
  });

  it('moves one right before or after another, and keeps the rest in order', () => {
    expect(moved(['a', 'b', 'c', 'd'], 'a', 'after', 'c')).toEqual(['b', 'c', 'a', 'd']);
    expect(moved(['a', 'b', 'c', 'd'], 'd', 'before', 'b')).toEqual(['a', 'd', 'b', 'c']);
    expect(moved(['a', 'b'], 'b', 'before', 'b')).toEqual(['a', 'b']);
    fc.assert(
      fc.property(ids, fc.nat(), fc.nat(), fc.boolean(), (list, from, to, before) => {
        const id = list[from % list.length] ?? '';
        const anchor = list[to % list.length] ?? '';
        const after = moved(list, id, before ? 'before' : 'after', anchor);
        expect(sorted(after)).toEqual(sorted(list));
        if (id !== anchor) expect(after.indexOf(anchor) - after.indexOf(id)).toBe(before ? 1 : -1);
        expect(after.filter((other) => other !== id)).toEqual(list.filter((other) => other !== id));
      }),
    );
  });

  it('says which prompts an order lacks, and which it names twice or without reason', () => {
    const known = new Set(['a', 'b', 'c']);
    expect(orderDifference(known, ['c', 'a', 'b'])).toBeNull();
    expect(orderDifference(known, ['c', 'a', 'a', 'x'])).toEqual({ missing: ['b'], unexpected: ['a', 'x'] });
  });

  it('keeps what the caller cannot see where it is', () => {
    expect(rearranged(['a', 'hidden', 'b', 'c'], new Set(['a', 'b', 'c']), ['c', 'b', 'a'])).toEqual([
      'c',
      'hidden',
      'b',
      'a',
    ]);
    fc.assert(
      fc.property(ids, fc.array(fc.boolean(), { maxLength: 20 }), (list, seen) => {
        const visible = list.filter((_, place) => seen[place] === true);
        const wanted = visible.toReversed();
        const after = rearranged(list, new Set(visible), wanted);
        expect(after.filter((id) => visible.includes(id))).toEqual(wanted);
        for (const [place, id] of list.entries()) if (!visible.includes(id)) expect(after[place]).toBe(id);
      }),
    );
  });
});
