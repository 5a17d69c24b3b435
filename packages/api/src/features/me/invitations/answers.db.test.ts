import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi, givenPerson, type Person } from '../../../../test/index.ts';
import { acceptInvitations } from '../../../domain/accounts/accept-invitations.ts';

// Any run of steps by a group's owner and by whom its owner invites, beside a model of what they have to lead to.

const { db, services } = await givenApi({ max: 4 });

const STEPS = ['invite', 'register', 'verify', 'accept', 'decline', 'withdraw', 'remove'] as const;
type Step = (typeof STEPS)[number];

/** What there has to be. `state` is null where there is no invitation. */
interface Model {
  registered: boolean;
  verified: boolean;
  member: boolean;
  state: 'pending' | 'accepted' | 'declined' | null;
}

let runs = 0;

async function run(steps: readonly Step[], requireEmailVerification: boolean): Promise<void> {
  runs += 1;
  const handle = `run-${runs}`;
  const email = `${handle}@example.com`;
  const strictness = { ...services, settings: { ...services.settings, requireEmailVerification } };
  const as = (who: Person) => callersOf(strictness).as(who.principal);
  const owner = await givenPerson(services);
  const { id } = await as(owner).groups.create({ name: 'Group' });
  let person: Person | null = null;
  const model: Model = { registered: false, verified: false, member: false, state: null };
  const isTrusted = () => model.registered && (model.verified || !requireEmailVerification);
  const sent = async () => (await as(owner).invitations.list({ id })).items[0];
  const enters = () => {
    model.member = true;
    model.state = 'accepted';
  };

  const act: Record<Step, () => Promise<unknown>> = {
    async invite() {
      const code = await codeOf(as(owner).members.add({ id, email, role: 'viewer' }));
      if (isTrusted()) {
        expect(code).toBe(model.member ? 'group.already_member' : 'ok');
        if (model.member) return;
        model.member = true;
        if (model.state === 'pending') model.state = 'accepted';
      } else {
        expect(code).toBe('ok');
        model.state = 'pending';
      }
    },
    async register() {
      if (person !== null) return;
      person = await givenPerson(services, { handle, verified: false });
      model.registered = true;
    },
    async verify() {
      if (person === null) return;
      const now = services.clock.now();
      await db.updateTable('users').set({ email_verified_at: now }).where('id', '=', person.id).execute();
      await acceptInvitations(services, { userId: person.id, requestId: 'verified' });
      model.verified = true;
      if (model.state === 'pending') enters();
    },
    async accept() {
      await answer('accept');
    },
    async decline() {
      await answer('decline');
    },
    async withdraw() {
      const invitation = await sent();
      if (invitation === undefined) return;
      const code = await codeOf(as(owner).invitations.withdraw({ id, invitationId: invitation.id }));
      expect(code).toBe(model.state === 'pending' ? 'ok' : 'group.invitation_not_found');
      if (model.state === 'pending') model.state = null;
    },
    async remove() {
      if (person === null) return;
      const code = await codeOf(as(owner).members.remove({ id, userId: person.id }));
      expect(code).toBe(model.member ? 'ok' : 'group.member_not_found');
      model.member = false;
    },
  };

  async function answer(said: 'accept' | 'decline'): Promise<void> {
    const invitation = await sent();
    if (person === null || invitation === undefined) return;
    const { list, [said]: say } = as(person).me.invitations;
    const canAnswer = isTrusted() && model.state === 'pending';
    expect((await list({})).items.map((item) => item.id)).toEqual(canAnswer ? [invitation.id] : []);
    expect(await codeOf(say({ id: invitation.id }))).toBe(canAnswer ? 'ok' : 'group.invitation_not_found');
    if (!canAnswer) return;
    if (said === 'accept') enters();
    else model.state = 'declined';
  }

  for (const step of steps) {
    await act[step]();
    const group = person === null ? 'none' : await codeOf(as(person).groups.get({ id }));
    expect(group).toBe(person === null ? 'none' : model.member ? 'ok' : 'group.not_found');
    expect((await sent())?.state ?? null).toBe(model.state);
  }
}

describe('whatever is done with an invitation', () => {
  it.each([
    ['asks for proofs of addresses', true],
    ['trusts what people register with', false],
  ])('leads to what it says, where the deployment %s', async (_, requireEmailVerification) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 3, maxLength: 10 }), (steps) =>
        run(['invite', ...steps], requireEmailVerification),
      ),
      { numRuns: 10 },
    );
  });
});
