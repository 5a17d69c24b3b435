import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import { QuotaName } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { startImport } from '../../src/features/transfer/import/running-import.ts';
import {
  callersOf,
  errorOf,
  givenApi,
  givenGroup,
  givenPerson,
  givenPrompt,
  givenSession,
  newAddress,
  PASSWORD,
  type Person,
} from '../index.ts';

// Each quota one below its limit, at it and beyond it, beside all that looks like what it counts and is not counted.

const { db, services, as, cast } = await givenApi();

/** Adds one more each time; `free` takes away one that counts. */
interface Filled {
  add(): Promise<unknown>;
  free?(): Promise<unknown>;
}

/** What is set up counts as two. */
type Fill = (owner: Person) => Promise<Filled>;

const LIMIT = 3;
const groupOf = (owner: Person) => givenGroup(services, { owner });
const shared = (title: string) => givenPrompt(services, cast.bob, title, { visibility: 'public' });

/** A prompt of two versions, beside another one that has labels: those count for it alone. */
async function givenLabelled(owner: Person): Promise<string> {
  const { prompts, labels } = as(owner);
  const { id } = await prompts.create({ title: 'Labelled', content: 'a' });
  const another = await prompts.create({ title: 'Another', content: 'a' });
  await prompts.update({ id, content: 'b' });
  for (const label of ['one', 'two']) await labels.move({ id: another.id, label, version: 1 });
  return id;
}

const invitationRow = (owner: Person, groupId: string, email: string) => ({
  ...{ id: newId(), group_id: groupId, email, role: 'viewer', invited_by: owner.id },
  created_at: services.clock.now(),
  expires_at: new Date(services.clock.now().getTime() + 86_400_000),
  ...{ answer: null, answered_at: null },
});

/** Invitations that are open no more: expired at this moment, accepted, declined. */
const overRows = async (owner: Person, place: () => Promise<{ groupId: string; email: string }>) => {
  const row = async (parts: object) => {
    const { groupId, email } = await place();
    return { ...invitationRow(owner, groupId, email), ...parts };
  };
  const answered = (answer: string) => row({ answer, answered_at: services.clock.now() });
  return [await row({ expires_at: services.clock.now() }), await answered('accepted'), await answered('declined')];
};

const fills: Partial<Record<QuotaName, Fill>> = {
  prompts: async (owner) => {
    const { prompts } = as(owner);
    const kept = await prompts.create({ title: 'Kept', content: 'a' });
    const trashed = await prompts.create({ title: 'Trashed', content: 'a' });
    const purged = await prompts.create({ title: 'Purged', content: 'a' });
    for (const { id } of [trashed, purged]) await prompts.delete({ id });
    await prompts.purge({ id: purged.id });
    await prompts.update({ id: kept.id, content: 'b' });
    // An editor of somebody else's prompt holds nothing of it.
    const edited = await givenPrompt(services, cast.bob, 'Edited');
    await givenGroup(services, { owner: cast.bob, editors: [owner], promptIds: [edited.id] });
    await prompts.update({ id: edited.id, content: 'c' });
    return {
      add: () => prompts.create({ title: 'More', content: 'a' }),
      free: () => prompts.purge({ id: trashed.id }),
    };
  },
  versions: async (owner) => {
    const { prompts } = as(owner);
    const { id } = await prompts.create({ title: 'Kept', content: 'a' });
    await prompts.update({ id, tags: ['no version'] });
    const trashed = await prompts.create({ title: 'Trashed', content: 'a' });
    await prompts.delete({ id: trashed.id });
    const edited = await givenPrompt(services, cast.bob, 'Edited');
    await givenGroup(services, { owner: cast.bob, editors: [owner], promptIds: [edited.id] });
    await prompts.update({ id: edited.id, content: 'c' });
    let made = 0;
    const add = () => prompts.update({ id, content: `More ${++made}` });
    return { add, free: () => prompts.purge({ id: trashed.id }) };
  },
  versionsPerPrompt: async (owner) => {
    const { prompts } = as(owner);
    const { id } = await prompts.create({ title: 'Kept', content: 'a' });
    await prompts.update({ id, content: 'b' });
    await prompts.update({ id, tags: ['no version'] });
    const another = await prompts.create({ title: 'Another', content: 'a' });
    await prompts.update({ id: another.id, content: 'b' });
    let made = 0;
    return { add: () => prompts.update({ id, content: `More ${++made}` }) };
  },
  labelsPerPrompt: async (owner) => {
    const { labels } = as(owner);
    const id = await givenLabelled(owner);
    await labels.move({ id, label: 'one', version: 1 });
    await labels.move({ id, label: 'one', version: 2 });
    await labels.move({ id, label: 'gone', version: 1 });
    await labels.remove({ id, label: 'gone' });
    // One that points nowhere yet.
    await labels.protect({ id, label: 'two' });
    let made = 0;
    // Both ways by which a label comes to be there.
    const add = (): Promise<unknown> => {
      const label = `more-${++made}`;
      return made % 2 === 1 ? labels.protect({ id, label }) : labels.move({ id, label, version: 1 });
    };
    return { add, free: () => labels.remove({ id, label: 'one' }) };
  },
  labelMovesPerPrompt: async (owner) => {
    const { labels } = as(owner);
    const id = await givenLabelled(owner);
    await labels.move({ id, label: 'one', version: 1 });
    await labels.move({ id, label: 'one', version: 1 });
    await labels.remove({ id, label: 'one' });
    await labels.protect({ id, label: 'two' });
    let made = 0;
    return { add: () => labels.move({ id, label: `more-${++made}`, version: 1 }) };
  },
  groups: async (owner) => {
    const { groups, members } = as(owner);
    const kept = await groups.create({ name: 'Kept' });
    const handedOver = await groups.create({ name: 'Handed over' });
    await members.add({ id: handedOver.id, handle: cast.bob.handle, role: 'viewer' });
    await members.update({ id: handedOver.id, userId: cast.bob.id, role: 'owner' });
    const deleted = await groups.create({ name: 'Deleted' });
    await groups.delete({ id: deleted.id });
    await givenGroup(services, { owner: cast.bob, editors: [owner] });
    return { add: () => groups.create({ name: 'More' }), free: () => groups.delete({ id: kept.id }) };
  },
  membersPerGroup: async (owner) => {
    const { groups, members } = as(owner);
    const { id } = await groups.create({ name: 'Team' });
    const { id: anotherId } = await groups.create({ name: 'Another' });
    const person = await givenPerson(services);
    for (const groupId of [id, anotherId]) {
      await members.add({ id: groupId, email: person.email, role: 'viewer' });
      await members.add({ id: groupId, email: newAddress(), role: 'viewer' });
    }
    await members.add({ id: anotherId, email: newAddress(), role: 'viewer' });
    await insertRows(db, {
      group_invitations: await overRows(owner, async () => ({ groupId: id, email: newAddress() })),
    });
    const add = async () => members.add({ id, handle: (await givenPerson(services)).handle, role: 'viewer' });
    return { add, free: () => members.remove({ id, userId: person.id }) };
  },
  invitations: async (owner) => {
    const { id } = await as(owner).groups.create({ name: 'Team' });
    const theirs = await groupOf(cast.bob);
    const mine = invitationRow(owner, id, newAddress());
    await insertRows(db, {
      group_invitations: [
        mine,
        invitationRow(owner, theirs, newAddress()),
        ...(await overRows(owner, async () => ({ groupId: id, email: newAddress() }))),
        invitationRow(cast.bob, id, newAddress()),
      ],
    });
    const add = () => as(owner).members.add({ id, email: newAddress(), role: 'viewer' });
    return { add, free: () => as(owner).invitations.withdraw({ id, invitationId: mine.id }) };
  },
  invitationsPerAddress: async (owner) => {
    const email = newAddress();
    const [first, second, theirs] = [await groupOf(owner), await groupOf(owner), await groupOf(owner)];
    await insertRows(db, {
      group_invitations: [
        invitationRow(owner, first, email),
        invitationRow(owner, second, email),
        ...(await overRows(owner, async () => ({ groupId: await groupOf(owner), email }))),
        invitationRow(cast.bob, theirs, email),
        invitationRow(owner, first, newAddress()),
      ],
    });
    return { add: async () => as(owner).members.add({ id: await groupOf(owner), email, role: 'viewer' }) };
  },
  favorites: async (owner) => {
    const { favorites } = as(owner);
    const [one, two, gone] = [await shared('One'), await shared('Two'), await shared('Gone')];
    for (const { id } of [one, two, one, gone]) await favorites.add({ promptId: id });
    await favorites.remove({ promptId: gone.id });
    await as(cast.carol).favorites.add({ promptId: one.id });
    const add = async () => favorites.add({ promptId: (await shared('More')).id });
    return { add, free: () => favorites.remove({ promptId: one.id }) };
  },
  apiKeys: async (owner) => {
    const { apiKeys } = as(owner);
    const make = (name: string, parts: { expiresAt?: string } = {}) =>
      apiKeys.create({ name, scopes: ['prompts:read'], ...parts });
    const { apiKey } = await make('Kept');
    const revoked = await make('Revoked');
    await apiKeys.revoke({ id: revoked.apiKey.id });
    // One that has ended counts until it is revoked: it stays in the list.
    await make('Ended', { expiresAt: new Date(services.clock.now().getTime() + 1).toISOString() });
    services.clock.advance(1);
    await as(cast.carol).apiKeys.create({ name: 'Of another', scopes: ['prompts:read'] });
    return { add: () => make('More'), free: () => apiKeys.revoke({ id: apiKey.id }) };
  },
  importsAtOnce: async (owner) => {
    const place = (person: Person, silentMs: number) => ({
      ...{ id: newId(), user_id: person.id },
      seen_at: new Date(services.clock.now().getTime() - silentMs),
    });
    await insertRows(db, {
      running_imports: [place(owner, 0), place(owner, 119_999), place(owner, 120_000), place(cast.bob, 0)],
    });
    const ctx = { ...services, who: { userId: owner.id } } as never;
    const add = () => startImport(ctx, undefined);
    return { add, free: async () => services.clock.advance(1) };
  },
};

const quotasOf = async (owner: Person) => (await as(owner).me.get({})).quotas;
const setQuota = (owner: Person, quota: QuotaName, limit: number) =>
  as(cast.root).admin.users.update({ id: owner.id, quotas: { [quota]: limit } });

/** Whose amounts are of each prompt, group or address, and so of no account. */
const OF_EACH = [
  'versionsPerPrompt',
  'labelsPerPrompt',
  'labelMovesPerPrompt',
  'membersPerGroup',
  'invitationsPerAddress',
];

describe('a quota', () => {
  it.each(Object.entries(fills) as Array<[QuotaName, Fill]>)(
    '%s counts what it says, takes one more up to its limit, and nothing beyond it',
    async (quota, fill) => {
      const owner = await givenPerson(services);
      const { add, free } = await fill(owner);
      await setQuota(owner, quota, LIMIT);
      const used = async () => (await quotasOf(owner)).find((each) => each.quota === quota);
      const shown = (amount: number) => ({ quota, limit: LIMIT, used: OF_EACH.includes(quota) ? null : amount });
      expect(await used()).toEqual(shown(LIMIT - 1));
      await add();
      expect(await used()).toEqual(shown(LIMIT));
      for (let times = 0; times < 2; times += 1) {
        const { code, extra } = await errorOf(add());
        expect({ code, extra }).toEqual({ code: 'quota.exceeded', extra: { quota, limit: LIMIT, used: LIMIT } });
      }
      expect(await used()).toEqual(shown(LIMIT));
      if (free === undefined) return;
      await free();
      expect(await used()).toEqual(shown(LIMIT - 1));
      await add();
      expect((await errorOf(add())).code).toBe('quota.exceeded');
    },
  );

  it('of bytes takes what fits to the byte, and not one byte more', async () => {
    const owner = await givenPerson(services);
    const create = (content: string) => as(owner).prompts.create({ title: 'é', content });
    const used = async () => (await quotasOf(owner)).find(({ quota }) => quota === 'storedBytes')?.used ?? 0;
    await create('ü'.repeat(50));
    const bytes = await used();
    expect(bytes).toBeGreaterThan(100);
    await setQuota(owner, 'storedBytes', 2 * bytes);
    await create('ü'.repeat(50));
    expect(await used()).toBe(2 * bytes);
    await setQuota(owner, 'storedBytes', 3 * bytes - 10);
    expect((await errorOf(create('ü'.repeat(50)))).extra).toEqual({
      ...{ quota: 'storedBytes', limit: 3 * bytes - 10, used: 2 * bytes },
    });
    expect(await used()).toBe(2 * bytes);
  });

  it('of sessions ends those that were not used for longest, of the account alone, and refuses nobody', async () => {
    const owner = await givenPerson(services);
    const other = await givenSession(services, cast.carol);
    services.clock.advance(1);
    const second = await givenSession(services, owner);
    await setQuota(owner, 'sessions', LIMIT);
    const sessions = async () =>
      (await db.selectFrom('sessions').select('id').where('user_id', '=', owner.id).execute()).map(({ id }) => id);
    const logIn = () => {
      services.clock.advance(1);
      return callersOf(services).asAnyone().auth.login({ email: owner.email, password: PASSWORD });
    };
    await logIn();
    expect(await sessions()).toHaveLength(LIMIT);
    expect(await sessions()).toContain(owner.principal.sessionId);
    await logIn();
    expect(await sessions()).toHaveLength(LIMIT);
    expect(await sessions()).not.toContain(owner.principal.sessionId);
    expect(await sessions()).toContain(second.principal.sessionId);
    const left = db.selectFrom('sessions').select('id').where('id', '=', other.principal.sessionId);
    expect(await left.execute()).toHaveLength(1);
  });

  it('is tried here, each', () => {
    expect([...Object.keys(fills), 'storedBytes', 'sessions'].sort()).toEqual([...QuotaName.options].sort());
  });
});
