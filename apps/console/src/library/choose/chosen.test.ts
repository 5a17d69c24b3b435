import type { ListedPrompt } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import { type Chosen, MOST_CHOSEN, toggled, withMore } from './chosen.ts';

const items = Array.from({ length: 300 }, (_, index) => ({ id: `p${index}` }) as ListedPrompt);
const at = (index: number): ListedPrompt => items[index] as ListedPrompt;
const ids = (chosen: Chosen): string[] => [...chosen.keys()];

describe('what is chosen of a list', () => {
  it('is one more, or one less', () => {
    const one = toggled(new Map(), at(3), items);
    expect(ids(toggled(one, at(5), items))).toEqual(['p3', 'p5']);
    expect(ids(toggled(one, at(3), items))).toEqual([]);
  });

  it.each([
    [2, 5],
    [5, 2],
  ])('is all from the one that was chosen last, upwards or downwards: %i to %i', (from, to) => {
    const chosen = toggled(toggled(new Map(), at(from), items), at(to), items, `p${from}`);
    expect(ids(chosen).toSorted()).toEqual(['p2', 'p3', 'p4', 'p5']);
  });

  it('is the one alone where the last is in the list no more', () => {
    expect(ids(toggled(new Map(), at(4), items, 'gone'))).toEqual(['p4']);
  });

  it('stays what it was beyond as many as may be at once', () => {
    const all = withMore(toggled(new Map(), at(299), items), items);
    expect([all.size, ids(all)[0], ids(all)[1]]).toEqual([MOST_CHOSEN, 'p299', 'p0']);
    expect(ids(toggled(all, at(250), items))).toEqual(ids(all));
  });
});
