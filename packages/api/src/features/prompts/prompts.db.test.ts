import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi, givenGroup, keyPrincipal } from '../../../test/index.ts';
import { purgeTrash } from './trash/purge-trash.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });

const auditOf = async (targetId: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', targetId).orderBy('id').execute()).map(
    ({ action }) => action,
  );

describe('creating', () => {
  it('answers the prompt as it was given, with what was left out filled in', async () => {
    const prompt = await as(cast.alice).prompts.create({
      title: 'Triage',
      content: 'Sort {{ tickets }}',
      tags: ['Support', 'support', 'mail'],
      config: { temperature: 0 },
    });
    expect(prompt).toMatchObject({
      slug: 'triage',
      ref: 'alice/triage',
      kind: 'text',
      messages: null,
      category: null,
      tags: ['mail', 'Support'],
      visibility: 'private',
      version: 1,
      origin: null,
      isFavorite: false,
      permissions: { canEdit: true, canShare: true, canDelete: true },
      trashedAt: null,
    });
    expect(await as(cast.alice).prompts.get({ id: prompt.id })).toEqual(prompt);
    expect(await auditOf(prompt.id)).toEqual(['prompt.created']);
  });

  it('makes the readable content of a chat from its messages', async () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { type: 'placeholder' as const, name: 'history' },
      { role: 'user' as const, content: '{{ question }}' },
    ];
    const prompt = await as(cast.alice).prompts.create({ title: 'Chat', kind: 'chat', messages });
    expect(prompt).toMatchObject({
      kind: 'chat',
      messages,
      content: 'system:\nBe brief.\n\n[history]\n\nuser:\n{{ question }}',
    });
  });

  it('is made from any address that a caller may have', async () => {
    for (const ip of ['fe80::1%eth0', '203.0.113.7:50123', 'unknown']) {
      const { prompts } = callersOf(services).as(cast.alice.principal, { client: { ip, userAgent: null } });
      expect(await codeOf(prompts.create({ title: 'From afar', content: 'x' }))).toBe('ok');
    }
  });

  it('takes names as long as they may be, however long that is in lower case or in another form', async () => {
    for (const letter of ['\u0130', '\ufdfa', '\u0958', 'ß']) {
      const input = { title: 'Tagged', content: 'x', category: letter.repeat(20), tags: [letter.repeat(16)] };
      expect(await codeOf(as(cast.alice).prompts.create(input))).toBe('ok');
    }
    const long = { title: 'Tagged', content: 'x', category: '\ufdfa'.repeat(60), tags: ['\ufdfa'.repeat(50)] };
    expect(await codeOf(as(cast.alice).prompts.create(long))).toBe('ok');
  });

  it('refuses kind, content and messages that do not go together', async () => {
    const { create } = as(cast.alice).prompts;
    const messages = [{ role: 'user' as const, content: 'x' }];
    const refused = [
      { title: 'No content' },
      { title: 'No messages', kind: 'chat' as const, content: 'x' },
      { title: 'Text with messages', content: 'x', messages },
      { title: 'Other content', kind: 'chat' as const, content: 'y', messages },
      {
        title: 'Too long',
        kind: 'chat' as const,
        messages: Array(3).fill({ role: 'user', content: 'x'.repeat(90_000) }),
      },
    ];
    for (const input of refused) expect(await codeOf(create(input)), input.title).toBe('request.invalid');
  });

  it("follows the caller's preferences where category and visibility are left out", async () => {
    await db
      .updateTable('users')
      .set({ preferences: JSON.stringify({ defaultCategory: 'Drafts', defaultVisibility: 'public' }) })
      .where('id', '=', cast.carol.id)
      .execute();
    const { create } = as(cast.carol).prompts;
    expect(await create({ title: 'Left out', content: 'x' })).toMatchObject({
      category: 'Drafts',
      visibility: 'public',
    });
    expect(await create({ title: 'Said', content: 'x', category: null, visibility: 'private' })).toMatchObject({
      category: null,
      visibility: 'private',
    });
  });

  it('numbers a slug it makes and refuses a given one that is taken, but not by the trash', async () => {
    const { create, delete: remove } = as(cast.bob).prompts;
    const first = await create({ title: 'Same name', content: 'x' });
    expect((await create({ title: 'Same name', content: 'x' })).slug).toBe('same-name-2');
    expect(await codeOf(create({ title: 'Else', content: 'x', slug: 'same-name' }))).toBe('prompt.slug_taken');
    await remove({ id: first.id });
    expect((await create({ title: 'Else', content: 'x', slug: 'same-name' })).slug).toBe('same-name');
    expect((await as(cast.mallory).prompts.create({ title: 'Else', content: 'x', slug: 'same-name' })).slug).toBe(
      'same-name',
    );
  });
});

describe('access', () => {
  it('gives each caller what the rules say, and no more', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Shared', content: 'x' });
    const groupId = await givenGroup(services, {
      owner: cast.alice,
      editors: [cast.bob],
      viewers: [cast.carol],
      promptIds: [id],
    });
    const exMember = cast.mallory;
    const may = async (person: Parameters<typeof as>[0]) => ({
      read: await codeOf(as(person).prompts.get({ id })),
      edit: await codeOf(as(person).prompts.update({ id, description: `by ${newId()}` })),
      share: await codeOf(as(person).prompts.update({ id, visibility: 'public' })),
      delete: await codeOf(as(person).prompts.delete({ id })),
      copy: await codeOf(as(person).prompts.duplicate({ id })),
      usage: await codeOf(as(person).prompts.usage({ id })),
    });
    const ok = 'ok';
    const no = 'prompt.forbidden';
    const none = 'prompt.not_found';
    const nothing = { read: none, edit: none, share: none, delete: none, copy: none, usage: none };
    expect(await may(cast.bob)).toEqual({
      read: ok,
      edit: ok,
      share: no,
      delete: no,
      copy: ok,
      usage: no,
    });
    expect(await may(cast.carol)).toEqual({
      read: ok,
      edit: no,
      share: no,
      delete: no,
      copy: ok,
      usage: no,
    });
    expect(await may(exMember)).toEqual(nothing);

    const groupKey = { principal: keyPrincipal(cast.alice, ['prompts:read', 'prompts:write'], groupId) };
    expect(await codeOf(as(groupKey).prompts.get({ id }))).toBe('ok');
    const other = await as(cast.alice).prompts.create({ title: 'Outside', content: 'x' });
    expect(await codeOf(as(groupKey).prompts.get({ id: other.id }))).toBe(none);
    expect((await as(groupKey).prompts.list({})).items.map((item) => item.id)).toEqual([id]);
    expect(await codeOf(as({ principal: keyPrincipal(cast.alice, ['prompts:read']) }).prompts.delete({ id }))).toBe(
      'auth.scope_missing',
    );

    await db.deleteFrom('group_members').where('user_id', '=', cast.bob.id).execute();
    expect(await may(cast.bob)).toEqual(nothing);
    expect(await may(cast.root)).toMatchObject({
      read: ok,
      edit: ok,
      share: ok,
      delete: ok,
    });
  });

  it('grants nothing through an entry that somebody else than the owner made', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Once public', content: 'x', visibility: 'public' });
    await givenGroup(services, { owner: cast.bob, viewers: [cast.carol], promptIds: [id] });
    expect(await codeOf(as(cast.carol).prompts.get({ id }))).toBe('ok');
    await as(cast.alice).prompts.update({ id, visibility: 'private' });
    expect(await codeOf(as(cast.carol).prompts.get({ id }))).toBe('prompt.not_found');
    expect(await codeOf(as(cast.bob).prompts.update({ id, content: 'y' }))).toBe('prompt.not_found');
  });

  it('counts a read and a copy, under the name of the key', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Counted', content: 'x' });
    services.recorded.length = 0;
    await as({ principal: keyPrincipal(cast.alice, ['prompts:read']) }).prompts.get({ id });
    await as(cast.alice).prompts.duplicate({ id });
    expect(services.recorded).toMatchObject([
      { promptId: id, version: 1, kind: 'read', consumer: 'test' },
      { promptId: id, version: 1, kind: 'copy', consumer: 'web', apiKeyId: null },
    ]);
  });
});

describe('the trash', () => {
  it('hides a deleted prompt from everyone but its owner’s own list, and gives it back', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Trashed', content: 'x', visibility: 'public' });
    await as(cast.alice).prompts.delete({ id });
    for (const person of [cast.alice, cast.mallory, cast.root]) {
      expect(await codeOf(as(person).prompts.get({ id }))).toBe('prompt.not_found');
      expect(await codeOf(as(person).prompts.delete({ id }))).toBe('prompt.not_found');
    }
    const trash = await as(cast.alice).prompts.list({ trashed: true });
    expect(trash.items.map((item) => item.id)).toContain(id);
    expect((await as(cast.root).prompts.list({ trashed: true })).items).toEqual([]);
    expect(await codeOf(as(cast.mallory).prompts.restore({ id }))).toBe('prompt.not_found');
    expect(await as(cast.alice).prompts.restore({ id })).toMatchObject({ id, trashedAt: null });
    expect(await codeOf(as(cast.alice).prompts.restore({ id }))).toBe('prompt.not_in_trash');
    expect(await codeOf(as(cast.mallory).prompts.restore({ id }))).toBe('prompt.forbidden');
    expect(await auditOf(id)).toEqual(['prompt.created', 'prompt.deleted', 'prompt.restored']);
  });

  it('is emptied after 30 days, which closes the gaps in groups', async () => {
    const own = as(cast.alice).prompts;
    const [first, second, third] = await Promise.all(
      ['One', 'Two', 'Three'].map((title) => own.create({ title: `Purged ${title}`, content: 'x' })),
    );
    if (!first || !second || !third) throw new Error('Three prompts were made.');
    const promptIds = [first.id, second.id, third.id];
    const groupId = await givenGroup(services, { owner: cast.alice, promptIds });
    await own.delete({ id: second.id });
    const now = () => services.clock.now();
    await purgeTrash(db, new Date(now().getTime() + 29.9 * 86_400_000));
    expect((await own.list({ trashed: true })).items.map((item) => item.id)).toContain(second.id);
    services.clock.advance(30.1 * 86_400_000);
    // The database goes by its own clock too, whatever the server says: nothing younger is purged.
    expect(await purgeTrash(db, now())).toBe(0);
    await sql`UPDATE prompts SET deleted_at = now() - interval '30 days 1 minute' WHERE id = ${second.id}`.execute(db);
    expect(await codeOf(own.restore({ id: second.id }))).toBe('prompt.not_found');
    expect((await own.list({ trashed: true })).items).toEqual([]);
    expect(await purgeTrash(db, now())).toBeGreaterThan(0);
    expect(await purgeTrash(db, now())).toBe(0);
    const entries = await db
      .selectFrom('group_prompts')
      .select(['prompt_id as id', 'position'])
      .where('group_id', '=', groupId)
      .orderBy('position')
      .execute();
    expect(entries).toEqual([
      { id: first.id, position: 0 },
      { id: third.id, position: 1 },
    ]);
    const versions = db.selectFrom('prompt_versions').select('version').where('prompt_id', '=', second.id);
    expect(await versions.execute()).toEqual([]);
    // No session lasts as long.
    services.clock.advance(-30.1 * 86_400_000);
  });
});

describe('duplicating', () => {
  it("makes the caller's own private copy, that remembers where it came from", async () => {
    const template = await as(cast.alice).prompts.create({
      title: 'Starter',
      content: 'v1',
      isTemplate: true,
      visibility: 'public',
      tags: ['start'],
      category: 'Kits',
      slug: 'kits/starter',
    });
    await as(cast.alice).prompts.update({ id: template.id, content: 'v2' });
    const copy = await as(cast.mallory).prompts.duplicate({ id: template.id });
    expect(copy).toMatchObject({
      slug: 'kits/starter',
      content: 'v2',
      version: 1,
      isTemplate: false,
      visibility: 'private',
      tags: ['start'],
      category: 'Kits',
      owner: { handle: 'mallory' },
      origin: { promptId: template.id, version: 2 },
    });
    expect(await as(cast.mallory).prompts.duplicate({ id: template.id, version: 1 })).toMatchObject({
      slug: 'kits/starter-2',
      content: 'v1',
      origin: { version: 1 },
    });
    expect(await as(cast.mallory).prompts.duplicate({ id: template.id, title: 'Another name' })).toMatchObject({
      title: 'Another name',
      slug: 'another-name',
    });
    expect(await codeOf(as(cast.mallory).prompts.duplicate({ id: template.id, version: 9 }))).toBe(
      'prompt.version_not_found',
    );
    expect(await codeOf(as(cast.mallory).prompts.duplicate({ id: template.id, slug: 'kits/starter' }))).toBe(
      'prompt.slug_taken',
    );
    expect(await as(cast.mallory).prompts.get({ id: copy.id })).toEqual(copy);
  });
});
