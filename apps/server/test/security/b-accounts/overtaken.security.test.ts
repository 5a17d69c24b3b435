import { setTimeout as sleep } from 'node:timers/promises';
import {
  authenticatorOf,
  deliverMail,
  givenPerson,
  ManualClock,
  newAddress,
  PASSWORD,
  type Person,
  plainPasswords,
  tokenIn,
} from '@promptory/api/testing';
import type { TotpSetup } from '@promptory/schemas';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, unbatchedTransports } from '../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Somebody who knows the password, or has a session, acts at the moment in which the owner puts them out.

/** The machine's own time, in which the order of two calls is not known beforehand. */
class TickingClock extends ManualClock {
  override now(): Date {
    return new Date();
  }
}

const HASH_MS = 20;
const clock = new TickingClock();
const server = await givenApp({
  clock,
  // As long as Argon2id takes, without its work.
  passwords: {
    hash: (password) => sleep(HASH_MS).then(() => plainPasswords.hash(password)),
    verify: (hash, password) => sleep(HASH_MS).then(() => plainPasswords.verify(hash, password)),
    verifyNothing: () => sleep(HASH_MS).then(() => false as const),
  },
});
const { db } = server.services;

const emailOf = async ({ id }: Person): Promise<string> =>
  (await db.selectFrom('users').select('email').where('id', '=', id).executeTakeFirstOrThrow()).email;

const opens = async ({ email }: Person, password: string): Promise<boolean> =>
  (await logIn(server, 'REST', { email, password })).code !== 'auth.invalid_credentials';

async function resetTokenOf({ email }: Person): Promise<string> {
  await auth(server, 'REST', 'forgotPassword', { email });
  const mails = await deliverMail(server.services);
  return tokenIn(mails.find(({ to, text }) => to === email && text.includes('/reset-password')));
}

/** Up to twice the time of a hash, for one call to begin after another one. */
const headStart = (proof: Proof): Promise<void> => sleep(proof.below(2 * HASH_MS));

proves(
  'B7',
  'a change of address asked for beside the owner’s reset leaves no link: 0 accounts move',
  async (proof) => {
    for (let round = proof.share(60, 6); round > 0; round -= 1) {
      const account = await givenPerson(server.services);
      const { accessToken } = await server.session(account);
      const token = await resetTokenOf(account);
      const thief = newAddress();
      const reset = async () => {
        await headStart(proof);
        return auth(server, proof.pick(unbatchedTransports), 'resetPassword', { token, password: OTHER_PASSWORD });
      };
      const ask = async () => {
        await headStart(proof);
        const input = { email: thief, currentPassword: PASSWORD };
        await callProcedure(server, proof.pick(unbatchedTransports), 'me.update', input, bearer(accessToken));
        return deliverMail(server.services);
      };
      const [done, early] = await Promise.all([reset(), ask()]);
      const mails = [...early, ...(await deliverMail(server.services))].filter(({ to }) => to === thief);
      const left = await db.selectFrom('email_tokens').select('id').where('email', '=', thief).execute();
      for (const mail of mails) {
        const link = { token: tokenIn(mail), password: PASSWORD };
        await auth(server, proof.pick(unbatchedTransports), 'verifyEmail', link);
      }
      const email = await emailOf(account);
      proof.works(done.code === 'ok' && left.length === 0 && email === account.email, () => {
        return `${done.code}, ${left.length} live links of ${mails.length} mails, the address is ${email}`;
      });
    }
  },
);

proves('B7', 'a password change that began before the second factor was turned on does not land', async (proof) => {
  for (let round = proof.share(60, 6); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const [owner, thief] = [await server.session(account), await server.session(account)];
    const { result } = await auth(
      server,
      'REST',
      'totp.start',
      { currentPassword: PASSWORD },
      bearer(owner.accessToken),
    );
    const code = await authenticatorOf((result as TotpSetup).setupKey).codeAt(clock.now());
    const change = auth(
      server,
      proof.pick(unbatchedTransports),
      'changePassword',
      { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD },
      bearer(thief.accessToken),
    );
    await sleep(HASH_MS + 5);
    const on = await auth(server, proof.pick(unbatchedTransports), 'totp.confirm', { code }, bearer(owner.accessToken));
    const changed = await change;
    const isOwners = await opens(account, PASSWORD);
    // Where the change came first after all, it has ended the session that would turn the factor on.
    const isInTime = on.code === 'auth.session_ended' && changed.code === 'ok';
    proof.works(isInTime || (on.code === 'ok' && changed.code !== 'ok' && isOwners), () => {
      return `turning it on: ${on.code}, the change: ${changed.code}, the password is ${isOwners ? 'the owner’s' : 'another'}`;
    });
  }
});
