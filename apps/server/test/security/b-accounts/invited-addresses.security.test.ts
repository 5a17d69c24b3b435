import { givenGroup, givenPerson } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, type Input, transports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

// Whoever registers an address that was invited may not be who reads its mails: where addresses must be verified, nothing that
// the invitation opens is theirs, nor told to them.

const server = await givenApp({ settings: { requireEmailVerification: true } });
const { db } = server.services;

proves(
  'B10',
  'an unproved address sees, accepts and declines no invitation; a proved one its own alone',
  async (proof) => {
    const rounds = proof.share(10, 2);
    for (const transport of transports) {
      for (let round = 0; round < rounds; round += 1) {
        const [owner, squatter, other] = [
          await givenPerson(server.services),
          await givenPerson(server.services, { verified: false }),
          await givenPerson(server.services),
        ];
        const id = await givenGroup(server.services, { owner });
        const headersOf = async (person: typeof owner) => bearer((await server.session(person)).accessToken);
        const [owners, squatters, others] = [await headersOf(owner), await headersOf(squatter), await headersOf(other)];
        const call = (path: string, input: Input, as: typeof owners) =>
          callProcedure(server, transport, path, input, as);
        const added = await call('members.add', { id, email: squatter.email, role: 'editor' }, owners);
        proof.works(Object(added.result).status === 'invited', () => `${transport}: shared: ${added.code}`);
        const sent = await call('invitations.list', { id }, owners);
        const invitation = { id: String(Object(sent.result).items?.[0]?.id) };

        const tryAll = async (who: string, as: typeof owners): Promise<void> => {
          const listed = await call('me.invitations.list', {}, as);
          proof.check(
            Object(listed.result).items?.length === 0,
            () => `${transport}, ${who}: ${JSON.stringify(listed.result)}`,
          );
          for (const path of ['me.invitations.accept', 'me.invitations.decline']) {
            const { code } = await call(path, invitation, as);
            proof.check(code === 'group.invitation_not_found', () => `${transport}, ${who}, ${path}: ${code}`);
          }
          const { code } = await call('groups.get', { id }, as);
          proof.check(code === 'group.not_found', () => `${transport}, ${who}: the group is ${code}`);
        };
        await tryAll('unproved', squatters);
        await tryAll('another', others);

        const now = server.services.clock.now();
        await db.updateTable('users').set({ email_verified_at: now }).where('id', '=', squatter.id).execute();
        const accepted = await call('me.invitations.accept', invitation, squatters);
        proof.works(accepted.code === 'ok', () => `${transport}, proved: ${accepted.code}`);
        const group = await call('groups.get', { id }, squatters);
        proof.works(Object(group.result).role === 'editor', () => `${transport}, proved: the group is ${group.code}`);
      }
    }
  },
);
