import { expect, it } from 'vitest';
import { createKeptEntries, kindOf } from './kept-entries.ts';

const TODAY = new Date('2026-03-01T23:59:00.000Z');
const TOMORROW = new Date('2026-03-02T00:00:00.000Z');

it('keeps so many entries of an account on a day, and begins anew on the next', () => {
  const keeps = createKeptEntries(2);
  const kept = (account: string, action: string, at = TODAY) => keeps(account, { action }, at);
  expect([1, 2, 3].map(() => kept('ann', 'prompt.updated'))).toEqual([true, true, false]);
  expect([kept('bob', 'prompt.updated'), kept('ann', 'group.updated')]).toEqual([true, false]);
  expect(kept('ann', 'prompt.updated', TOMORROW)).toBe(true);
});

it('keeps who is let in where apart from contents, and all of security', () => {
  const keeps = createKeptEntries(1);
  for (let time = 0; time < 3; time += 1) keeps('ann', { action: 'prompt.favorited' }, TODAY);
  expect(keeps('ann', { action: 'group.member_added' }, TODAY)).toBe(true);
  expect(keeps('ann', { action: 'group.member_updated' }, TODAY)).toBe(false);
  expect([1, 2, 3].map(() => keeps('ann', { action: 'apiKey.created' }, TODAY))).toEqual([true, true, true]);
});

it('keeps what is shown to others apart from contents, and from who is let in', () => {
  const keeps = createKeptEntries(1);
  const change = (action: string, details = {}) => keeps('ann', { action, details }, TODAY);
  expect([1, 2].map(() => change('prompt.updated', { changed: ['title'] }))).toEqual([true, false]);
  expect([1, 2].map(() => change('prompt.updated', { changed: ['title', 'visibility'] }))).toEqual([true, false]);
  expect(change('prompt.created', { visibility: 'public' })).toBe(false);
  expect([1, 2].map(() => change('group.member_added'))).toEqual([true, false]);
});

it.each([
  ['session.started', 'security'],
  ['session.replayed', 'security'],
  ['user.password_changed', 'security'],
  ['user.second_factor_off', 'security'],
  ['user.access_changed', 'security'],
  ['apiKey.revoked', 'security'],
  ['admin.created', 'security'],
  ['group.invited', 'sharing'],
  ['group.handed_over', 'sharing'],
  ['label.protectionRemoved', 'sharing'],
  ['session.refreshed', 'content'],
  ['user.preferences_changed', 'content'],
  ['group.deleted', 'sharing'],
  ['group.prompt_added', 'showing'],
  ['group.prompt_removed', 'showing'],
  ['prompt.imported', 'showing'],
  ['prompt.restored', 'showing'],
  ['prompt.created', 'content'],
  ['prompt.deleted', 'content'],
  ['group.reordered', 'content'],
  ['label.moved', 'content'],
] as const)('takes %s for %s', (action, kind) => {
  expect(kindOf({ action })).toBe(kind);
});
