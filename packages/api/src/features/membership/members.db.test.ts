import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, errorOf, givenApi, givenPerson, givenPrompt, type Person } from '../../../test/index.ts';
import type { Limiter } from '../../context.ts';
import { acceptInvitations } from '../../domain/accounts/accept-invitations.ts';
import type { MailJob } from '../../domain/mail/mail-job.ts';

const { db, services, cast, as } = await givenApi();

const createGroup = async (): Promise<string> => (await as(cast.alice).groups.create({ name: 'Team' })).id;

const membersOf = async (id: string): Promise<string[]> =>
  (await as(cast.alice).members.list({ id })).items.map(({ user, role }) => `${user.handle} ${role}`);

/** The mails queued for one group, as the jobs say. */
async function mailsOf(groupId: string): Promise<MailJob[]> {
  const { rows } = await sql<{ payload: MailJob }>`
    SELECT payload FROM graphile_worker._private_jobs AS jobs ORDER BY id
  `.execute(db);
  const invitations = await db.selectFrom('group_invitations').select('id').where('group_id', '=', groupId).execute();
  const ids = new Set(invitations.map((invitation) => invitation.id));
  return rows
    .map((row) => row.payload)
    .filter((job) => ('groupId' in job ? job.groupId === groupId : 'invitationId' in job && ids.has(job.invitationId)));
}

const auditOf = async (id: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', id).orderBy('id').execute()).map(
    (row) => row.action,
  );

describe('sharing a group', () => {
  it('leaves nothing of an invitation beyond the limit of its sender, and adds members without a mail', async () => {
    const id = await createGroup();
    const limiter: Limiter = {
      consume: async (name) => ({ allowed: name !== 'mailNewSender', retryAfterSeconds: 60 }),
    };
    const { members } = callersOf({ ...services, limiter }).as(cast.alice.principal);
    const refused = await errorOf(members.add({ id, email: 'late@example.com', role: 'viewer' }));
    expect(refused).toMatchObject({ code: 'limit.exceeded', extra: { limit: 'mailNewSender' }, retryAfterSeconds: 60 });
    expect((await as(cast.alice).invitations.list({ id })).items).toEqual([]);
    await members.add({ id, handle: 'bob', role: 'viewer' });
    expect(await membersOf(id)).toEqual(['alice owner', 'bob viewer']);
    expect(await mailsOf(id)).toEqual([]);
    expect(await auditOf(id)).toEqual(['group.created', 'group.member_added']);
    // The same call later is not answered from a refusal.
    expect(await as(cast.alice).members.add({ id, email: 'late@example.com', role: 'viewer' })).toMatchObject({
      status: 'invited',
    });
  });

  it('makes a verified account a member at once, by address or handle, and queues a mail', async () => {
    const id = await createGroup();
    const added = await as(cast.alice).members.add({ id, email: ' BOB@Example.com ', role: 'editor' });
    expect(added).toMatchObject({ status: 'member', member: { role: 'editor', user: { handle: 'bob' } } });
    services.clock.advance(1_000);
    await as(cast.alice).members.add({ id, handle: 'carol', role: 'viewer' });
    expect(await membersOf(id)).toEqual(['alice owner', 'bob editor', 'carol viewer']);
    expect((await as(cast.bob).groups.get({ id })).role).toBe('editor');
    expect(await mailsOf(id)).toEqual([
      { kind: 'group_shared', groupId: id, userId: cast.bob.id, sharedBy: cast.alice.id },
      { kind: 'group_shared', groupId: id, userId: cast.carol.id, sharedBy: cast.alice.id },
    ]);
    expect(await auditOf(id)).toEqual(['group.created', 'group.member_added', 'group.member_added']);
  });

  it('refuses who is in it already, a handle of no one, and what is no address', async () => {
    const id = await createGroup();
    const add = as(cast.alice).members.add;
    await add({ id, handle: 'bob', role: 'viewer' });
    expect(await codeOf(add({ id, handle: 'bob', role: 'editor' }))).toBe('group.already_member');
    expect(await codeOf(add({ id, email: cast.alice.email, role: 'editor' }))).toBe('group.already_member');
    expect(await codeOf(add({ id, handle: 'nobody-at-all', role: 'viewer' }))).toBe('user.not_found');
    expect(await codeOf(add({ id, email: 'not an address', role: 'viewer' }))).toBe('request.invalid');
    // @ts-expect-error One of the two, not both.
    expect(await codeOf(add({ id, email: 'a@b.example', handle: 'bob', role: 'viewer' }))).toBe('request.invalid');
  });

  it('invites an unknown address once, and takes it in when it is verified', async () => {
    const id = await createGroup();
    const email = 'newcomer@example.com';
    const invited = await as(cast.alice).members.add({ id, email: 'NewComer@example.com', role: 'viewer' });
    expect(invited).toEqual({ status: 'invited', email, role: 'viewer' });
    await as(cast.alice).members.add({ id, email, role: 'viewer' });
    await as(cast.alice).members.add({ id, email, role: 'editor' });
    const { items } = await as(cast.alice).invitations.list({ id });
    expect(items).toMatchObject([{ email, role: 'editor' }]);
    expect(await mailsOf(id)).toEqual([{ kind: 'group_invitation', invitationId: items[0]?.id }]);

    const newcomer = await givenPerson(services, { handle: 'newcomer', verified: false });
    expect(await codeOf(as(newcomer).groups.get({ id }))).toBe('group.not_found');
    const job = { userId: newcomer.id, requestId: newId() };
    expect(await acceptInvitations(services, job)).toBe(0);
    await db.updateTable('users').set({ email_verified_at: services.clock.now() }).where('email', '=', email).execute();
    expect(await acceptInvitations(services, job)).toBe(1);
    expect((await as(newcomer).groups.get({ id })).role).toBe('editor');
    expect((await as(cast.alice).invitations.list({ id })).items).toMatchObject([{ email, state: 'accepted' }]);
  });

  it('sends no mail to an address beyond its limit, whoever invites it, and lets the invitation stand', async () => {
    const email = 'flooded@example.com';
    const counted: string[] = [];
    const consume = async (name: string, key: string) => {
      if (name === 'mail') counted.push(key);
      return { allowed: name !== 'mail' || counted.length <= 1, retryAfterSeconds: 60 };
    };
    const limited = callersOf({ ...services, limiter: { consume } }).as(cast.alice.principal);
    const groups = [await createGroup(), await createGroup()];
    for (const id of groups) await limited.members.add({ id, email: ` ${email}`, role: 'viewer' });
    expect(counted).toEqual([`invite|${email}`, `invite|${email}`]);
    expect((await Promise.all(groups.map(mailsOf))).map((jobs) => jobs.length)).toEqual([1, 0]);
    for (const id of groups) expect((await as(cast.alice).invitations.list({ id })).items).toMatchObject([{ email }]);
  });

  it('tells an account of three groups in an hour, and lets it into more', async () => {
    const counted: string[] = [];
    const consume = async (name: string, key: string) => {
      if (name === 'mail') counted.push(key);
      return { allowed: name !== 'mail' || counted.length <= 3, retryAfterSeconds: 60 };
    };
    const limited = callersOf({ ...services, limiter: { consume } }).as(cast.alice.principal);
    const groups = await Promise.all(Array.from({ length: 5 }, createGroup));
    for (const id of groups) await limited.members.add({ id, handle: 'bob', role: 'viewer' });
    expect(new Set(counted)).toEqual(new Set([`share|${cast.bob.id}`]));
    expect((await Promise.all(groups.map(mailsOf))).flat()).toHaveLength(3);
    for (const id of groups) expect((await as(cast.bob).groups.get({ id })).role).toBe('viewer');
  });

  it('invites an address whose account has not verified it, where it must: whoever registered it may not own it', async () => {
    const id = await createGroup();
    const squatter = await givenPerson(services, { handle: 'squatter', verified: false });
    const strict = callersOf({ ...services, settings: { ...services.settings, requireEmailVerification: true } });
    const add = { id, email: squatter.email, role: 'viewer' } as const;
    expect(await strict.as(cast.alice.principal).members.add(add)).toMatchObject({ status: 'invited' });
    expect(await codeOf(strict.as(squatter.principal).groups.get({ id }))).toBe('group.not_found');
    // Where addresses are taken as they are registered, sharing again takes effect at once, and the invitation is answered.
    expect(await as(cast.alice).members.add(add)).toMatchObject({ status: 'member', member: { role: 'viewer' } });
    expect((await as(squatter).groups.get({ id })).role).toBe('viewer');
    expect((await as(cast.alice).invitations.list({ id })).items).toMatchObject([{ state: 'accepted' }]);
  });

  it('takes an invitation back, and one of another group does not exist', async () => {
    const id = await createGroup();
    const other = await createGroup();
    await as(cast.alice).members.add({ id, email: 'later@example.com', role: 'viewer' });
    const invitationId = (await as(cast.alice).invitations.list({ id })).items[0]?.id ?? '';
    const { withdraw } = as(cast.alice).invitations;
    expect(await codeOf(withdraw({ id: other, invitationId }))).toBe('group.invitation_not_found');
    expect(await codeOf(withdraw({ id, invitationId }))).toBe('ok');
    expect(await codeOf(withdraw({ id, invitationId }))).toBe('group.invitation_not_found');
    expect((await auditOf(id)).at(-1)).toBe('group.invitation_withdrawn');
  });

  it('lists its members in pages, the owner first', async () => {
    const id = await createGroup();
    for (const handle of ['bob', 'carol', 'mallory']) {
      services.clock.advance(1_000);
      await as(cast.alice).members.add({ id, handle, role: 'viewer' });
    }
    const first = await as(cast.carol).members.list({ id, limit: 1 });
    expect(first.items.map(({ user }) => user.handle)).toEqual(['alice']);
    const second = await as(cast.carol).members.list({ id, limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ user }) => user.handle)).toEqual(['bob', 'carol']);
    const third = await as(cast.carol).members.list({ id, limit: 2, cursor: second.nextCursor ?? '' });
    expect(third.items.map(({ user }) => user.handle)).toEqual(['mallory']);
    expect(third.nextCursor).toBeNull();
  });
});

describe('a member', () => {
  it('loses the group and what was reached through it with the next call', async () => {
    const id = await createGroup();
    const prompt = await givenPrompt(services, cast.alice, 'Shared once');
    await as(cast.alice).groups.addPrompt({ id, promptId: prompt.id });
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'editor' });
    const { id: bobs } = await as(cast.bob).groups.create({ name: 'Of Bob' });
    expect(await codeOf(as(cast.bob).groups.addPrompt({ id: bobs, promptId: prompt.id }))).toBe('prompt.forbidden');
    await as(cast.alice).members.remove({ id, userId: cast.bob.id });
    expect(await codeOf(as(cast.bob).groups.get({ id }))).toBe('group.not_found');
    expect(await codeOf(as(cast.bob).groups.addPrompt({ id: bobs, promptId: prompt.id }))).toBe('prompt.not_found');
    expect((await auditOf(id)).at(-1)).toBe('group.member_removed');
  });

  it('can take what they shared out again after they have gone, and nothing else', async () => {
    const id = await createGroup();
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'editor' });
    await as(cast.alice).members.add({ id, handle: 'carol', role: 'viewer' });
    const alices = await givenPrompt(services, cast.alice, 'Of the owner');
    const bobs = await givenPrompt(services, cast.bob, 'Of one who goes');
    await as(cast.alice).groups.addPrompt({ id, promptId: alices.id });
    await as(cast.bob).groups.addPrompt({ id, promptId: bobs.id, position: 0 });
    await as(cast.alice).members.remove({ id, userId: cast.bob.id });
    expect((await as(cast.carol).prompts.get({ id: bobs.id })).title).toBe('Of one who goes');
    expect(await codeOf(as(cast.bob).groups.removePrompt({ id, promptId: alices.id }))).toBe('group.not_found');
    await as(cast.bob).groups.removePrompt({ id, promptId: bobs.id });
    expect(await codeOf(as(cast.carol).prompts.get({ id: bobs.id }))).toBe('prompt.not_found');
    expect(await codeOf(as(cast.bob).groups.removePrompt({ id, promptId: bobs.id }))).toBe('group.not_found');
    const { prompts } = await as(cast.alice).groups.get({ id });
    expect(prompts.map(({ position, prompt }) => [position, prompt.id])).toEqual([[0, alices.id]]);

    const published = await givenPrompt(services, cast.mallory, 'For everyone', { visibility: 'public' });
    await as(cast.alice).groups.addPrompt({ id, promptId: published.id });
    expect(await codeOf(as(cast.mallory).groups.removePrompt({ id, promptId: published.id }))).toBe('group.not_found');
  });

  it('may leave, but remove no one else; the owner can be removed by no one', async () => {
    const id = await createGroup();
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'editor' });
    await as(cast.alice).members.add({ id, handle: 'carol', role: 'viewer' });
    const remove = (person: Person, target: Person) =>
      codeOf(as(person).members.remove({ id, userId: target.id.toUpperCase() }));
    expect(await remove(cast.bob, cast.carol)).toBe('group.forbidden');
    expect(await remove(cast.bob, cast.alice)).toBe('group.forbidden');
    expect(await remove(cast.alice, cast.alice)).toBe('group.owner_stays');
    expect(await remove(cast.root, cast.alice)).toBe('group.not_found');
    expect(await remove(cast.alice, cast.mallory)).toBe('group.member_not_found');
    expect(await remove(cast.carol, cast.carol)).toBe('ok');
    expect(await remove(cast.carol, cast.carol)).toBe('group.not_found');
    expect(await membersOf(id)).toEqual(['alice owner', 'bob editor']);
    expect((await auditOf(id)).at(-1)).toBe('group.left');
  });

  it('changes role at the owner’s word, and the same role again leaves no trace', async () => {
    const id = await createGroup();
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'editor' });
    const update = (userId: string, role: 'viewer' | 'editor' | 'owner') =>
      as(cast.alice).members.update({ id, userId, role });
    expect(await update(cast.bob.id, 'viewer')).toMatchObject({ role: 'viewer' });
    expect(await codeOf(as(cast.bob).groups.update({ id, name: 'x' }))).toBe('group.forbidden');
    expect(await codeOf(update(cast.mallory.id, 'viewer'))).toBe('group.member_not_found');
    expect(await codeOf(update(cast.alice.id, 'viewer'))).toBe('group.owner_stays');
    const audited = await auditOf(id);
    await update(cast.bob.id, 'viewer');
    await update(cast.alice.id, 'owner');
    expect(await auditOf(id)).toEqual(audited);
  });

  it('becomes the owner by a hand-over: the former owner edits, and grants stay', async () => {
    const id = await createGroup();
    const prompt = await givenPrompt(services, cast.alice, 'Stays granted');
    await as(cast.alice).groups.addPrompt({ id, promptId: prompt.id });
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'viewer' });
    await as(cast.alice).members.add({ id, handle: 'carol', role: 'viewer' });
    expect(await as(cast.alice).members.update({ id, userId: cast.bob.id, role: 'owner' })).toMatchObject({
      role: 'owner',
      user: { handle: 'bob' },
    });
    expect(await as(cast.alice).groups.get({ id })).toMatchObject({
      role: 'editor',
      owner: { handle: 'bob' },
      memberCount: 3,
    });
    expect(await codeOf(as(cast.alice).groups.delete({ id }))).toBe('group.forbidden');
    expect((await as(cast.carol).groups.get({ id })).prompts).toHaveLength(1);
    expect((await auditOf(id)).at(-1)).toBe('group.handed_over');
  });

  it('is one owner after two hand-overs at once', async () => {
    const id = await createGroup();
    await as(cast.alice).members.add({ id, handle: 'bob', role: 'editor' });
    await as(cast.alice).members.add({ id, handle: 'carol', role: 'editor' });
    const outcomes = await Promise.all(
      [cast.bob, cast.carol].map((to) => codeOf(as(cast.alice).members.update({ id, userId: to.id, role: 'owner' }))),
    );
    expect(outcomes.sort()).toEqual(['group.forbidden', 'ok']);
    expect(await membersOf(id)).toHaveLength(3);
  });
});
