import { expect, it } from 'vitest';
import { type Cast, codeOf, givenApi, givenGroup, keyPrincipal } from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi();

const make = async (owner: Cast['alice'], title: string, visibility: 'private' | 'public' = 'private') => {
  services.clock.advance(1_000);
  return (await as(owner).prompts.create({ title, content: 'x', visibility })).id;
};

it('holds what the caller owns, has marked and was given, each with its reasons, the last changed first', async () => {
  const own = await make(cast.carol, 'Own');
  const given = await make(cast.alice, 'Given');
  const both = await make(cast.alice, 'Given and marked', 'public');
  const marked = await make(cast.bob, 'Marked', 'public');
  const unrelated = await make(cast.bob, 'Public only', 'public');
  const groupId = await givenGroup(services, {
    owner: cast.alice,
    viewers: [cast.carol],
    promptIds: [given, both],
  });
  // Bob's group holds a prompt of Alice's: that gives it to nobody.
  await givenGroup(services, { owner: cast.bob, viewers: [cast.carol], promptIds: [unrelated] });
  await db.updateTable('group_prompts').set({ added_by: cast.carol.id }).where('prompt_id', '=', unrelated).execute();
  for (const promptId of [both, marked, own]) await as(cast.carol).favorites.add({ promptId });

  const { items } = await as(cast.carol).library.list({});
  expect(items.map(({ prompt, reasons }) => [prompt.id, reasons.map(({ type }) => type)])).toEqual([
    [marked, ['favorite']],
    [both, ['favorite', 'group']],
    [given, ['group']],
    [own, ['owned', 'favorite']],
  ]);
  expect(items[2]?.reasons).toEqual([
    { type: 'group', group: { id: groupId, name: 'Group' }, since: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) },
  ]);
  const only = async (reason: 'owned' | 'favorite' | 'group') =>
    (await as(cast.carol).library.list({ reason })).items.map(({ prompt }) => prompt.id);
  expect(await only('owned')).toEqual([own]);
  expect(await only('favorite')).toEqual([marked, both, own]);
  expect(await only('group')).toEqual([both, given]);

  const first = await as(cast.carol).library.list({ limit: 3 });
  const rest = await as(cast.carol).library.list({ limit: 3, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...rest.items]).toEqual(items);
  expect(rest.nextCursor).toBeNull();

  const key = { principal: keyPrincipal(cast.carol, ['prompts:read'], groupId) };
  expect((await as(key).library.list({})).items.map(({ prompt }) => prompt.id)).toEqual([both, given]);

  await db.deleteFrom('group_members').where('user_id', '=', cast.carol.id).execute();
  await as(cast.bob).prompts.update({ id: marked, visibility: 'private' });
  await as(cast.carol).prompts.delete({ id: own });
  expect((await as(cast.carol).library.list({})).items.map(({ prompt }) => prompt.id)).toEqual([both]);
  expect((await as(cast.carol).favorites.list({})).items.map(({ prompt }) => prompt.id)).toEqual([both]);
});

it('marks and unmarks once, however often it is asked', async () => {
  const id = await make(cast.alice, 'Marked twice', 'public');
  const { favorites } = as(cast.mallory);
  const first = await favorites.add({ promptId: id });
  services.clock.advance(1_000);
  expect(await favorites.add({ promptId: id })).toEqual(first);
  expect(first).toMatchObject({ prompt: { id, isFavorite: true } });
  expect((await favorites.list({})).items).toEqual([first]);
  await favorites.remove({ promptId: id });
  await favorites.remove({ promptId: id });
  expect((await favorites.list({})).items).toEqual([]);
  const audit = await db
    .selectFrom('audit_log')
    .select('action')
    .where('target_id', '=', id)
    .where('actor_id', '=', cast.mallory.id)
    .orderBy('id')
    .execute();
  expect(audit.map(({ action }) => action)).toEqual(['prompt.favorited', 'prompt.unfavorited']);
});

it("marks no stranger's private prompt, and takes the mark off one that turned private", async () => {
  const id = await make(cast.alice, 'Hidden');
  const { favorites } = as(cast.mallory);
  expect(await codeOf(favorites.add({ promptId: id }))).toBe('prompt.not_found');
  expect(await codeOf(favorites.remove({ promptId: id }))).toBe('prompt.not_found');
  await as(cast.alice).prompts.update({ id, visibility: 'public' });
  await favorites.add({ promptId: id });
  await as(cast.alice).prompts.update({ id, visibility: 'private' });
  expect(await codeOf(favorites.remove({ promptId: id }))).toBe('ok');
});
