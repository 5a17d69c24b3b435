import { measuredQueries } from '@promptory/db/testing';
import { type KyselyPlugin, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  deliverMail,
  finishDeletions,
  givenApi,
  givenApiKey,
  givenGroup,
  givenPerson,
  givenPrompt,
  isAwaitingLock,
  PASSWORD,
  type Person,
} from '../../../../test/index.ts';
import { passOnGroups, passOnPrompts } from './pass-on.ts';

const { db, pool, services, cast, as } = await givenApi({ max: 10 });
const { bob, carol, mallory, root } = cast;

let people = 0;
const givenLeaver = (parts: Parameters<typeof givenPerson>[1] = {}): Promise<Person> => {
  people += 1;
  return givenPerson(services, { handle: `leaver-${people}`, ...parts });
};

const put = (person: Person, group: string, promptId: string) => as(person).groups.addPrompt({ id: group, promptId });

async function planOf(person: Person) {
  const plan = await as(person).me.deletion({ limit: 100 });
  const what = plan.items.map(({ id, to, removedFor }) => [id, to?.handle ?? removedFor] as const);
  return { ...plan, what: new Map(what) };
}

async function leave(person: Person): Promise<void> {
  const { revision } = await as(person).me.deletion();
  await as(person).me.delete({ currentPassword: PASSWORD, revision });
  services.clock.advance(1_000);
}

const ownerOf = async (table: 'groups' | 'prompts', id: string) =>
  (await db.selectFrom(table).select('user_id').where('id', '=', id).executeTakeFirst())?.user_id ?? 'none';

const heldBy = ({ id }: Person) =>
  db
    .selectFrom('account_resources')
    .select(['prompts', 'versions', 'stored_bytes'])
    .where('user_id', '=', id)
    .executeTakeFirstOrThrow();

/** What a person of several things leaves behind. */
async function givenEstate() {
  const leaver = await givenLeaver();
  const [passing, alone, watched, theirs] = [
    await givenGroup(services, { owner: leaver, name: 'Passing', editors: [bob], viewers: [carol] }),
    await givenGroup(services, { owner: leaver, name: 'Alone' }),
    await givenGroup(services, { owner: leaver, name: 'Watched', viewers: [carol] }),
    await givenGroup(services, { owner: carol, name: 'Theirs', editors: [leaver, bob] }),
  ];
  const prompts = {
    inPassing: (await givenPrompt(services, leaver, 'In passing', { tags: ['Kept'], category: 'Kept' })).id,
    inTheirs: (await givenPrompt(services, leaver, 'In theirs')).id,
    inAlone: (await givenPrompt(services, leaver, 'In alone')).id,
    unshared: (await givenPrompt(services, leaver, 'Unshared', { visibility: 'public' })).id,
    trashed: (await givenPrompt(services, leaver, 'Trashed')).id,
  };
  await put(leaver, passing, prompts.inPassing);
  await put(leaver, theirs, prompts.inTheirs);
  // By the first group that it was put into.
  services.clock.advance(1_000);
  await put(leaver, passing, prompts.inTheirs);
  await put(leaver, alone, prompts.inAlone);
  await as(leaver).prompts.delete({ id: prompts.trashed });
  return { leaver, groups: { passing, alone, watched, theirs }, prompts };
}

describe('what would become of what an account owns', () => {
  it('is shown, and is what becomes of it', async () => {
    const { leaver, groups, prompts } = await givenEstate();
    const [ofBob, ofCarol] = [await heldBy(bob), await heldBy(carol)];
    const plan = await planOf(leaver);
    expect(plan.what).toEqual(
      new Map([
        [groups.passing, 'bob'],
        [groups.alone, 'no_editor'],
        [groups.watched, 'no_editor'],
        [prompts.inPassing, 'bob'],
        [prompts.inTheirs, 'carol'],
        [prompts.inAlone, 'not_shared'],
        [prompts.unshared, 'not_shared'],
      ]),
    );
    expect(plan).toMatchObject({
      nextCursor: null,
      isLastAdmin: false,
      totals: { groupsPassed: 1, groupsRemoved: 2, promptsPassed: 2, promptsRemoved: 2, promptsInTrash: 1 },
    });

    await leave(leaver);
    const [finished] = await finishDeletions(services);
    expect(finished).toEqual({
      groups: { passed: 1, removed: 2 },
      prompts: { passed: 2, removed: 2 },
      purged: 3,
    });
    for (const [id, to] of plan.what) {
      const table = Object.values(groups).includes(id) ? 'groups' : 'prompts';
      const heir = { bob: bob.id, carol: carol.id }[String(to)] ?? 'none';
      expect({ id, owner: await ownerOf(table, id) }).toEqual({ id, owner: heir });
    }
    expect(await ownerOf('prompts', prompts.trashed)).toBe('none');
    // What groups grant stays as it is, and so does who wrote what, without a name.
    expect(await codeOf(as(carol).prompts.get({ id: prompts.inPassing }))).toBe('ok');
    expect(await as(bob).prompts.get({ id: prompts.inPassing })).toMatchObject({
      owner: { handle: 'bob' },
      tags: ['Kept'],
      permissions: { canDelete: true },
    });
    const { items } = await as(bob).versions.list({ id: prompts.inPassing });
    expect(items[0]?.author).toMatchObject({ name: 'Deleted account', avatarUrl: null });
    expect(await as(bob).groups.get({ id: groups.passing })).toMatchObject({ owner: { handle: 'bob' }, role: 'owner' });
    const members = await as(bob).members.list({ id: groups.passing });
    expect(members.items.map(({ user, role }) => [user.handle, role])).toEqual([
      ['bob', 'owner'],
      ['carol', 'viewer'],
    ]);
    // It counts for who has it now.
    const more = async (before: typeof ofBob, person: Person) => {
      const { prompts, versions, stored_bytes } = await heldBy(person);
      return [prompts - before.prompts, versions - before.versions, Number(stored_bytes) > Number(before.stored_bytes)];
    };
    expect([await more(ofBob, bob), await more(ofCarol, carol)]).toEqual([
      [1, 1, true],
      [1, 1, true],
    ]);
    expect(await heldBy(leaver)).toEqual({ prompts: 0, versions: 0, stored_bytes: 0 });
    const counted = await as(bob).tags.list({ q: 'kept' });
    expect(counted.items).toEqual([expect.objectContaining({ name: 'Kept', promptCount: 1 })]);
  });

  it('comes in pages, of which each has the revision of them all', async () => {
    const { leaver } = await givenEstate();
    const whole = await as(leaver).me.deletion({ limit: 100 });
    const items = [];
    for (let cursor: string | undefined; ; ) {
      const page = await as(leaver).me.deletion({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.revision).toBe(whole.revision);
      items.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(items).toEqual(whole.items);
    expect(items).toHaveLength(7);
  });

  it('is no longer done where it has changed since it was shown', async () => {
    const { leaver, groups } = await givenEstate();
    const { revision } = await as(leaver).me.deletion();
    await as(carol).groups.delete({ id: groups.theirs });
    const again = as(leaver).me.delete({ currentPassword: PASSWORD, revision });
    expect(await codeOf(again)).toBe('request.precondition_failed');
    expect(await codeOf(as(leaver).me.get())).toBe('ok');
    expect(await finishDeletions(services)).toEqual([]);
  });

  it('passes nothing to whom it would leave no room, and all of it to whom it leaves enough', async () => {
    const leaver = await givenLeaver();
    const [tight, wide] = [await givenLeaver(), await givenLeaver()];
    const toTight = await givenGroup(services, { owner: tight, editors: [leaver] });
    const toWide = await givenGroup(services, { owner: wide, editors: [leaver] });
    const ids = [];
    for (const group of [toTight, toTight, toWide]) {
      const { id } = await givenPrompt(services, leaver, `In ${group}`);
      await put(leaver, group, id);
      ids.push(id);
    }
    // Nine of ten are others' to fill: two of these would be beyond it.
    await as(root).admin.users.update({ id: tight.id, quotas: { prompts: 2 } });
    await as(root).admin.users.update({ id: wide.id, quotas: { prompts: 2 } });
    const { what } = await planOf(leaver);
    expect(ids.map((id) => what.get(id))).toEqual(['no_room', 'no_room', wide.handle]);
    await leave(leaver);
    await finishDeletions(services);
    expect(await Promise.all(ids.map((id) => ownerOf('prompts', id)))).toEqual(['none', 'none', wide.id]);
  });

  it('gives a slug that its heir uses a number, and is found by it', async () => {
    const leaver = await givenLeaver();
    const heir = await givenLeaver();
    const group = await givenGroup(services, { owner: heir, editors: [leaver] });
    const { id } = await as(leaver).prompts.create({ title: 'Wombats', content: 'Burrow.', slug: 'same' });
    await as(heir).prompts.create({ title: 'Own', content: 'x', slug: 'same' });
    await put(leaver, group, id);
    await leave(leaver);
    await finishDeletions(services);
    expect(await as(heir).prompts.get({ id })).toMatchObject({ slug: 'same-2', ref: `${heir.handle}/same-2` });
    expect((await as(heir).prompts.list({ q: 'wombats' })).items.map((item) => item.id)).toEqual([id]);
  });
});

describe('of an account with much', () => {
  it('costs, to show and to do, by what it has, and not each thing by all the others', async () => {
    const leaver = await givenLeaver();
    const [groups, members, prompts, groupsOfEach] = [100, 30, 300, 5];
    const own = sql`SELECT id, row_number() OVER (ORDER BY id) AS n FROM`;
    await sql`INSERT INTO users (id, email, name, handle, role, created_at, updated_at)
      SELECT gen_random_uuid(), 'reader-' || n || '@example.com', 'Reader', 'reader-' || n, 'user', now(), now()
      FROM generate_series(1, ${members}::integer) AS n`.execute(db);
    await sql`INSERT INTO groups (id, user_id, name, description, created_at, updated_at)
      SELECT gen_random_uuid(), ${leaver.id}::uuid, 'G' || n, '', now(), now()
      FROM generate_series(1, ${groups}::integer) AS n`.execute(db);
    await sql`INSERT INTO group_members (group_id, user_id, role, created_at)
      SELECT groups.id, users.id, 'viewer', now() FROM groups, users
      WHERE groups.user_id = ${leaver.id}::uuid AND users.handle LIKE 'reader-%'`.execute(db);
    await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
      SELECT gen_random_uuid(), ${leaver.id}::uuid, 'p-' || n, 'P', 'x', sha256(''::bytea)
      FROM generate_series(1, ${prompts}::integer) AS n`.execute(db);
    await sql`INSERT INTO group_prompts (group_id, prompt_id, position, added_by, created_at)
      SELECT one.id, prompt.id, prompt.n, ${leaver.id}::uuid, now()
      FROM (${own} prompts WHERE user_id = ${leaver.id}::uuid) AS prompt, generate_series(0, ${groupsOfEach - 1}::integer) AS step,
        (${own} groups WHERE user_id = ${leaver.id}::uuid) AS one
      WHERE one.n = 1 + (prompt.n + step) % ${groups}::integer`.execute(db);
    const measured = measuredQueries(pool);
    const there = groups * (1 + members) + prompts * (1 + groupsOfEach);
    measured.take();
    const plan = await callersOf({ ...services, db: measured.db })
      .as(leaver.principal)
      .me.deletion();
    expect(plan.totals).toMatchObject({ groupsRemoved: groups, promptsRemoved: prompts });
    expect(measured.take().rows).toBeLessThan(6 * there);
    await leave(leaver);
    const job = { userId: leaver.id, requestId: 'none' };
    measured.take();
    expect(await passOnGroups({ ...services, db: measured.db }, job)).toEqual({ passed: 0, removed: groups });
    // What hangs on a group goes with it, and is counted for others.
    expect(measured.take().rows).toBeLessThan(6 * there);
    expect(await passOnPrompts({ ...services, db: measured.db }, job)).toEqual({ passed: 0, removed: prompts });
    expect(measured.take().rows).toBeLessThan(200 * prompts);
    await finishDeletions(services);
  });
});

describe('what is done meanwhile', () => {
  it('passes a prompt on under another slug, where its heir takes its own in that moment', async () => {
    const [leaver, heir] = [await givenLeaver(), await givenLeaver()];
    const group = await givenGroup(services, { owner: leaver, editors: [heir] });
    const { id } = await as(leaver).prompts.create({ title: 'Wanted', slug: 'wanted', content: 'x' });
    const { id: other } = await as(heir).prompts.create({ title: 'Other', slug: 'other', content: 'x' });
    await put(leaver, group, id);
    await leave(leaver);
    const taking = await db.startTransaction().execute();
    await taking.updateTable('prompts').set({ slug: 'wanted' }).where('id', '=', other).execute();
    const finished = finishDeletions(services);
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    await taking.commit().execute();
    expect(await finished).toMatchObject([{ prompts: { passed: 1, removed: 0 } }]);
    expect(await as(heir).prompts.get({ id })).toMatchObject({ owner: { handle: heir.handle }, slug: 'wanted-2' });
  });

  it('hands no group over to whom is just deleted, while their prompts are removed', async () => {
    const leaver = await givenLeaver();
    const group = await givenGroup(services, { owner: bob, editors: [leaver] });
    await leave(leaver);
    const handedOver = as(bob).members.update({ id: group, userId: leaver.id, role: 'owner' });
    expect(await codeOf(handedOver)).toBe('group.member_not_found');
    await finishDeletions(services);
    expect(await ownerOf('groups', group)).toBe(bob.id);
  });

  it.each([
    ['comes to own no group that is just being handed over', 'owner'],
    ['is left in no group that is just being shared', 'editor'],
  ])('%s', async (_, role) => {
    const [leaver, other] = [await givenLeaver(), await givenLeaver()];
    const group = await givenGroup(services, { owner: other, editors: role === 'owner' ? [leaver, bob] : [bob] });
    let deletion: Promise<unknown> | null = null;
    const isOfLeaver = (row: object) => [Reflect.get(row, 'id'), Reflect.get(row, 'user')?.id].includes(leaver.id);
    // The account is deleted as soon as it is found, where nothing keeps it from that.
    const deleting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (deletion === null && result.rows.some(isOfLeaver)) {
          let isDone = false;
          deletion = (async () => {
            await as(leaver).me.delete({ currentPassword: PASSWORD });
            await finishDeletions(services);
            isDone = true;
          })();
          await expect.poll(async () => isDone || (await isAwaitingLock(db)), { interval: 10 }).toBe(true);
        }
        return result;
      },
    };
    const { members } = callersOf({ ...services, db: services.db.withPlugin(deleting) }).as(other.principal);
    const change =
      role === 'owner'
        ? members.update({ id: group, userId: leaver.id, role: 'owner' })
        : members.add({ id: group, handle: leaver.handle, role: 'editor' });
    expect(['ok', 'group.member_not_found']).toContain(await codeOf(change));
    await deletion;
    expect(deletion).not.toBeNull();
    expect(await ownerOf('groups', group)).toBe(other.id);
    const left = db.selectFrom('group_members').select('group_id').where('user_id', '=', leaver.id);
    expect(await left.execute()).toEqual([]);
  });
});

describe('an account that is deleted', () => {
  it('lets nobody in at once, and its address and handle are free', async () => {
    const leaver = await givenLeaver();
    const key = await givenApiKey(db, leaver, { now: services.clock.now() });
    await leave(leaver);
    expect(await codeOf(as(leaver).me.update({ name: 'Back' }))).toBe('auth.session_ended');
    const left = await db.selectFrom('sessions').select('id').where('user_id', '=', leaver.id).execute();
    expect(left).toEqual([]);
    const keys = await db.selectFrom('api_keys').select(['revoked_at']).where('user_id', '=', leaver.id).execute();
    expect(keys.map(({ revoked_at }) => revoked_at === null)).toEqual([false]);
    expect(key).toBeDefined();
    const again = await givenPerson(services, { email: leaver.email, handle: leaver.handle });
    expect(again.id).not.toBe(leaver.id);
    const { items } = await as(root).admin.users.list({ q: leaver.handle });
    expect(items.map(({ id }) => id)).toEqual([again.id]);
    const revived = as(root).admin.users.update({ id: leaver.id, status: 'active' });
    expect(await codeOf(revived)).toBe('user.not_found');
  });

  it('is told so by mail at the address that it had, and nothing else reaches it', async () => {
    const leaver = await givenLeaver();
    await deliverMail(services);
    await as(leaver).me.update({ email: 'elsewhere@example.com', currentPassword: PASSWORD });
    await leave(leaver);
    const mails = await deliverMail(services);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([[leaver.email, 'Your account was deleted']]);
  });

  it('takes the password, and never the last administrator', async () => {
    const leaver = await givenLeaver();
    const wrong = as(leaver).me.delete({ currentPassword: 'another one entirely' });
    expect(await codeOf(wrong)).toBe('auth.invalid_credentials');
    expect((await as(root).me.deletion()).isLastAdmin).toBe(true);
    const last = as(root).me.delete({ currentPassword: PASSWORD });
    expect(await codeOf(last)).toBe('user.last_admin');
    const other = await givenLeaver({ role: 'admin' });
    const outcomes = await Promise.all(
      [root, other].map((admin) => codeOf(as(admin).me.delete({ currentPassword: PASSWORD }))),
    );
    expect(outcomes.toSorted()).toEqual(['ok', 'user.last_admin']);
    const { rows } = await sql<{ admins: number }>`
      SELECT count(*)::integer AS admins FROM users WHERE role = 'admin' AND status = 'active'`.execute(db);
    expect(rows).toEqual([{ admins: 1 }]);
    await finishDeletions(services);
  });

  it('leaves the audit log as it was, but for where it was done from, and no other trace', async () => {
    const leaver = await givenLeaver();
    const prompt = await givenPrompt(services, mallory, 'Marked', { visibility: 'public' });
    await as(leaver).favorites.add({ promptId: prompt.id });
    await as(leaver).prompts.render({ id: prompt.id, inputs: {} });
    const { id } = await as(leaver).prompts.create({ title: 'Own', content: 'x' });
    const entries = () =>
      db
        .selectFrom('audit_log')
        .select(['id', 'action', 'target_id', 'ip'])
        .where('actor_id', '=', leaver.id)
        .orderBy('id')
        .execute();
    const before = await entries();
    expect(before.some(({ ip }) => ip !== null)).toBe(true);
    await leave(leaver);
    await finishDeletions(services);
    const after = await entries();
    expect(after.slice(0, before.length)).toEqual(before.map((entry) => ({ ...entry, ip: null })));
    expect(after.slice(before.length).map(({ action, target_id }) => [action, target_id])).toEqual([
      ['user.deleted', leaver.id],
      ['prompt.deleted', id],
      ['prompt.purged', id],
    ]);
    const { rows } = await sql<{ table: string; text: string }>`
      SELECT 'users' AS table, users::text AS text FROM users UNION ALL
      SELECT 'sessions', sessions::text FROM sessions UNION ALL
      SELECT 'attempts', auth_attempts::text FROM auth_attempts UNION ALL
      SELECT 'members', group_members::text FROM group_members UNION ALL
      SELECT 'favorites', favorites::text FROM favorites UNION ALL
      SELECT 'uses', usage_events::text FROM usage_events UNION ALL
      SELECT 'answers', idempotency_keys::text FROM idempotency_keys UNION ALL
      SELECT 'keys', api_keys::text FROM api_keys`.execute(db);
    const traces = rows.filter(({ text }) => [leaver.id, leaver.email, leaver.handle].some((of) => text.includes(of)));
    // The row itself stays: versions and moves of labels refer to it.
    expect(traces.map(({ table }) => table)).toEqual(['users']);
    expect(traces[0]?.text).not.toContain(leaver.email);
  });

  it('finds its deletion finished where the job broke off, and a job of an account that is there does nothing', async () => {
    const { leaver, prompts } = await givenEstate();
    await leave(leaver);
    const broken = {
      ...services,
      settings: new Proxy(services.settings, {
        get: () => {
          throw new Error('broken');
        },
      }),
    };
    await expect(finishDeletions(broken)).rejects.toThrow('broken');
    expect(await ownerOf('prompts', prompts.inPassing)).toBe(leaver.id);
    await sql`SELECT graphile_worker.add_job('finish_deletion', json_build_object('userId', ${leaver.id}::text, 'requestId', 'again'))`.execute(
      db,
    );
    expect(await finishDeletions(services)).toMatchObject([{ prompts: { passed: 2, removed: 2 }, purged: 3 }]);
    expect(await ownerOf('prompts', prompts.inPassing)).toBe(bob.id);
    await sql`SELECT graphile_worker.add_job('finish_deletion', json_build_object('userId', ${mallory.id}::text, 'requestId', 'none'))`.execute(
      db,
    );
    expect(await finishDeletions(services)).toEqual([]);
    expect(await codeOf(as(mallory).me.get())).toBe('ok');
  });
});
