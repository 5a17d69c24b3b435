import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { writeUsage } from '../../src/domain/usage/write-usage.ts';
import { importAs } from '../harness/transfers.ts';
import { callersOf, finishDeletions, givenApi, givenPerson, givenPrompt, givenSession, PASSWORD } from '../index.ts';

// Two changes of one thing are done one after the other, because each locks it before it looks at it, and all in one order. Others
// hold every row that a change may want; what waits for one of them is written down, and that one is let go.

const { db, services, as, cast } = await givenApi({ max: 18 });

/** An account with a prompt in a group that it shares with another one. */
async function givenWorld() {
  const [owner, other] = [await givenPerson(services), await givenPerson(services)];
  const prompt = await givenPrompt(services, owner, 'Card', { tags: ['a'] });
  const trashed = await givenPrompt(services, owner, 'Trashed');
  const added = await givenPrompt(services, owner, 'Added');
  const [somebody, guest] = [await givenPerson(services), await givenPerson(services)];
  const admin = await givenPerson(services, { role: 'admin' });
  const another = await givenSession(services, owner);
  const mine = as(owner);
  await mine.prompts.update({ id: prompt.id, content: 'Second' });
  await mine.labels.move({ id: prompt.id, label: 'live', version: 1 });
  const { id: groupId } = await mine.groups.create({ name: 'Team' });
  await mine.groups.addPrompt({ id: groupId, promptId: prompt.id });
  await mine.groups.addPrompt({ id: groupId, promptId: trashed.id });
  await mine.prompts.delete({ id: trashed.id });
  await mine.members.add({ id: groupId, email: other.email, role: 'editor' });
  const invitation = { id: newId(), group_id: groupId, email: guest.email, role: 'viewer', invited_by: owner.id };
  await insertRows(db, { group_invitations: [invitation] });
  const { apiKey } = await mine.apiKeys.create({ name: 'ci', scopes: ['prompts:read'] });
  const ids = { id: prompt.id, trashed: trashed.id, added: added.id, groupId, keyId: apiKey.id };
  return { ...ids, owner, other, somebody, guest, admin, another, mine, invitationId: invitation.id };
}
type World = Awaited<ReturnType<typeof givenWorld>>;

const rowsOf = ({ owner, other, somebody, guest, admin, another, id, trashed, groupId, keyId }: World) =>
  [
    { name: 'the prompt', table: 'prompts', key: 'id', value: id },
    { name: 'the trashed prompt', table: 'prompts', key: 'id', value: trashed },
    { name: 'the group', table: 'groups', key: 'id', value: groupId },
    { name: 'the account', table: 'users', key: 'id', value: owner.id },
    { name: 'the member', table: 'users', key: 'id', value: other.id },
    { name: 'somebody', table: 'users', key: 'id', value: somebody.id },
    { name: 'the guest', table: 'users', key: 'id', value: guest.id },
    { name: 'an administrator', table: 'users', key: 'id', value: admin.id },
    { name: 'another session', table: 'sessions', key: 'id', value: another.principal.sessionId },
    { name: 'what it holds', table: 'account_resources', key: 'user_id', value: owner.id },
    { name: 'the key', table: 'api_keys', key: 'id', value: keyId },
    { name: 'the session', table: 'sessions', key: 'id', value: owner.principal.sessionId },
  ] as const;

/** The lock that a read asks for, asked of a session that goes no further meanwhile; undefined for what only writes. */
async function lockIn(pid: number): Promise<string | undefined> {
  const { rows } = await sql<{ query: string }>`SELECT query FROM pg_stat_activity WHERE pid = ${pid}`.execute(db);
  return /\bfor (?:no key update|update|key share|share)\b/i.exec(rows[0]?.query ?? '')?.[0].toLowerCase();
}

/** The locks that a change asks for by reads, in their order. */
async function locksOf(world: World, act: (world: World) => Promise<unknown>): Promise<string[]> {
  const holders = new Map<number, { pid: number; name: string; letGo(): Promise<unknown> }>();
  for (const { name, table, key, value } of rowsOf(world)) {
    const holder = await db.startTransaction().execute();
    await sql`SELECT FROM ${sql.table(table)} WHERE ${sql.ref(key)} = ${value} FOR UPDATE`.execute(holder);
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(holder);
    const pid = rows[0]?.pid ?? 0;
    holders.set(pid, { pid, name, letGo: () => holder.rollback().execute() });
  }
  const locks: string[] = [];
  let isDone = false;
  const acting = act(world).finally(() => {
    isDone = true;
  });
  acting.catch(() => undefined);
  while (!isDone) {
    const { rows } = await sql<{ pid: number; by: number[] }>`
      SELECT pid, pg_blocking_pids(pid) AS by FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
    `.execute(db);
    for (const { pid, by } of rows) {
      const holder = holders.get(by.find((each) => holders.has(each)) ?? 0);
      if (holder === undefined) continue;
      const lock = await lockIn(pid);
      if (lock !== undefined) locks.push(`${holder.name} ${lock}`);
      holders.delete(holder.pid);
      await holder.letGo();
    }
  }
  await Promise.all([...holders.values()].map(({ letGo }) => letGo()));
  await acting;
  return locks;
}

const acts: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'prompts.create': ({ mine }) => mine.prompts.create({ title: 'Another', content: 'x' }),
  'prompts.createMany': ({ mine }) => mine.prompts.createMany({ prompts: [{ title: 'Another', content: 'x' }] }),
  'prompts.update': ({ mine, id }) => mine.prompts.update({ id, content: 'Third' }),
  'prompts.updateMany': ({ mine, id }) => mine.prompts.updateMany({ prompts: [{ id, content: 'Fourth' }] }),
  'prompts.delete': ({ mine, id }) => mine.prompts.delete({ id }),
  'prompts.duplicate': ({ mine, id }) => mine.prompts.duplicate({ id }),
  'prompts.restore': ({ mine, trashed }) => mine.prompts.restore({ id: trashed }),
  'versions.restore': ({ mine, id }) => mine.versions.restore({ id, version: 1 }),
  'labels.move': ({ mine, id }) => mine.labels.move({ id, label: 'live', version: 2 }),
  'labels.remove': ({ mine, id }) => mine.labels.remove({ id, label: 'live' }),
  'labels.protect': ({ mine, id }) => mine.labels.protect({ id, label: 'live' }),
  'labels.unprotect': ({ mine, id }) => mine.labels.unprotect({ id, label: 'live' }),
  'releases.create': ({ mine, id }) => mine.releases.create({ label: 'live', prompts: [{ promptId: id }] }),
  'transfer.import': ({ owner }) => importAs(services, owner, 'title,content\nBrought,x\n'),
  'groups.create': ({ mine }) => mine.groups.create({ name: 'Second' }),
  'groups.update': ({ mine, groupId }) => mine.groups.update({ id: groupId, name: 'Renamed' }),
  'groups.delete': ({ mine, groupId }) => mine.groups.delete({ id: groupId }),
  'groups.reorder': ({ mine, groupId, id }) => mine.groups.reorder({ id: groupId, promptIds: [id] }),
  'groups.addPrompt': ({ mine, groupId, added }) => mine.groups.addPrompt({ id: groupId, promptId: added }),
  'groups.removePrompt': ({ mine, groupId, id }) => mine.groups.removePrompt({ id: groupId, promptId: id }),
  'members.add': ({ mine, groupId }) => mine.members.add({ id: groupId, email: 'guest@example.com', role: 'viewer' }),
  'members.add of somebody': ({ mine, groupId, somebody }) =>
    mine.members.add({ id: groupId, email: somebody.email, role: 'viewer' }),
  'me.invitations.accept': ({ guest, invitationId }) => as(guest).me.invitations.accept({ id: invitationId }),
  'a use is written': ({ id, owner }) =>
    writeUsage(db, [
      {
        ...{ promptId: id, version: 1, userId: owner.id, apiKeyId: null },
        ...{ kind: 'render', consumer: 'web', occurredAt: services.clock.now() },
      },
    ]),
  'auth.refresh': ({ another }) => callersOf(services).asAnyone().auth.refresh({ refreshToken: another.refreshToken }),
  'members.update': ({ mine, groupId, other }) => mine.members.update({ id: groupId, userId: other.id, role: 'owner' }),
  'members.remove': ({ other, groupId }) => as(other).members.remove({ id: groupId, userId: other.id }),
  'favorites.add': ({ mine, id }) => mine.favorites.add({ promptId: id }),
  'apiKeys.create': ({ mine }) => mine.apiKeys.create({ name: 'ci', scopes: ['prompts:read'] }),
  'me.update': ({ mine }) => mine.me.update({ name: 'Renamed' }),
  'preferences.update': ({ mine }) => mine.preferences.update({ theme: 'dark' }),
  'prompts.purge': ({ mine, trashed }) => mine.prompts.purge({ id: trashed }),
  'labels.undo': async ({ mine, id }) => {
    const { items } = await mine.labels.history({ id, label: 'live' });
    await mine.labels.undo({ id, label: 'live', moveId: items[0]?.id ?? '' });
  },
  'apiKeys.revoke': ({ mine, keyId }) => mine.apiKeys.revoke({ id: keyId }),
  'admin.users.update': ({ owner }) => as(cast.root).admin.users.update({ id: owner.id, status: 'suspended' }),
  'admin.users.update of an administrator': ({ admin }) =>
    as(cast.root).admin.users.update({ id: admin.id, role: 'user' }),
  'auth.changePassword': ({ mine }) =>
    mine.auth.changePassword({ currentPassword: PASSWORD, newPassword: 'chosen by its owner anew' }),
  'auth.totp.start': ({ mine }) => mine.auth.totp.start({ currentPassword: PASSWORD }),
  'auth.sessions.end': ({ mine, owner }) => mine.auth.sessions.end({ id: owner.principal.sessionId }),
  'me.delete': async ({ mine }) => {
    await mine.me.delete({ currentPassword: PASSWORD });
    await finishDeletions(services);
  },
};

/** Which locks a change asks for by reads, in their order, before it writes. */
const locks: Readonly<Record<string, readonly string[]>> = {
  'prompts.create': ['what it holds for no key update', 'the session for key share'],
  'prompts.createMany': ['what it holds for no key update', 'the session for key share'],
  'prompts.update': ['the prompt for update', 'the session for key share'],
  'prompts.updateMany': ['the prompt for update', 'the session for key share'],
  'prompts.delete': ['the prompt for update', 'the session for key share', 'the account for key share'],
  'prompts.duplicate': ['the prompt for key share', 'what it holds for no key update', 'the session for key share'],
  'prompts.restore': ['the trashed prompt for update', 'the session for key share', 'the account for key share'],
  'versions.restore': ['the prompt for update', 'the session for key share'],
  'labels.move': ['the prompt for update', 'the session for key share'],
  'labels.remove': ['the prompt for update', 'the session for key share'],
  'labels.protect': ['the prompt for update', 'the session for key share', 'the account for key share'],
  'labels.unprotect': ['the prompt for update', 'the session for key share', 'the account for key share'],
  'releases.create': ['the prompt for update', 'the session for key share'],
  'transfer.import': ['what it holds for no key update', 'the session for key share'],
  'groups.create': ['what it holds for no key update', 'the session for key share'],
  'groups.update': ['the group for update', 'the session for key share', 'the account for key share'],
  'groups.delete': ['the group for update', 'the session for key share', 'the account for key share'],
  'groups.addPrompt': ['the group for update', 'the session for key share'],
  'groups.removePrompt': ['the group for update', 'the session for key share', 'the account for key share'],
  'groups.reorder': ['the group for update', 'the session for key share', 'the account for key share'],
  'members.add': ['the group for update', 'what it holds for no key update', 'the session for key share'],
  'members.update': ['the group for update', 'the member for share', 'the session for key share'],
  'members.remove': ['the group for update', 'the member for key share'],
  'favorites.add': ['what it holds for no key update', 'the session for key share'],
  'apiKeys.create': ['the account for no key update', 'the session for key share'],
  'me.update': ['the account for no key update', 'the session for key share'],
  'preferences.update': ['the account for no key update', 'the session for key share'],
  'prompts.purge': ['the account for no key update', 'the session for key share'],
  'labels.undo': ['the prompt for update', 'the session for key share'],
  'apiKeys.revoke': ['the account for no key update', 'the session for key share', 'the key for update'],
  'members.add of somebody': [
    'the group for update',
    'somebody for share',
    'the session for key share',
    'the account for key share',
  ],
  'me.invitations.accept': ['the group for update', 'the guest for no key update'],
  'a use is written': ['the prompt for key share', 'the account for key share'],
  'auth.refresh': ['another session for update'],
  'admin.users.update': [
    'an administrator for no key update',
    'the account for no key update',
    'the session for update',
    'another session for update',
    'the key for update',
  ],
  'admin.users.update of an administrator': ['an administrator for no key update'],
  'auth.changePassword': ['the account for no key update', 'the session for key share'],
  'auth.totp.start': ['the account for no key update', 'the session for key share'],
  'auth.sessions.end': ['the account for no key update', 'the session for key share'],
  'me.delete': [
    'the account for no key update',
    'the session for key share',
    'another session for update',
    'the key for update',
    'the group for update',
    'the member for share',
    'the prompt for update',
  ],
};

/** What takes away what the others need. */
const ending =
  /^(?:prompts\.(?:delete|restore|purge)|labels\.(?:remove|unprotect)|groups\.(?:delete|removePrompt)|members\.(?:update|remove)|admin|auth|me\.delete)/;
const shared = await givenWorld();

it.each(Object.entries(acts))('%s locks what it goes by before it looks at it', async (name, act) => {
  const world = ending.test(name) ? await givenWorld() : shared;
  expect(await locksOf(world, act)).toEqual(locks[name]);
});
