import { describe, expect, it } from 'vitest';
import { candidatesOf } from './references.ts';

const found = (handle: string, slug: string) => ({ slug, owner: { handle } });

describe('a reference in a text', () => {
  it('is asked for as it stands by whoever owns the text', () => {
    const [only, ...others] = candidatesOf('ann/tone@staging', { handle: 'bob', isCaller: true });
    expect([only?.ref, only?.isMeant(found('ann', 'tone')), others]).toEqual(['ann/tone@staging', true, []]);
  });

  it('is one of the owner’s for everybody else, and never one of their own that has the name', () => {
    const [only, ...others] = candidatesOf('tone#3', { handle: 'ann', isCaller: false });
    expect([only?.ref, others]).toEqual(['ann/tone#3', []]);
    expect([only?.isMeant(found('ann', 'tone')), only?.isMeant(found('bob', 'ann/tone'))]).toEqual([true, false]);
  });

  it('is a path of the owner’s first, and then a handle with a slug', () => {
    const [own, named, ...others] = candidatesOf('support/tone@latest', { handle: 'ann', isCaller: false });
    expect([own?.ref, named?.ref, others]).toEqual(['ann/support/tone@latest', 'support/tone@latest', []]);
    expect([own?.isMeant(found('ann', 'support/tone')), own?.isMeant(found('ann/support', 'tone'))]).toEqual([
      true,
      false,
    ]);
    expect([named?.isMeant(found('support', 'tone')), named?.isMeant(found('bob', 'support/tone'))]).toEqual([
      true,
      false,
    ]);
  });
});
