import { QuotaName } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { type Quotas, quotaExceeded, quotasFrom, shareOfOthers } from './quota-limits.ts';

it.each([
  [0, 0],
  [9, 8],
  [10, 9],
  [11, 9],
  [20, 18],
])('of %i one in ten is left to the owner: others may fill %i', (limit, share) => {
  expect(shareOfOthers(limit)).toBe(share);
});

it('says of each quota what it counts, and how much of it there is, where that is the caller’s to know', () => {
  const said = QuotaName.options.map((quota) => quotaExceeded(quota, { limit: 3, used: 2 }).message);
  expect(new Set(said).size).toBe(QuotaName.options.length);
  for (const message of said) expect(message).toMatch(/^The account holds as many [A-Za-z ,]+ as it may \(2 of 3\)\.$/);
  const hidden = quotaExceeded('versions', { limit: 3, used: null });
  expect([hidden.message, hidden.extra]).toEqual([
    'The account holds as many versions of prompts as it may.',
    { quota: 'versions' },
  ]);
});

it('takes what is set for an account in place of the server’s, and nothing that cannot be read', () => {
  const quotas = Object.fromEntries(QuotaName.options.map((quota) => [quota, 5])) as Quotas;
  const ctx = { settings: { quotas } } as Parameters<typeof quotasFrom>[0];
  expect(quotasFrom(ctx, { groups: 7 })).toEqual({ ...quotas, groups: 7 });
  for (const stored of [undefined, null, 'x', { groups: -1 }, { other: 1 }])
    expect(quotasFrom(ctx, stored)).toEqual(quotas);
});
