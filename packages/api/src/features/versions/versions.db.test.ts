import { expect, it } from 'vitest';
import { codeOf, givenApi } from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi();

async function givenThreeVersions() {
  const { prompts } = as(cast.alice);
  const { id } = await prompts.create({
    title: 'Poem',
    content: 'roses are red\n',
    config: { model: 'a' },
    changeNote: 'First',
  });
  await prompts.update({ id, content: 'roses are blue\n', config: { model: 'b' } });
  services.clock.advance(1_000);
  await prompts.update({ id, title: 'Song', description: 'sung', changeNote: 'Now a song' });
  return id;
}

it('lists the versions, the latest first, with author and note, page by page', async () => {
  const id = await givenThreeVersions();
  const { versions } = as(cast.alice);
  const first = await versions.list({ id, limit: 2 });
  expect(first.items).toMatchObject([
    { version: 3, title: 'Song', changeNote: 'Now a song', isLatest: true, author: { handle: 'alice' } },
    { version: 2, title: 'Poem', changeNote: null, isLatest: false },
  ]);
  const second = await versions.list({ id, limit: 2, cursor: first.nextCursor ?? '' });
  expect(second).toMatchObject({ items: [{ version: 1, changeNote: 'First' }], nextCursor: null });
});

it('restores a version as the next one, and makes none when its content stands already', async () => {
  const id = await givenThreeVersions();
  const { versions, prompts } = as(cast.alice);
  const first = await versions.get({ id, version: 1 });
  const restored = await versions.restore({ id, version: 1, baseVersion: 3 });
  expect(restored).toMatchObject({
    version: 4,
    changeNote: 'Restores version 1',
    isLatest: true,
    contentHash: first.contentHash,
  });
  expect(await prompts.get({ id })).toMatchObject({
    version: 4,
    title: 'Poem',
    description: '',
    content: 'roses are red\n',
    config: { model: 'a' },
  });
  expect(await versions.restore({ id, version: 1 })).toEqual(restored);
  expect(await codeOf(versions.restore({ id, version: 2, baseVersion: 3 }))).toBe('prompt.version_conflict');
  expect(await codeOf(versions.restore({ id, version: 9 }))).toBe('prompt.version_not_found');
  expect((await versions.list({ id })).items).toHaveLength(4);
});

it('restores with a version what it includes, and leaves an entry that says which, but none where none is made', async () => {
  const { versions, prompts } = as(cast.alice);
  const { id: toneId, slug } = await prompts.create({ title: 'A tone to include', content: 'Be kind.' });
  const { id } = await prompts.create({ title: 'Including', content: `{% render '${slug}' %} Now.` });
  await prompts.update({ id, content: 'Now.' });
  await versions.restore({ id, version: 1 });
  expect(await versions.restore({ id, version: 1 })).toMatchObject({ version: 3 });
  const includes = db.selectFrom('prompt_includes').select(['version', 'included_prompt_id as included']);
  expect(await includes.where('prompt_id', '=', id).orderBy('version').execute()).toEqual([
    { version: 1, included: toneId },
    { version: 3, included: toneId },
  ]);
  const entries = db.selectFrom('audit_log').select(['actor_id', 'details']).where('target_id', '=', id);
  expect(await entries.where('action', '=', 'prompt.versionRestored').execute()).toEqual([
    { actor_id: cast.alice.id, details: { version: 3, restores: 1 } },
  ]);
});

it('restores a chat as a chat and a text as a text', async () => {
  const { prompts, versions } = as(cast.alice);
  const { id } = await prompts.create({ title: 'Kinds', content: 'text' });
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  await prompts.update({ id, kind: 'chat', messages });
  await versions.restore({ id, version: 1 });
  expect(await prompts.get({ id })).toMatchObject({ kind: 'text', messages: null, content: 'text' });
  await versions.restore({ id, version: 2 });
  expect(await prompts.get({ id })).toMatchObject({ kind: 'chat', messages, content: 'user:\nHi' });
});

it('compares any two versions by line, word and path', async () => {
  const id = await givenThreeVersions();
  const diff = await as(cast.alice).versions.diff({ id, from: 1, to: 3 });
  expect(diff).toMatchObject({ from: 1, to: 3, title: { changed: true }, description: { changed: true } });
  expect(diff.content.runs.flatMap(({ words }) => words ?? []).filter(({ type }) => type !== 'same')).toEqual([
    { type: 'removed', text: 'red' },
    { type: 'added', text: 'blue' },
  ]);
  expect(diff.content.runs.map(({ type, oldStart, newStart }) => [type, oldStart, newStart])).toEqual([
    ['removed', 1, 1],
    ['added', 2, 1],
    ['same', 2, 2],
  ]);
  expect(diff.config).toEqual({
    changes: [{ path: '/model', type: 'changed', from: 'a', to: 'b' }],
    stoppedAt: null,
  });
  expect((await as(cast.alice).versions.diff({ id, from: 2, to: 2 })).content.changed).toBe(false);
  expect(await codeOf(as(cast.alice).versions.diff({ id, from: 1, to: 9 }))).toBe('prompt.version_not_found');
});

it("hides a stranger's private versions, and lets no reader restore one", async () => {
  const id = await givenThreeVersions();
  const stranger = as(cast.mallory).versions;
  const calls = () => [
    stranger.list({ id }),
    stranger.get({ id, version: 1 }),
    stranger.diff({ id, from: 1, to: 2 }),
    stranger.restore({ id, version: 1 }),
  ];
  expect(await Promise.all(calls().map(codeOf))).toEqual(Array(4).fill('prompt.not_found'));
  await as(cast.alice).prompts.update({ id, visibility: 'public' });
  expect(await Promise.all(calls().map(codeOf))).toEqual(['ok', 'ok', 'ok', 'prompt.forbidden']);
});
