import { deliverMail, newAddress, takeInvitations, tokenIn } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import type { CreatedApiKey, SignedIn } from '@promptory/schemas';
import { defaultLimits } from '../../../src/settings/bounds/limits.ts';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, unbatchedTransports } from '../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Somebody registers an address that is not theirs, and waits for its owner to open the link that is mailed to it.

const SQUATTED = 'the squatter chose this one';
const MINE = 'its owner chose this one';

const server = await givenApp({ limits: { login: defaultLimits.login } });
const { db } = server.services;

interface Squatted {
  readonly email: string;
  readonly session: SignedIn;
  readonly key: string;
  /** Of the link that is mailed to the owner. */
  readonly token: string;
}

/** A squatter's account at somebody's address, with a session and a key, before the owner opens the mail. */
async function squat(proof: Proof): Promise<Squatted> {
  const email = newAddress();
  const input = { email, password: SQUATTED, name: 'Whoever' };
  const { result } = await auth(server, proof.pick(unbatchedTransports), 'register', input);
  const session = result as SignedIn;
  const mails = await deliverMail(server.services);
  const wanted = { name: 'kept', scopes: ['groups:read'] };
  const made = await callProcedure(server, 'REST', 'apiKeys.create', wanted, bearer(session.accessToken));
  const token = tokenIn(mails.find(({ to }) => to === email));
  return { email, session, key: (made.result as CreatedApiKey).key, token };
}

/** A group that somebody invites the address to, for whom it is its owner who comes. */
async function invite(email: string): Promise<string> {
  const [owner, groupId] = [newId(), newId()];
  const handle = `h-${owner.slice(-12)}`;
  await db.insertInto('users').values({ id: owner, email: newAddress(), name: 'Host', handle }).execute();
  await db.insertInto('groups').values({ id: groupId, user_id: owner, name: 'Confidential' }).execute();
  const invitation = { id: newId(), group_id: groupId, email, role: 'viewer', invited_by: owner } as const;
  await db.insertInto('group_invitations').values(invitation).execute();
  return groupId;
}

/** By what the squatter gets in, or sees the group. */
async function waysIn({ email, session, key }: Squatted, groupId: string): Promise<string[]> {
  await takeInvitations(server.services);
  const open: string[] = [];
  const sees = async (headers: Record<string, string>) =>
    (await callProcedure(server, 'REST', 'groups.get', { id: groupId }, headers)).code === 'ok';
  if (await sees(bearer(session.accessToken))) open.push('session');
  if (await sees({ 'x-api-key': key })) open.push('key');
  const refreshed = await auth(server, 'REST', 'refresh', { refreshToken: session.refreshToken });
  if (refreshed.code === 'ok' && (await sees(bearer((refreshed.result as SignedIn).accessToken)))) open.push('refresh');
  const entered = await logIn(server, 'REST', { email, password: SQUATTED });
  if (entered.code === 'ok' && (await sees(bearer((entered.result as SignedIn).accessToken)))) open.push('password');
  return open;
}

proves(
  'B8',
  'who registered somebody’s address enters no group that invited it, once its owner confirms: 0 ways in',
  async (proof) => {
    for (let round = proof.share(30, 4); round > 0; round -= 1) {
      const squatted = await squat(proof);
      const groupId = await invite(squatted.email);
      const transport = proof.pick(unbatchedTransports);
      const { token, email } = squatted;
      // What the link alone did before; a password that the owner uses elsewhere; then what the page offers them.
      const bare = await auth(server, transport, 'verifyEmail', { token });
      const guess = await auth(server, transport, 'verifyEmail', { token, password: OTHER_PASSWORD });
      proof.check(
        bare.status === 400 && guess.code === 'auth.invalid_credentials',
        () => `${bare.code}, ${guess.code}`,
      );
      const before = await waysIn(squatted, groupId);
      proof.check(before.length === 0, () => `before it was confirmed: ${before.join()}`);
      const confirmed = await auth(server, transport, 'verifyEmail', { token, newPassword: MINE });
      const after = await waysIn(squatted, groupId);
      proof.check(confirmed.code === 'ok' && after.length === 0, () => `${confirmed.code}: by ${after.join()}`);
      const owner = await logIn(server, 'REST', { email, password: MINE });
      const headers = bearer(String(Reflect.get(Object(owner.result), 'accessToken')));
      const group = await callProcedure(server, 'REST', 'groups.get', { id: groupId }, headers);
      proof.works(group.code === 'ok', () => `the owner: ${owner.code}, ${group.code}`);
    }
  },
);

proves(
  'B8',
  'of 20 guesses at once at the password with a link ten are hashed, and the link lives on',
  async (proof) => {
    for (let round = proof.share(5); round > 0; round -= 1) {
      const { token } = await squat(proof);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, guess) =>
          auth(server, proof.pick(unbatchedTransports), 'verifyEmail', {
            token,
            password: `${OTHER_PASSWORD} ${guess}`,
          }),
        ),
      );
      const hashed = answers.filter(({ code }) => code === 'auth.invalid_credentials').length;
      const refused = answers.filter(({ code }) => code === 'limit.exceeded').length;
      proof.works(hashed === 10 && hashed + refused === 20, () => answers.map(({ code }) => code).join());
      const chosen = await auth(server, 'REST', 'verifyEmail', { token, newPassword: MINE });
      proof.works(chosen.code === 'ok', () => `the owner, after the guesses: ${chosen.code}`);
    }
  },
);
