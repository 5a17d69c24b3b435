import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { expect, it } from 'vitest';
import { appRouter } from '../../src/app-router.ts';
import type { Meta } from '../../src/trpc.ts';
import { importAs } from '../harness/transfers.ts';
import {
  authenticatorOf,
  callersOf,
  choiceToken,
  deliverMail,
  finishDeletions,
  givenApi,
  givenPerson,
  givenSession,
  PASSWORD,
  queuedMail,
  tokenIn,
} from '../index.ts';
import { expectedEntries } from './expected-entries.ts';

// What each change leaves in the audit log, and which mails it has sent: all of it, in its words.

const { db, services, as, cast } = await givenApi();
const closed = { ...services, settings: { ...services.settings, requireEmailVerification: true } };
const anyone = callersOf(closed).asAnyone();
const currentPassword = PASSWORD;
const LINES = '{"title":"Brought","content":"x"}\n{"title":"Along","content":"y"}\n';
const names = new Map<string, string>();
const left: Record<string, readonly string[]> = {};

const known = <T extends string>(name: string, id: T): T => {
  names.set(id, name);
  return id;
};

const olga = await givenPerson(services, { handle: 'olga' });
const edgar = await givenPerson(services, { handle: 'edgar' });
for (const person of [olga, edgar, cast.root]) {
  known(person.handle, person.id);
  known(`${person.handle}@`, person.email);
}

/** Ids by the names of what they are of, times and tokens by what they are. */
function inWords(value: unknown): string {
  let text = JSON.stringify(value);
  for (const [id, name] of names) text = text.replaceAll(id, name);
  return text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replaceAll('"', '');
}

/** Does it, and notes what entries and mails came of it. */
async function does<T>(path: string, act: () => Promise<T>, name?: (done: T) => void): Promise<T> {
  services.clock.advance(1_000);
  const before = new Set((await db.selectFrom('audit_log').select('id').execute()).map(({ id }) => id));
  const waiting = (await queuedMail(db)).length;
  const done = await act();
  name?.(done);
  const entries = await db
    .selectFrom('audit_log')
    .select(['id', 'action', 'target_type', 'target_id', 'actor_id', 'details'])
    .execute();
  const made = entries.flatMap(({ id, action, target_type, target_id, actor_id, details }) => {
    if (before.has(id)) return [];
    const facts = Object.keys(details as object).length === 0 ? '' : ` ${inWords(details)}`;
    return [`${inWords(actor_id)}: ${action} ${target_type} ${inWords(target_id)}${facts}`];
  });
  const mails = (await queuedMail(db)).slice(waiting).map((mail) => `mail ${inWords(mail)}`);
  left[path] = [...(left[path] ?? []), ...made.toSorted(), ...mails];
  return done;
}

/** Sends what waits in the queue, which counts from now on. */
async function mailed(): Promise<string> {
  const [mail] = (await deliverMail(closed)).slice(-1);
  return tokenIn(mail);
}

async function changesAccounts(): Promise<void> {
  const signUp = { email: 'nina@example.com', password: PASSWORD, name: 'Nina' };
  known('nina@', signUp.email);
  await does('auth.register', async () => {
    await anyone.auth.register(signUp);
    const { id } = await db
      .selectFrom('users')
      .select('id')
      .where('email', '=', signUp.email)
      .executeTakeFirstOrThrow();
    known('nina', id);
  });
  await does('auth.register', () => anyone.auth.register(signUp));
  await does('auth.resendVerification', () => anyone.auth.resendVerification({ email: signUp.email }));
  const verifying = await mailed();
  await does('auth.verifyEmail', () => anyone.auth.verifyEmail({ token: verifying, newPassword: PASSWORD }));
  const login = () => anyone.auth.login({ email: signUp.email, password: PASSWORD });
  const signedIn = await does('auth.login', login);
  await does('auth.refresh', () => anyone.auth.refresh({ refreshToken: signedIn.refreshToken ?? '' }));
  const another = await login();
  await does('auth.logout', () => anyone.auth.logout({ refreshToken: another.refreshToken ?? '' }));
  await does('auth.forgotPassword', () => anyone.auth.forgotPassword({ email: signUp.email }));
  await does('auth.forgotPassword', () => anyone.auth.forgotPassword({ email: 'nobody@example.com' }));
  await deliverMail(closed);
  const reset = tokenIn(services.mailer.sent.findLast(({ to }) => to === signUp.email));
  await does('auth.resetPassword', () => anyone.auth.resetPassword({ token: reset, password: 'another one for nina' }));

  const owner = await givenPerson(services, { handle: 'sam' });
  known('sam', owner.id);
  known('sam@', owner.email);
  await givenSession(services, owner);
  await does('auth.changePassword', () =>
    as(owner).auth.changePassword({ currentPassword, newPassword: 'chosen by its owner anew' }),
  );
  const factor = { currentPassword: 'chosen by its owner anew' };
  await givenSession(services, owner);
  const { setupKey } = await does('auth.totp.start', () => as(owner).auth.totp.start(factor));
  const code = () => {
    services.clock.advance(30_000);
    return authenticatorOf(setupKey).codeAt(services.clock.now());
  };
  await does('auth.totp.confirm', async () => as(owner).auth.totp.confirm({ code: await code() }));
  await does('auth.totp.verify', async () => as(owner).auth.totp.verify({ code: await code() }));
  const { recoveryCodes } = await does('auth.totp.renewRecoveryCodes', async () =>
    as(owner).auth.totp.renewRecoveryCodes({ code: await code() }),
  );
  await does('auth.totp.verify', () => as(owner).auth.totp.verify({ recoveryCode: recoveryCodes[0] ?? '' }));
  await does('auth.totp.disable', async () => as(owner).auth.totp.disable({ ...factor, code: await code() }));
  const ended = await givenSession(services, owner);
  await does('auth.sessions.end', () => as(owner).auth.sessions.end({ id: ended.principal.sessionId }));
  await does('me.update', () => as(owner).me.update({ name: 'Samantha', handle: 'samantha' }));
  await does('me.update', () => as(owner).me.update({ name: 'Samantha', handle: 'samantha' }));
  await does('me.update', () =>
    as(owner).me.update({ email: known('new@', 'sam.new@example.com'), currentPassword: factor.currentPassword }),
  );
  await does('auth.verifyEmail', async () =>
    anyone.auth.verifyEmail({ token: await mailed(), password: factor.currentPassword }),
  );
  await does('preferences.update', () => as(owner).preferences.update({ theme: 'dark', locale: 'de' }));
  await does('preferences.update', () => as(owner).preferences.update({ theme: 'dark' }));
  const token = choiceToken(services, {
    ...{ notification: 'groupInvitations', userId: owner.id, email: 'sam.new@example.com' },
  });
  await does('preferences.chooseMails', () => anyone.preferences.chooseMails({ token, wanted: false }));
  const { apiKey } = await does('apiKeys.create', () =>
    as(owner).apiKeys.create({ name: 'ci', scopes: ['prompts:read'] }),
  );
  await does('apiKeys.revoke', () => as(owner).apiKeys.revoke({ id: apiKey.id }));
  const root = as(cast.root);
  await does('admin.users.update', () => root.admin.users.update({ id: owner.id, quotas: { prompts: 3 } }));
  await does('admin.users.update', () => root.admin.users.update({ id: owner.id, role: 'admin' }));
  await does('admin.users.update', () => root.admin.users.update({ id: owner.id, role: 'user', status: 'suspended' }));
}

async function changesPrompts(): Promise<void> {
  const mine = as(olga);
  const title = 'Card';
  const card = await does(
    'prompts.create',
    () => mine.prompts.create({ title, content: 'Dear {{ name }}' }),
    ({ id }) => known('card', id),
  );
  const { id } = card;
  const open = await does(
    'prompts.create',
    () => mine.prompts.create({ title: 'Open', content: 'x', visibility: 'public' }),
    (made) => known('open', made.id),
  );
  await does('prompts.update', () =>
    mine.prompts.update({ id, content: 'Dear {{ person }}', tags: ['a'], slug: 'a-card', visibility: 'public' }),
  );
  await does('prompts.update', () => mine.prompts.update({ id, title }));
  await does('prompts.createMany', () =>
    mine.prompts.createMany({
      prompts: [
        { title: 'First', content: 'x' },
        { title: 'Second', content: 'x', visibility: 'public' },
      ],
    }),
  );
  await does('prompts.updateMany', () =>
    mine.prompts.updateMany({
      prompts: [
        { id, category: 'Cards' },
        { id: open.id, content: 'y' },
        { id: open.id, content: 'z' },
      ],
    }),
  );
  await does('prompts.duplicate', () => mine.prompts.duplicate({ id, version: 1 }));
  await does('versions.restore', () => mine.versions.restore({ id, version: 1 }));
  await does('labels.move', () => mine.labels.move({ id, label: 'live', version: 1 }));
  await does('labels.protect', () => mine.labels.protect({ id, label: 'live' }));
  await does('labels.protect', () => mine.labels.protect({ id, label: 'live' }));
  await does('labels.move', () =>
    mine.labels.move({ id, label: 'live', version: 2, acceptBreaking: true, reason: 'wanted' }),
  );
  await does('labels.move', () => mine.labels.move({ id, label: 'live', version: 2 }));
  const { items } = await mine.labels.history({ id, label: 'live' });
  await does('labels.undo', () => mine.labels.undo({ id, label: 'live', moveId: items[0]?.id ?? '' }));
  await does('labels.remove', () => mine.labels.remove({ id, label: 'live' }));
  await does('labels.unprotect', () => mine.labels.unprotect({ id, label: 'live' }));
  await does('labels.unprotect', () => mine.labels.unprotect({ id, label: 'live' }));
  const release = await does('releases.create', () =>
    mine.releases.create({ label: 'spring', prompts: [{ promptId: id, version: 1 }, { promptId: open.id }] }),
  );
  await does('releases.undo', () => mine.releases.undo({ id: release.id ?? '' }));
  await does('favorites.add', () => mine.favorites.add({ promptId: id }));
  await does('favorites.add', () => mine.favorites.add({ promptId: id }));
  await does('favorites.remove', () => mine.favorites.remove({ promptId: id }));
  await does('favorites.remove', () => mine.favorites.remove({ promptId: id }));
  await does('transfer.import', () => importAs(services, olga, LINES, { type: 'application/x-ndjson' }));
  await does('prompts.delete', () => mine.prompts.delete({ id }));
  await does('prompts.restore', () => mine.prompts.restore({ id }));
  await mine.prompts.delete({ id });
  await mine.prompts.create({ title: 'Another', content: 'x', slug: 'a-card' });
  await does('prompts.restore', () => mine.prompts.restore({ id }));
  await does('prompts.purge', async () => {
    await mine.prompts.delete({ id });
    await mine.prompts.purge({ id });
  });
  await does('prompts.purgeTrash', async () => {
    await mine.prompts.delete({ id: open.id });
    await mine.prompts.purgeTrash();
  });
}

async function changesGroups(): Promise<void> {
  const mine = as(olga);
  const { id } = await does(
    'groups.create',
    () => mine.groups.create({ name: 'Team' }),
    (group) => known('team', group.id),
  );
  await does('groups.update', () => mine.groups.update({ id, name: 'The team', description: 'All of us' }));
  await does('groups.update', () => mine.groups.update({ id, name: 'The team' }));
  const shared = await mine.prompts.create({ title: 'Shared', content: 'x' });
  const second = await mine.prompts.create({ title: 'Second', content: 'x' });
  known('shared', shared.id);
  known('second', second.id);
  const public_ = await as(edgar).prompts.create({ title: 'Of all', content: 'x', visibility: 'public' });
  known('of all', public_.id);
  await does('groups.addPrompt', () => mine.groups.addPrompt({ id, promptId: shared.id }));
  await does('groups.addPrompt', () => mine.groups.addPrompt({ id, promptId: public_.id }));
  await does('groups.reorder', () => mine.groups.reorder({ id, promptIds: [public_.id, shared.id] }));
  await does('groups.reorder', () => mine.groups.reorder({ id, promptIds: [public_.id, shared.id] }));
  await does('groups.removePrompt', () => mine.groups.removePrompt({ id, promptId: public_.id }));
  await does('members.add', () => mine.members.add({ id, email: edgar.email, role: 'viewer' }));
  await does('members.update', () => mine.members.update({ id, userId: edgar.id, role: 'editor' }));
  await does('members.update', () => mine.members.update({ id, userId: edgar.id, role: 'editor' }));
  await does('members.add', () =>
    mine.members.add({ id, email: known('guest@', 'guest@example.com'), role: 'viewer' }),
  );
  const { items } = await mine.invitations.list({ id });
  await does('invitations.withdraw', () => mine.invitations.withdraw({ id, invitationId: items[0]?.id ?? '' }));
  for (const answer of ['accept', 'decline'] as const) {
    const guest = await givenPerson(services, { handle: answer });
    known(answer, guest.id);
    const invited = await as(edgar).groups.create({ name: `Of ${answer}` });
    known(`of ${answer}`, invited.id);
    const invitation = { id: newId(), group_id: invited.id, email: guest.email, role: 'editor', invited_by: edgar.id };
    await insertRows(db, { group_invitations: [invitation] });
    await does(
      `me.invitations.${answer}`,
      async () => void (await as(guest).me.invitations[answer]({ id: invitation.id })),
    );
  }
  await does('members.remove', () => mine.members.remove({ id, userId: edgar.id }));
  await mine.members.add({ id, email: edgar.email, role: 'viewer' });
  await does('members.remove', () => as(edgar).members.remove({ id, userId: edgar.id }));
  await mine.members.add({ id, email: edgar.email, role: 'editor' });
  await mine.groups.addPrompt({ id, promptId: second.id });
  const own = await mine.groups.create({ name: 'Own' });
  known('own', own.id);
  await does('groups.delete', () => mine.groups.delete({ id: own.id }));
  await does('members.update', async () => {
    const third = await mine.groups.create({ name: 'Third' });
    known('third', third.id);
    await mine.members.add({ id: third.id, email: edgar.email, role: 'editor' });
    await mine.members.update({ id: third.id, userId: edgar.id, role: 'owner' });
  });
  await does('me.delete', async () => {
    await mine.me.delete({ currentPassword });
    await finishDeletions(services);
  });
}

await changesAccounts();
await changesPrompts();
await changesGroups();

it.each(Object.entries(expectedEntries))(
  'says of %s who did what to which, and mails whom that concerns',
  (path, entries) => {
    expect(left[path]).toEqual(entries);
  },
);

it('has made every change that there is', () => {
  const anyRouter: AnyTRPCRouter = appRouter;
  const changing = Object.entries(anyRouter._def.procedures as Record<string, AnyTRPCProcedure>).flatMap(
    ([path, { _def }]) => (_def.type === 'mutation' && (_def.meta as Meta).changesNothing !== true ? [path] : []),
  );
  expect(Object.keys(left).toSorted()).toEqual(changing.toSorted());
  expect(Object.keys(expectedEntries).toSorted()).toEqual(changing.toSorted());
});
