import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  givenApi,
  givenPerson,
  givenSession,
  keyPrincipal,
  type Person,
} from '../../../../test/index.ts';
import { acceptInvitations } from '../../../domain/accounts/accept-invitations.ts';
import { deleteOldInvitations } from '../../../domain/invitations/invitation-state.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });
let { alice } = cast;
const DAY = 24 * 3_600_000;

/** No session lasts so long: alice has another one then. */
async function pass(ms: number): Promise<void> {
  services.clock.advance(ms);
  alice = await givenSession(services, alice);
}

const strictServices = { ...services, settings: { ...services.settings, requireEmailVerification: true } };
const strict = (person: Person) => callersOf(strictServices).as(person.principal);

let count = 0;
/** An address that alice invites to a group of hers before anybody has registered it. */
async function givenInvitation(role: 'viewer' | 'editor' = 'viewer') {
  count += 1;
  const [name, handle] = [`Group ${count}`, `invited-${count}`];
  const { id } = await as(alice).groups.create({ name });
  const email = `${handle}@example.com`;
  await as(alice).members.add({ id, email, role });
  const sent = (await as(alice).invitations.list({ id })).items[0];
  if (sent === undefined) throw new Error('The invitation is not there.');
  return { groupId: id, name, email, handle, invitationId: sent.id };
}

/** Who registers an invited address, without a proof of it unless said. */
const registering = ({ handle }: { handle: string }, verified = false): Promise<Person> =>
  givenPerson(services, { handle, verified });

const statesOf = async (id: string): Promise<string[]> =>
  (await as(alice).invitations.list({ id })).items.map(({ state }) => state);

describe('who was invited before they registered', () => {
  it('sees who invited them, to what and as what, and until when, in pages', async () => {
    const first = await givenInvitation('editor');
    const person = await registering(first);
    expect(await as(person).me.invitations.list({})).toEqual({
      items: [
        {
          id: first.invitationId,
          group: { id: first.groupId, name: first.name },
          role: 'editor',
          invitedBy: expect.objectContaining({ id: alice.id, handle: alice.handle }),
          createdAt: services.clock.now().toISOString(),
          expiresAt: new Date(services.clock.now().getTime() + 30 * DAY).toISOString(),
        },
      ],
      nextCursor: null,
    });
    expect((await as(cast.bob).me.invitations.list({})).items).toEqual([]);
    const key = callersOf(services).as(keyPrincipal(person, ['groups:read'])).me.invitations;
    expect((await key.list({})).items).toHaveLength(1);
    expect(await codeOf(key.accept({ id: first.invitationId }))).toBe('auth.session_required');
  });

  it('enters by accepting, once, and the owner of the group sees so', async () => {
    const invited = await givenInvitation('editor');
    const person = await registering(invited);
    expect(await codeOf(as(person).groups.get({ id: invited.groupId }))).toBe('group.not_found');
    expect(await statesOf(invited.groupId)).toEqual(['pending']);
    const { accept, decline } = as(person).me.invitations;
    expect(await accept({ id: invited.invitationId })).toEqual({
      group: { id: invited.groupId, name: invited.name },
      role: 'editor',
    });
    expect((await as(person).groups.get({ id: invited.groupId })).role).toBe('editor');
    expect(await statesOf(invited.groupId)).toEqual(['accepted']);
    for (const again of [accept, decline]) {
      expect(await codeOf(again({ id: invited.invitationId }))).toBe('group.invitation_not_found');
    }
    expect((await as(person).me.invitations.list({})).items).toEqual([]);
    const audited = await db
      .selectFrom('audit_log')
      .select(['action', 'actor_id as actorId'])
      .where('target_id', '=', invited.groupId)
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    expect(audited).toEqual([{ action: 'group.invitation_accepted', actorId: person.id }]);
  });

  it('declines, which the owner sees, who may invite them anew', async () => {
    const invited = await givenInvitation();
    const person = await registering(invited);
    await as(person).me.invitations.decline({ id: invited.invitationId });
    expect(await statesOf(invited.groupId)).toEqual(['declined']);
    expect(await codeOf(as(person).groups.get({ id: invited.groupId }))).toBe('group.not_found');
    expect(await codeOf(as(person).me.invitations.accept({ id: invited.invitationId }))).toBe(
      'group.invitation_not_found',
    );
    // A proof of the address that comes later answers nothing that was answered.
    await db
      .updateTable('users')
      .set({ email_verified_at: services.clock.now() })
      .where('id', '=', person.id)
      .execute();
    const job = { userId: person.id, requestId: 'late' };
    expect(await acceptInvitations(services, job)).toBe(0);

    await db.updateTable('users').set({ email_verified_at: null }).where('id', '=', person.id).execute();
    const add = { id: invited.groupId, email: invited.email, role: 'editor' } as const;
    expect(await strict(alice).members.add(add)).toMatchObject({ status: 'invited' });
    expect(await statesOf(invited.groupId)).toEqual(['pending']);
    expect((await as(person).me.invitations.accept({ id: invited.invitationId })).role).toBe('editor');
  });

  it('answers one of several alone', async () => {
    const [one, other] = [await givenInvitation('editor'), await givenInvitation()];
    await as(alice).members.add({ id: other.groupId, email: one.email, role: 'viewer' });
    const person = await registering(one);
    await as(person).me.invitations.accept({ id: one.invitationId });
    expect(await statesOf(one.groupId)).toEqual(['accepted']);
    expect(await statesOf(other.groupId)).toEqual(['pending', 'pending']);
    const { items } = await as(person).me.invitations.list({});
    expect(items.map(({ group }) => group.id)).toEqual([other.groupId]);
    expect(await codeOf(as(person).groups.get({ id: other.groupId }))).toBe('group.not_found');
  });

  it('is answered in thirty days or not at all, and a month later nothing is left', async () => {
    const invited = await givenInvitation();
    const person = await registering(invited);
    await pass(30 * DAY);
    const withdraw = () => as(alice).invitations.withdraw({ id: invited.groupId, invitationId: invited.invitationId });
    expect(await statesOf(invited.groupId)).toEqual(['expired']);
    const { list, accept } = as(await givenSession(services, person)).me.invitations;
    expect((await list({})).items).toEqual([]);
    expect(await codeOf(accept({ id: invited.invitationId }))).toBe('group.invitation_not_found');
    await pass(30 * DAY - 1);
    await deleteOldInvitations(db, services.clock.now());
    expect(await statesOf(invited.groupId)).toEqual(['expired']);
    services.clock.advance(1);
    expect(await deleteOldInvitations(db, services.clock.now())).toBeGreaterThan(0);
    expect(await statesOf(invited.groupId)).toEqual([]);
    expect(await codeOf(withdraw())).toBe('group.invitation_not_found');
  });

  it('has none where addresses must be verified and theirs is not, and may accept none', async () => {
    const invited = await givenInvitation();
    const squatter = await registering(invited);
    expect(await strict(squatter).me.invitations.list({})).toEqual({ items: [], nextCursor: null });
    const { accept, decline } = strict(squatter).me.invitations;
    for (const answer of [accept, decline]) {
      expect(await codeOf(answer({ id: invited.invitationId }))).toBe('group.invitation_not_found');
    }
    expect(await statesOf(invited.groupId)).toEqual(['pending']);
    await db
      .updateTable('users')
      .set({ email_verified_at: services.clock.now() })
      .where('id', '=', squatter.id)
      .execute();
    expect((await strict(squatter).me.invitations.list({})).items).toHaveLength(1);
    expect(await codeOf(accept({ id: invited.invitationId }))).toBe('ok');
  });

  it('accepts no invitation of another address, whichever is named, and in no session that has ended', async () => {
    const [mine, theirs] = [await givenInvitation(), await givenInvitation()];
    const person = await registering(mine);
    for (const id of [theirs.invitationId, theirs.groupId, mine.groupId]) {
      expect(await codeOf(as(person).me.invitations.accept({ id }))).toBe('group.invitation_not_found');
    }
    await db.deleteFrom('sessions').where('id', '=', person.principal.sessionId).execute();
    expect(await codeOf(as(person).me.invitations.accept({ id: mine.invitationId }))).toBe('auth.session_ended');
    expect(await statesOf(theirs.groupId)).toEqual(['pending']);
  });

  it('is one member, whoever of twenty calls and the job of a verified address comes first', async () => {
    const invited = await givenInvitation('editor');
    const person = await registering(invited, true);
    const codes = await Promise.all([
      ...Array.from({ length: 20 }, (_, at) =>
        codeOf(as(person).me.invitations[at % 2 === 0 ? 'accept' : 'decline']({ id: invited.invitationId })),
      ),
      codeOf(acceptInvitations(services, { userId: person.id, requestId: 'job' })),
    ]);
    const [state] = await statesOf(invited.groupId);
    expect(codes.slice(0, -1).filter((code) => code === 'ok').length).toBeLessThanOrEqual(1);
    const { items } = await as(alice).members.list({ id: invited.groupId });
    expect(items.filter(({ user }) => user.id === person.id)).toHaveLength(state === 'accepted' ? 1 : 0);
    expect(['accepted', 'declined']).toContain(state);
  });
});

describe('an open invitation', () => {
  it('alone takes a seat and a place of its sender, and lets register where accounts are by invitation', async () => {
    let owner = await givenPerson(services);
    const quotas = JSON.stringify({ invitations: 1, membersPerGroup: 2 });
    await db.updateTable('account_resources').set({ quotas }).where('user_id', '=', owner.id).execute();
    const { id } = await as(owner).groups.create({ name: 'Small' });
    const invite = (email: string) => codeOf(as(owner).members.add({ id, email, role: 'viewer' }));
    const shown = async () => (await as(owner).me.get({})).quotas.find(({ quota }) => quota === 'invitations')?.used;
    expect(await invite('one-of-small@example.com')).toBe('ok');
    expect([await invite('two-of-small@example.com'), await shown()]).toEqual(['quota.exceeded', 1]);
    await pass(30 * DAY);
    owner = await givenSession(services, owner);
    expect([await shown(), await invite('two-of-small@example.com'), await shown()]).toEqual([0, 'ok', 1]);
    const byInvitation = callersOf({
      ...services,
      settings: { ...services.settings, registration: { mode: 'invitation' } },
    }).asAnyone().auth;
    const register = (email: string) =>
      codeOf(byInvitation.register({ email, name: 'New', password: 'seven green kettles sing' }));
    expect(await register('one-of-small@example.com')).toBe('auth.registration_closed');
    expect(await register('two-of-small@example.com')).toBe('ok');
  });
});
