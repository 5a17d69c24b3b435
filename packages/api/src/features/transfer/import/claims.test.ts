import { expect, it } from 'vitest';
import { Claims } from './claims.ts';

it('knows which prompts and slugs rows have made use of, and no others', () => {
  const claims = new Claims();
  claims.addPrompt('1');
  claims.addSlug('team/greet');
  expect([claims.hasPrompt('1'), claims.hasPrompt('2'), claims.hasPrompt('team/greet')]).toEqual([true, false, false]);
  expect([claims.hasSlug('team/greet'), claims.hasSlug('greet'), claims.hasSlug('1')]).toEqual([true, false, false]);
});

it('remembers how far equal prompts were looked at where there were sixteen, and that something was', () => {
  const claims = new Claims();
  const search = (hash: string, upTo: string | undefined, passed: number) =>
    claims.addSearch({ hash, upTo, passed } as Parameters<Claims['addSearch']>[0]);
  search('few', '1', 15);
  search('many', '1', 16);
  search('none', undefined, 16);
  expect(['few', 'many', 'none', 'other'].map((hash) => claims.claimedUpTo(hash))).toEqual([
    undefined,
    '1',
    ...[undefined, undefined],
  ]);
  search('many', '2', 40);
  expect(claims.claimedUpTo('many')).toBe('2');
});
