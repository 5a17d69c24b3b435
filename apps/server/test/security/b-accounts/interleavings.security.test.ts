import { actionsIn, openInterleaver, type WorldKind } from '@promptory/api/testing';
import { afterAll } from 'vitest';
import { proves } from '../harness/proof.ts';

// Every pair of actions on one account, the second whole before each statement of the first.

const interleaver = await openInterleaver();
afterAll(() => interleaver.close());

const worlds: Readonly<Record<WorldKind, string>> = {
  plain: 'an account',
  factor: 'an account with a second factor',
  unverified: 'an account whose address nobody has proved',
  admin: 'an administrator’s account',
};

for (const [kind, what] of Object.entries(worlds) as [WorldKind, string][]) {
  proves(
    'B7',
    `two actions on ${what}, however they interleave, come out as in one of their orders`,
    async (proof) => {
      const actions = actionsIn(kind);
      const pairs = actions.flatMap((first) => actions.map((second) => [first, second] as const));
      const chosen = proof.sample(pairs, 8);
      const met = proof.demand(chosen.length / 2, 'pairs came between each other');
      for (const [first, second] of chosen) {
        const { runs, deviations } = await interleaver.pair(kind, first, second);
        met(runs > 0);
        proof.cases(Math.max(1, runs));
        for (const deviation of deviations) proof.deviation(deviation);
      }
      proof.remark(`${pairs.length} pairs`);
    },
    { timeout: 1_800_000 },
  );
}
