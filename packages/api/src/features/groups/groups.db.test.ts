import { newId } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  givenApi,
  givenPerson,
  givenPrompt,
  givenPrompts,
  givenTeam,
  keyPrincipal,
  type Person,
} from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi({ max: 6 });

const orderFor = async (person: Person, id: string): Promise<string[]> =>
  (await as(person).groups.get({ id })).prompts.map((entry) => entry.prompt.id);

const auditOf = async (id: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', id).orderBy('id').execute()).map(
    (row) => row.action,
  );

describe('a group', () => {
  it('is made empty, owned by its maker, and answers what it is to each caller', async () => {
    const made = await as(cast.alice).groups.create({ name: 'Mine', description: 'All of it' });
    expect(made).toMatchObject({
      name: 'Mine',
      description: 'All of it',
      role: 'owner',
      promptCount: 0,
      memberCount: 1,
    });
    await as(cast.alice).members.add({ id: made.id, handle: 'bob', role: 'editor' });
    expect(await as(cast.bob).groups.get({ id: made.id })).toMatchObject({
      role: 'editor',
      memberCount: 2,
      prompts: [],
    });
    expect(await codeOf(as(cast.root).groups.get({ id: made.id }))).toBe('group.not_found');
  });

  it('is deleted as its owner saw it, or not at all', async () => {
    const { id } = await givenTeam(services, cast, ['Stays']);
    const alice = as(cast.alice).groups;
    const { revision } = await alice.get({ id });
    services.clock.advance(1_000);
    await alice.update({ id, name: 'Renamed meanwhile' });
    expect(await codeOf(alice.delete({ id, revision }))).toBe('request.precondition_failed');
    const seen = await alice.get({ id });
    expect(seen.name).toBe('Renamed meanwhile');
    await alice.delete({ id, revision: seen.revision });
    expect(await codeOf(alice.get({ id }))).toBe('group.not_found');
    expect((await auditOf(id)).at(-1)).toBe('group.deleted');
  });

  it('does not exist for a stranger, whatever they ask of it', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['Hidden']);
    const stranger = as(cast.mallory);
    const promptId = prompts[0] ?? '';
    const calls = (groupId: string) => [
      stranger.groups.get({ id: groupId }),
      stranger.groups.update({ id: groupId, name: 'x' }),
      stranger.groups.delete({ id: groupId }),
      stranger.groups.addPrompt({ id: groupId, promptId }),
      stranger.groups.removePrompt({ id: groupId, promptId }),
      stranger.groups.reorder({ id: groupId, promptIds: [promptId] }),
      stranger.members.list({ id: groupId }),
      stranger.members.add({ id: groupId, handle: 'mallory', role: 'editor' }),
      stranger.members.update({ id: groupId, userId: cast.bob.id, role: 'viewer' }),
      stranger.members.remove({ id: groupId, userId: cast.bob.id }),
      stranger.members.remove({ id: groupId, userId: cast.mallory.id }),
      stranger.invitations.list({ id: groupId }),
      stranger.invitations.withdraw({ id: groupId, invitationId: newId() }),
    ];
    const codes = [...(await Promise.all(calls(id).map(codeOf))), ...(await Promise.all(calls(newId()).map(codeOf)))];
    expect([...new Set(codes)]).toEqual(['group.not_found']);
    expect((await stranger.groups.list({})).items).toEqual([]);
  });

  it('lets an editor change name, description and order, and nothing that is the owner’s', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['One', 'Two']);
    const promptId = prompts[0] ?? '';
    const bob = as(cast.bob);
    expect(await bob.groups.update({ id, name: 'Renamed' })).toMatchObject({ name: 'Renamed', description: '' });
    expect(await codeOf(bob.groups.reorder({ id, promptIds: prompts.toReversed() }))).toBe('ok');
    expect(await codeOf(bob.groups.removePrompt({ id, promptId }))).toBe('ok');
    expect(await codeOf(bob.groups.delete({ id }))).toBe('group.forbidden');
    expect(await codeOf(bob.members.add({ id, handle: 'mallory', role: 'viewer' }))).toBe('group.forbidden');
    expect(await codeOf(bob.members.update({ id, userId: cast.carol.id, role: 'editor' }))).toBe('group.forbidden');
    expect(await codeOf(bob.members.remove({ id, userId: cast.carol.id }))).toBe('group.forbidden');
    expect(await codeOf(bob.invitations.list({ id }))).toBe('group.forbidden');
  });

  it('lets a viewer read it and change nothing', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['One', 'Two']);
    const own = await givenPrompt(services, cast.carol, 'Of Carol');
    const carol = as(cast.carol);
    const promptId = prompts[0] ?? '';
    expect(await orderFor(cast.carol, id)).toEqual(prompts);
    const calls = [
      carol.groups.update({ id, name: 'x' }),
      carol.groups.delete({ id }),
      carol.groups.addPrompt({ id, promptId: own.id }),
      carol.groups.removePrompt({ id, promptId }),
      carol.groups.reorder({ id, promptIds: prompts.toReversed() }),
    ];
    expect([...new Set(await Promise.all(calls.map(codeOf)))]).toEqual(['group.forbidden']);
  });

  it('is deleted with its order and members, and leaves its prompts', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['Stays']);
    await as(cast.alice).groups.delete({ id });
    expect(await codeOf(as(cast.alice).groups.get({ id }))).toBe('group.not_found');
    const left = await db.selectFrom('prompts').select('id').where('id', 'in', prompts).execute();
    expect(left).toHaveLength(1);
    expect((await auditOf(id)).at(-1)).toBe('group.deleted');
  });

  it('keeps the time of its last change, and no trace of an update that changes nothing', async () => {
    const { id } = await givenTeam(services, cast);
    const before = await as(cast.alice).groups.get({ id });
    const audited = await auditOf(id);
    services.clock.advance(1_000);
    expect(await as(cast.alice).groups.update({ id, name: 'Support' })).toMatchObject({ updatedAt: before.updatedAt });
    expect(await auditOf(id)).toEqual(audited);
    const changed = await as(cast.alice).groups.update({ id, description: 'New' });
    expect(Date.parse(changed.updatedAt) - Date.parse(before.updatedAt)).toBeGreaterThanOrEqual(1_000);
  });

  it('is reached by a key only with its scope, and by a key of another group not at all', async () => {
    const { id } = await givenTeam(services, cast, ['Keyed']);
    const { id: other } = await givenTeam(services, cast, ['Elsewhere']);
    const key = (scopes: Parameters<typeof keyPrincipal>[1], groupId: string | null = null) =>
      callersOf(services).as(keyPrincipal(cast.alice, scopes, groupId));
    expect(await codeOf(key(['groups:read']).groups.get({ id }))).toBe('ok');
    expect(await codeOf(key(['groups:read']).groups.delete({ id }))).toBe('auth.scope_missing');
    expect(await codeOf(key(['groups:read'], other).groups.get({ id }))).toBe('group.not_found');
    expect((await key(['groups:read'], id).groups.list({})).items.map((group) => group.id)).toEqual([id]);
    expect(await codeOf(key(['groups:write'], id).groups.create({ name: 'x' }))).toBe('auth.forbidden');
  });
});

describe('the list of groups', () => {
  it('holds what is owned and shared, filters by role and by a literal part of the name, and pages', async () => {
    const dave = await givenPerson(services, { handle: 'dave' });
    const names = ['100% sure', 'Écriture', 'plain_name', 'plainXname', 'back\\slash'];
    for (const name of names) {
      services.clock.advance(1_000);
      await as(dave).groups.create({ name });
    }
    const shared = await as(cast.alice).groups.create({ name: 'Given to Dave' });
    await as(cast.alice).members.add({ id: shared.id, handle: 'dave', role: 'viewer' });
    const named = async (input: { q?: string; role?: 'viewer' | 'owner' | 'editor' }): Promise<string[]> =>
      (await as(dave).groups.list(input)).items.map((group) => group.name);
    expect(await named({})).toEqual(['Given to Dave', ...names.toReversed()]);
    expect(await named({ q: '%' })).toEqual(['100% sure']);
    expect(await named({ q: 'n_n' })).toEqual(['plain_name']);
    expect(await named({ q: '\\' })).toEqual(['back\\slash']);
    expect(await named({ q: 'ecri' })).toEqual(['Écriture']);
    expect(await named({ role: 'viewer' })).toEqual(['Given to Dave']);
    expect(await named({ role: 'editor' })).toEqual([]);

    const paged: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await as(dave).groups.list({ limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.items.map((group) => group.name));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(['Given to Dave', ...names.toReversed()]);
  });

  it('refuses a cursor of another caller', async () => {
    const eve = await givenPerson(services, { handle: 'eve' });
    for (const name of ['a', 'b']) await as(eve).groups.create({ name });
    const { nextCursor } = await as(eve).groups.list({ limit: 1 });
    expect(await codeOf(as(cast.alice).groups.list({ limit: 1, cursor: nextCursor ?? '' }))).toBe(
      'request.cursor_invalid',
    );
  });
});

describe('the prompts of a group', () => {
  it('are readable to members, and editable to editors, when their owner added them', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['Granted']);
    const seen = async (person: Person) => (await as(person).groups.get({ id })).prompts[0]?.prompt;
    expect(await seen(cast.carol)).toMatchObject({ id: prompts[0], permissions: { canEdit: false, canShare: false } });
    expect(await seen(cast.bob)).toMatchObject({ permissions: { canEdit: true, canShare: false, canDelete: false } });
    expect((await as(cast.carol).groups.get({ id })).promptCount).toBe(1);
  });

  it('grant nothing when somebody else added them: a public prompt that turns private is gone for all', async () => {
    const { id } = await givenTeam(services, cast);
    const { id: promptId } = await givenPrompt(services, cast.mallory, 'Public for now', { visibility: 'public' });
    const added = await as(cast.bob).groups.addPrompt({ id, promptId });
    expect(added).toMatchObject({
      groupId: id,
      position: 0,
      prompt: { id: promptId, permissions: { canEdit: false } },
    });
    expect(await orderFor(cast.carol, id)).toEqual([promptId]);

    await db.updateTable('prompts').set({ visibility: 'private' }).where('id', '=', promptId).execute();
    for (const person of [cast.alice, cast.bob, cast.carol]) {
      expect(await as(person).groups.get({ id })).toMatchObject({ promptCount: 0, prompts: [] });
    }
    expect(await codeOf(as(cast.bob).groups.removePrompt({ id, promptId }))).toBe('group.prompt_not_in_group');
  });

  it('are the caller’s own or public; a private one of somebody else is refused or does not exist', async () => {
    const { id } = await givenTeam(services, cast);
    const { id: secret } = await givenPrompt(services, cast.mallory, 'Secret');
    expect(await codeOf(as(cast.bob).groups.addPrompt({ id, promptId: secret }))).toBe('prompt.not_found');
    const { id: roots } = await as(cast.root).groups.create({ name: 'Of Root' });
    expect(await codeOf(as(cast.root).groups.addPrompt({ id: roots, promptId: secret }))).toBe('prompt.forbidden');
    const { id: bobs } = await as(cast.bob).groups.create({ name: 'Of Bob' });
    const { prompts } = await givenTeam(services, cast, ['Only shared']);
    expect(await codeOf(as(cast.bob).groups.addPrompt({ id: bobs, promptId: prompts[0] ?? '' }))).toBe(
      'prompt.forbidden',
    );
  });

  it('become the owner’s entry when the owner adds what somebody else had added', async () => {
    const { id } = await givenTeam(services, cast, ['First']);
    const { id: promptId } = await givenPrompt(services, cast.alice, 'Taken over', { visibility: 'public' });
    await as(cast.bob).groups.addPrompt({ id, promptId, position: 0 });
    expect(await codeOf(as(cast.bob).groups.addPrompt({ id, promptId }))).toBe('group.already_contains');
    expect(await as(cast.alice).groups.addPrompt({ id, promptId })).toMatchObject({ position: 0 });
    expect(await codeOf(as(cast.alice).groups.addPrompt({ id, promptId }))).toBe('group.already_contains');
    await db.updateTable('prompts').set({ visibility: 'private' }).where('id', '=', promptId).execute();
    expect(await orderFor(cast.carol, id)).toContain(promptId);
  });

  it('take a position, and number at most 500', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['a', 'b']);
    const between = await givenPrompt(services, cast.alice, 'between');
    expect(await as(cast.alice).groups.addPrompt({ id, promptId: between.id, position: 1 })).toMatchObject({
      position: 1,
    });
    expect(await orderFor(cast.alice, id)).toEqual([prompts[0], between.id, prompts[1]]);

    const { id: full } = await as(cast.alice).groups.create({ name: 'Full' });
    const many = await givenPrompts(services, cast.alice, 500);
    await db
      .insertInto('group_prompts')
      .values(
        many.map((prompt, position) => ({ group_id: full, prompt_id: prompt.id, position, added_by: cast.alice.id })),
      )
      .execute();
    expect(await codeOf(as(cast.alice).groups.addPrompt({ id: full, promptId: between.id }))).toBe('group.full');
  });
});

describe('the pages of a group', () => {
  const pageOf = async (id: string, limit: number, cursor: string | null) =>
    await as(cast.alice).groups.get({ id, limit, ...(cursor === null ? {} : { cursor }) });

  async function walk(id: string, limit: number, between: () => Promise<unknown> = async () => {}): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { prompts, nextCursor } = await pageOf(id, limit, cursor);
      seen.push(...prompts.map(({ prompt }) => prompt.title));
      cursor = nextCursor;
      if (cursor !== null) await between();
    } while (cursor !== null);
    return seen;
  }

  const titles = ['a', 'b', 'c', 'd', 'e', 'f'];

  it('hold each entry once and in order, however many a page has', async () => {
    const { id } = await givenTeam(services, cast, titles);
    for (const limit of [1, 2, 4, 6, 100]) expect(await walk(id, limit)).toEqual(titles);
    const { promptCount, prompts, nextCursor } = await pageOf(id, 2, null);
    expect([promptCount, prompts.map(({ position }) => position)]).toEqual([6, [0, 1]]);
    expect((await pageOf(id, 2, nextCursor)).prompts.map(({ position }) => position)).toEqual([2, 3]);
  });

  it('neither miss nor repeat an entry while others are put in before, taken out, or moved behind', async () => {
    const { id, prompts } = await givenTeam(services, cast, titles);
    const added = await Promise.all([1, 2].map((number) => givenPrompt(services, cast.alice, `added ${number}`)));
    const steps = [
      () => as(cast.alice).groups.reorder({ id, promptId: prompts[5] ?? '', before: prompts[2] ?? '' }),
      () => as(cast.alice).groups.addPrompt({ id, promptId: added[0]?.id ?? '', position: 0 }),
      () => as(cast.alice).groups.removePrompt({ id, promptId: prompts[0] ?? '' }),
      // The one that the page ended with.
      () => as(cast.alice).groups.removePrompt({ id, promptId: prompts[5] ?? '' }),
      () => as(cast.alice).groups.addPrompt({ id, promptId: added[1]?.id ?? '', position: 1 }),
    ];
    const walked = await walk(id, 1, async () => await steps.shift()?.());
    expect(walked.toSorted()).toEqual(titles);
    expect(steps).toEqual([]);
  });

  it('end where their prompts grow too large, and so do those that reordering answers', async () => {
    const long = 'x'.repeat(190_000);
    const { id: groupId } = await as(cast.alice).groups.create({ name: 'Large' });
    const promptIds: string[] = [];
    for (let index = 0; index < 14; index += 1) {
      const { id: promptId } = await givenPrompt(services, cast.alice, `Large ${index}`, { content: long });
      await as(cast.alice).groups.addPrompt({ id: groupId, promptId });
      promptIds.push(promptId);
    }
    const first = await pageOf(groupId, 100, null);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(2 * 1024 * 1024);
    expect(first.prompts).toHaveLength(10);
    expect((await pageOf(groupId, 100, first.nextCursor)).prompts).toHaveLength(4);
    const reordered = await as(cast.alice).groups.reorder({ id: groupId, promptIds: promptIds.toReversed() });
    expect(reordered.prompts.map(({ prompt }) => prompt.id)).toEqual(promptIds.toReversed().slice(0, 10));
    const rest = await pageOf(groupId, 100, reordered.nextCursor);
    expect(rest.prompts.map(({ prompt }) => prompt.id)).toEqual(promptIds.toReversed().slice(10));
  });

  it('are signed: a cursor of another group, or of another caller, is refused', async () => {
    const { id } = await givenTeam(services, cast, titles);
    const { id: other } = await givenTeam(services, cast, titles);
    const { nextCursor } = await pageOf(id, 2, null);
    const cursor = nextCursor ?? '';
    expect(await codeOf(as(cast.alice).groups.get({ id: other, cursor }))).toBe('request.cursor_invalid');
    expect(await codeOf(as(cast.bob).groups.get({ id, cursor }))).toBe('request.cursor_invalid');
  });
});
