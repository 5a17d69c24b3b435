import type { Scope } from '@promptory/schemas';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, givenApi, givenGroup, givenKeyPrincipal, givenPrompt, keyPrincipal, type Person } from '../index.ts';

// What a key that is limited to one group sees and does beside the matrix: in lists, in the trash, and after its owner left.

const { db, services, cast, as } = await givenApi();
const { alice, bob, carol } = cast;
const scopes: Scope[] = ['prompts:read', 'prompts:write', 'groups:read', 'groups:write'];

let [inside, outside, shown, groupId, otherGroup] = ['', '', '', '', ''];
beforeAll(async () => {
  inside = (await givenPrompt(services, alice, 'Inside words')).id;
  outside = (await givenPrompt(services, alice, 'Outside words')).id;
  shown = (await givenPrompt(services, alice, 'Public words', { visibility: 'public' })).id;
  groupId = await givenGroup(services, { owner: alice, editors: [bob], viewers: [carol], promptIds: [inside] });
  otherGroup = await givenGroup(services, { owner: alice, editors: [bob], promptIds: [outside] });
});

const keyOf = (person: Person, group: string | null = groupId) =>
  as({ principal: keyPrincipal(person, scopes, group) });
const ids = (page: { readonly items: readonly { readonly id: string }[] }): string[] => page.items.map(({ id }) => id);

describe('a key of one group', () => {
  it.each([
    ['owner', alice],
    ['editor', bob],
    ['viewer', carol],
  ])('of its %s lists, finds, counts and reads what is in the group, and nothing else', async (_, person) => {
    const { prompts, groups, library } = keyOf(person);
    expect(ids(await prompts.list({}))).toEqual([inside]);
    expect(ids(await prompts.list({ q: 'words' }))).toEqual([inside]);
    expect(ids(await groups.list({}))).toEqual([groupId]);
    const held = (await library.list({})).items.map(({ prompt }) => prompt.id);
    expect(held).toEqual([inside]);
    expect((await prompts.get({ id: inside })).id).toBe(inside);
    for (const id of [outside, shown]) expect(await codeOf(prompts.get({ id }))).toBe('prompt.not_found');
    expect(await codeOf(groups.get({ id: otherGroup }))).toBe('group.not_found');
    expect(ids(await as(person).prompts.list({ q: 'words' })).length).toBeGreaterThan(1);
  });

  it('sees of its owner’s trash what was in the group, of others’ nothing, and takes nothing out', async () => {
    const gone = (await givenPrompt(services, alice, 'Thrown away words')).id;
    const elsewhere = (await givenPrompt(services, alice, 'Thrown away elsewhere')).id;
    await as(alice).groups.addPrompt({ id: groupId, promptId: gone });
    for (const id of [gone, elsewhere]) await as(alice).prompts.delete({ id });
    const trashOf = async ({ prompts }: ReturnType<typeof as>) => ids(await prompts.list({ trashed: true }));
    expect((await trashOf(as(alice))).toSorted()).toEqual([gone, elsewhere].toSorted());
    expect(await trashOf(keyOf(alice))).toEqual([gone]);
    for (const person of [bob, carol]) expect(await trashOf(keyOf(person))).toEqual([]);
    for (const id of [gone, elsewhere]) {
      expect(await codeOf(keyOf(alice).prompts.restore({ id }))).toBe('auth.forbidden');
      expect(await codeOf(keyOf(alice).prompts.get({ id }))).toBe('prompt.not_found');
    }
  });

  it('shows nothing once its owner has left the group, though the owner sees what is public', async () => {
    const before = keyOf(carol);
    expect(ids(await before.prompts.list({}))).toEqual([inside]);
    await as(alice).members.remove({ id: groupId, userId: carol.id });
    const { prompts, groups, library } = keyOf(carol);
    expect(ids(await prompts.list({}))).toEqual([]);
    expect(ids(await groups.list({}))).toEqual([]);
    expect((await library.list({})).items).toEqual([]);
    expect(await codeOf(prompts.get({ id: inside }))).toBe('prompt.not_found');
    expect(await codeOf(groups.get({ id: groupId }))).toBe('group.not_found');
    expect(ids(await as(carol).prompts.list({}))).toEqual([shown]);
  });

  it('acts within its group alone, with what its owner may do there', async () => {
    const { prompts, groups } = as({ principal: await givenKeyPrincipal(services, bob, scopes, groupId) });
    expect(await codeOf(prompts.update({ id: inside, category: 'Edited' }))).toBe('ok');
    expect(await codeOf(prompts.update({ id: outside, category: 'Edited' }))).toBe('prompt.not_found');
    expect(await codeOf(as(bob).prompts.update({ id: outside, category: 'Edited' }))).toBe('ok');
    expect(await codeOf(groups.removePrompt({ id: otherGroup, promptId: outside }))).toBe('group.not_found');
    const { category } = await as(alice).prompts.get({ id: inside });
    expect(category).toBe('Edited');
  });

  it('is gone with its group', async () => {
    const short = await givenGroup(services, { owner: alice, promptIds: [inside] });
    const { apiKey } = await as(alice).apiKeys.create({ name: 'Short', scopes: ['groups:read'], groupId: short });
    await as(alice).groups.delete({ id: short });
    expect(await db.selectFrom('api_keys').select('id').where('id', '=', apiKey.id).execute()).toEqual([]);
  });
});
