import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { afterAll, expect, it } from 'vitest';
import { appRouter } from '../../../src/app-router.ts';
import type { Meta } from '../../../src/trpc.ts';
import { accountActions } from './account-actions.ts';
import type { WorldKind } from './account-world.ts';
import { openInterleaver } from './interleave.ts';

// A few of the pairs, those from which the others follow; the attacks of `pnpm test:security` try every pair.

const interleaver = await openInterleaver();
afterAll(() => interleaver.close());

const pairs: readonly [WorldKind, string, string][] = [
  ['plain', 'mail a new address', 'reset'],
  ['plain', 'reset', 'ask for an address'],
  ['plain', 'change the password, by a thief', 'turn the factor on'],
  ['plain', 'log in', 'suspend'],
  ['plain', 'make a key', 'reset'],
  ['plain', 'refresh', 'change the password'],
  ['factor', 'turn the factor off', 'change the password'],
  ['unverified', 'confirm by the password', 'register again'],
  ['unverified', 'mail that it is registered', 'confirm by a new password'],
  ['unverified', 'register again', 'delete the account'],
  ['unverified', 'ask for the link again', 'delete the account'],
  ['admin', 'suspend somebody, by a thief', 'demote'],
];

const named = (name: string) => {
  const action = accountActions.find((each) => each.name === name);
  if (action === undefined) throw new Error(`There is no action “${name}”.`);
  return action;
};

it.each(pairs)('%s: “%s” and “%s” come out as in one of the two orders', async (kind, first, second) => {
  for (const [one, other] of [
    [named(first), named(second)],
    [named(second), named(first)],
  ] as const) {
    const { runs, deviations } = await interleaver.pair(kind, one, other);
    expect(deviations).toEqual([]);
    expect(runs).toBeGreaterThan(2);
  }
});

it('knows every procedure that changes an account', () => {
  const anyRouter: AnyTRPCRouter = appRouter;
  const changing = Object.entries(anyRouter._def.procedures as Record<string, AnyTRPCProcedure>).flatMap(
    ([path, { _def }]) =>
      _def.type === 'mutation' && /^(?:account|apiKey|admin)\./.test((_def.meta as Meta).can ?? '') ? [path] : [],
  );
  const called = new Set(accountActions.map(({ calls }) => calls));
  expect(changing.filter((path) => !called.has(path))).toEqual([]);
});
