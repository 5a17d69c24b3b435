import { describe, expect, it } from 'vitest';
import { Proof } from './proof.ts';

const proofOf = (scale = 1, seed = 1): Proof => new Proof({ name: 'a property', scale, seed });

describe('a proof', () => {
  it('fails on one deviation among any number of cases, and says how to repeat it', () => {
    const proof = proofOf(1, 42);
    proof.cases(1_000);
    proof.check(false, () => 'a foreign id came back');
    expect(() => proof.conclude()).toThrow(/1 deviation\(s\), SECURITY_SEED=42:\n {2}- a foreign id came back/);
    expect(proof.found).toEqual({ cases: 1_001, deviations: 1 });
  });

  it('fails when nothing was tried, or less than the share that was asked for', () => {
    expect(() => proofOf().conclude()).toThrow('Nothing says how many of its 0 cases');
    const proof = proofOf(0.1);
    proof.demand(1, 'own prompts were listed')();
    for (let tried = proof.share(300); tried > 1; tried -= 1) proof.case();
    expect(() => proof.conclude()).toThrow('Only 29 of 30');
    proof.case();
    expect(() => proof.conclude()).not.toThrow();
  });

  it('fails when what has to work did not work often enough, however little came out wrong', () => {
    const proof = proofOf(1, 42);
    proof.atLeast(1_000);
    proof.cases(1_000);
    const listed = proof.demand(3, 'own prompts were listed');
    listed(2);
    expect(() => proof.conclude()).toThrow('Only 2 of at least 3 own prompts were listed, SECURITY_SEED=42');
    listed();
    expect(() => proof.conclude()).not.toThrow();
    proof.demand(1, 'mails were sent');
    expect(() => proof.conclude()).toThrow('Only 0 of at least 1 mails were sent');
  });

  it('fails where nothing has to work, and where nothing says how many cases it needs', () => {
    const proof = proofOf();
    for (let tried = proof.share(10); tried > 0; tried -= 1) proof.check(true, () => 'a foreign id came back');
    expect(() => proof.conclude()).toThrow('Nothing of what it is about has to work');
    proof.demand(0, 'mails were sent');
    expect(() => proof.conclude()).toThrow('Nothing of what it is about has to work');
    proof.works(true, () => 'the owner does not read it');
    expect(() => proof.conclude()).not.toThrow();
    const unbounded = proofOf();
    unbounded.works(true, () => 'the owner does not read it');
    expect(() => unbounded.conclude()).toThrow('Nothing says how many of its 1 cases it needs');
    unbounded.atLeast(2);
    expect(() => unbounded.conclude()).toThrow('Only 1 of 2 cases');
  });

  it('takes what has to work and does not for a deviation', () => {
    const proof = proofOf();
    proof.atLeast(1);
    proof.worksIf(false, true, () => 'it was let in');
    proof.worksIf(true, true, () => 'it was refused');
    expect(() => proof.conclude()).not.toThrow();
    proof.works(false, () => 'the owner does not read it');
    expect(() => proof.conclude()).toThrow('the owner does not read it');
  });

  it('keeps twenty deviations as text and counts them all', () => {
    const proof = proofOf();
    for (let tried = 0; tried < 50; tried += 1) proof.check(false, () => `case ${tried}`);
    expect(() => proof.conclude()).toThrow(/ {2}- case 19\n {2}- … and 30 more$/);
  });

  it('tries a tenth in a short run, and never less than the least that says something', () => {
    expect([proofOf(0.1).share(500), proofOf(0.1).share(500, 100), proofOf(0.1).share(3, 5)]).toEqual([50, 100, 3]);
    const list = Array.from({ length: 100 }, (_, index) => index);
    const taken = proofOf(0.1).sample(list);
    expect(taken).toHaveLength(10);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    expect(proofOf().sample(list)).toEqual(list);
  });

  it('chooses alike for the same seed, and otherwise for another', () => {
    const chosen = (seed: number): number[] => {
      const proof = proofOf(1, seed);
      return Array.from({ length: 10 }, () => proof.below(1_000));
    };
    expect(chosen(7)).toEqual(chosen(7));
    expect(chosen(7)).not.toEqual(chosen(8));
  });
});
