import { createHash } from 'node:crypto';
import type { Mail } from '@promptory/api/server';
import { deliverMail, givenPerson, PASSWORD, type Person, tokenIn } from '@promptory/api/testing';
import { generateApiKey } from '@promptory/auth';
import { SESSION_COOKIE } from '../../../../src/http/session-cookie.ts';
import { givenApp } from '../../../harness/boot.ts';
import { bearer, callProcedure, unbatchedTransports } from '../../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';

// A mailed link opens an account to whoever holds it. What it is made of, how long it lives, what it can be spent on and
// what is left open once it is spent.

const MINUTE = 60_000;

const server = await givenApp();

/** What is mailed because of `work` alone. */
async function mailsAfter(work: () => Promise<unknown>): Promise<Mail[]> {
  await deliverMail(server.services);
  await work();
  return deliverMail(server.services);
}

/** The secret of a link to choose a new password, as the mail holds it. */
async function resetToken(proof: Proof, { email }: Person): Promise<string> {
  const mails = await mailsAfter(() => auth(server, proof.pick(unbatchedTransports), 'forgotPassword', { email }));
  return tokenIn(mails.find(({ text }) => text.includes('/reset-password')));
}

/** The secret of the link that confirms an address that somebody in a session asked to have. */
async function changeToken(account: Person, email: string): Promise<string> {
  const { accessToken } = await server.session(account);
  const input = { email, currentPassword: PASSWORD };
  const mails = await mailsAfter(() => callProcedure(server, 'REST', 'me.update', input, bearer(accessToken)));
  return tokenIn(mails[0]);
}

const reset = (proof: Proof, token: string, password = OTHER_PASSWORD) =>
  auth(server, proof.pick(unbatchedTransports), 'resetPassword', { token, password });
const verify = (proof: Proof, token: string) =>
  auth(server, proof.pick(unbatchedTransports), 'verifyEmail', { token, password: PASSWORD });

const emailOf = async ({ id }: Person): Promise<string> =>
  (await server.services.db.selectFrom('users').select('email').where('id', '=', id).executeTakeFirstOrThrow()).email;

proves(
  'B4',
  'a link holds 32 random bytes: no two alike, no bit that leans, and only their SHA-256 is stored',
  async (proof) => {
    const count = proof.share(400, 150);
    const tokens = new Set<string>();
    const ones = new Array<number>(256).fill(0);
    const account = await givenPerson(server.services);
    for (let issued = 0; issued < count; issued += 1) {
      const token = await resetToken(proof, account);
      const bytes = Buffer.from(token, 'base64url');
      proof.works(bytes.length === 32 && bytes.toString('base64url') === token, () => `${bytes.length} bytes`);
      tokens.add(token);
      for (let bit = 0; bit < 256; bit += 1) ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
      if (issued % 20 !== 0) continue;
      const rows = await server.services.db.selectFrom('email_tokens').selectAll().execute();
      const hash = createHash('sha256').update(token).digest();
      proof.check(rows.length === 1 && rows.some((row) => row.token_hash.equals(hash)), () => 'not the hash alone');
      proof.check(!JSON.stringify(rows).includes(token), () => 'the token is in its row');
    }
    proof.check(tokens.size === count, () => `${count - tokens.size} tokens came twice`);
    // Six standard deviations: by chance about once in two million runs for all the bits together.
    const most = 6 * Math.sqrt(count / 4);
    for (const [bit, set] of ones.entries()) {
      proof.check(Math.abs(set - count / 2) <= most, () => `bit ${bit} was set in ${set} of ${count}`);
    }
  },
);

proves('B4', 'a reset link lives 15 minutes, to the millisecond', async (proof) => {
  for (let round = proof.share(40, 6); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const token = await resetToken(proof, account);
    const late = [0, 1, proof.below(30 * MINUTE)][round % 3] ?? 0;
    const isEarly = round % 2 === 0;
    server.services.clock.advance(isEarly ? 15 * MINUTE - 1 - Math.min(late, 15 * MINUTE - 1) : 15 * MINUTE + late);
    const answer = await reset(proof, token);
    const expected = isEarly ? 'ok' : 'auth.link_invalid';
    proof.worksIf(
      isEarly,
      answer.code === expected,
      () => `${isEarly ? 'in time' : 'too late'}, ${late} ms off: ${answer.code}`,
    );
  }
});

proves('B4', 'of 20 parallel uses of a reset link one succeeds, and no later one', async (proof) => {
  for (let round = proof.share(25); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const token = await resetToken(proof, account);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => reset(proof, token, `${OTHER_PASSWORD} ${index}`)),
    );
    const winners = answers.flatMap(({ code }, index) => (code === 'ok' ? [index] : []));
    const others = answers.filter(({ code }) => code === 'auth.link_invalid').length;
    proof.check(winners.length === 1 && others === 19, () => answers.map(({ status }) => status).join());
    const again = await reset(proof, token);
    proof.check(again.code === 'auth.link_invalid', () => `again: ${again.code}`);
    const password = `${OTHER_PASSWORD} ${winners[0]}`;
    const signIn = await logIn(server, 'REST', { email: account.email, password });
    proof.works(signIn.code === 'ok', () => `the password that won: ${signIn.code}`);
  }
});

proves('B4', 'a newer link voids the older ones, also when they are asked for at once', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const mails = await mailsAfter(() =>
      Promise.all(
        unbatchedTransports.map((transport) => auth(server, transport, 'forgotPassword', { email: account.email })),
      ),
    );
    const tokens = [...mails.map(tokenIn), await resetToken(proof, account)];
    const codes: string[] = [];
    for (const token of tokens) codes.push((await reset(proof, token)).code);
    proof.works(codes.join() === 'auth.link_invalid,auth.link_invalid,ok', () => codes.join());
  }
});

proves('B4', 'a reset ends every session, signs nobody in, and the stored address is notified', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const sessions = await Promise.all(Array.from({ length: 1 + proof.below(5) }, () => server.session(account)));
    const token = await resetToken(proof, account);
    const answer = await reset(proof, token);
    const { headers, body } = answer.response;
    proof.works(
      answer.code === 'ok' && headers['set-cookie'] === undefined,
      () => `a cookie: ${headers['set-cookie']}`,
    );
    proof.check(!/token/i.test(body), () => `signed in: ${body}`);
    for (const { accessToken, refreshToken } of sessions) {
      const me = await callProcedure(server, proof.pick(unbatchedTransports), 'me.get', {}, bearer(accessToken));
      const refreshed = await auth(server, proof.pick(unbatchedTransports), 'refresh', { refreshToken });
      proof.check(me.status === 401 && refreshed.status === 401, () => `${me.status}, ${refreshed.status}`);
    }
    const notifications = await deliverMail(server.services);
    const [notification] = notifications;
    const isNotified =
      notifications.length === 1 && notification?.to === account.email && /was (just )?changed/.test(notification.text);
    proof.works(isNotified, () => JSON.stringify(notifications));
    const former = await logIn(server, 'REST', { email: account.email, password: PASSWORD });
    proof.check(former.status === 401, () => `the former password: ${former.status}`);
  }
});

proves('B4', 'nothing but its own purpose spends a secret: 0 of the others open anything', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const newcomer = await givenPerson(server.services, { verified: false });
    const session = await server.session(account);
    const wanted = `new.${account.email}`;
    const change = await changeToken(account, wanted);
    const [verification] = await mailsAfter(() =>
      auth(server, 'REST', 'resendVerification', { email: newcomer.email }),
    );
    const resetting = await resetToken(proof, account);
    const secrets = { session: session.accessToken, refresh: session.refreshToken, key: generateApiKey().key };
    const others = Object.entries({ change, verification: tokenIn(verification), ...secrets });
    for (const [name, secret] of others) {
      // Longer than any mailed secret: refused by its length already.
      const answer = await reset(proof, secret.slice(0, 200));
      proof.check(answer.status === 400, () => `${name} as a reset: ${answer.status} ${answer.code}`);
    }
    for (const [name, secret] of Object.entries({ resetting, ...secrets })) {
      const answer = await verify(proof, secret.slice(0, 200));
      proof.check(answer.status === 400, () => `${name} as a verification: ${answer.status} ${answer.code}`);
      if (name === 'refresh') continue;
      const refreshed = await auth(server, 'REST', 'refresh', { refreshToken: secret.slice(0, 200) });
      proof.check(refreshed.status === 401, () => `${name} as a refresh token: ${refreshed.status}`);
    }
    for (const [name, secret] of Object.entries({ change, resetting, verification: tokenIn(verification) })) {
      for (const headers of [bearer(secret), { 'x-api-key': secret }, { cookie: `${SESSION_COOKIE}=${secret}` }]) {
        const me = await callProcedure(server, proof.pick(unbatchedTransports), 'me.get', {}, headers);
        proof.check(me.status === 401, () => `${name} as a credential: ${me.status}`);
      }
    }
    // None of that spent the real ones.
    const [verified, changed] = [await verify(proof, tokenIn(verification)), await verify(proof, change)];
    proof.works(verified.code === 'ok' && changed.code === 'ok', () => `${verified.code}, ${changed.code}`);
    proof.check((await emailOf(account)) === wanted, () => 'the address was not changed');
  }
});

proves('B4', 'a mailed secret that was altered in any way opens nothing: 0 of 1,000', async (proof) => {
  const account = await givenPerson(server.services);
  const token = await resetToken(proof, account);
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  const alterations: ((at: number) => string)[] = [
    (at) => token.slice(0, at) + proof.pick(alphabet.filter((letter) => letter !== token[at])) + token.slice(at + 1),
    (at) => token.slice(0, at),
    (at) => token + token.slice(0, at + 1),
    () => `${token}=`,
    () => ` ${token}`,
    () => `${token}\n`,
    () => `${token}\0`,
    () => encodeURIComponent(`${token}%`),
    (at) => [...token].map((letter, index) => (index === at ? swapped(letter) : letter)).join(''),
    () => [...token].reverse().join(''),
    () => createHash('sha256').update(token).digest('hex'),
    () => createHash('sha256').update(token).digest('base64url'),
    () => `\\x${createHash('sha256').update(token).digest('hex')}`,
    () => token.toUpperCase(),
    () => '%'.repeat(43),
    () => '_'.repeat(43),
    () => "' OR purpose = 'reset_password' --",
  ];
  for (let round = proof.share(1_000, 200); round > 0; round -= 1) {
    const altered = alterations[round % alterations.length]?.(proof.below(43)) ?? '';
    if (altered === token) {
      proof.case();
      continue;
    }
    const answer = await reset(proof, altered);
    proof.check(answer.status === 400, () => `${JSON.stringify(altered)}: ${answer.status} ${answer.code}`);
  }
  const right = await reset(proof, token);
  proof.works(right.code === 'ok', () => `the token itself: ${right.code}`);
});

const swapped = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

proves('B4', 'a link to an address that is no longer the account’s opens nothing', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const change = await changeToken(account, `moved.${account.email}`);
    const former = await resetToken(proof, account);
    server.services.clock.advance(1_000);
    const moved = await verify(proof, change);
    const late = await reset(proof, former);
    proof.works(moved.code === 'ok' && late.code === 'auth.link_invalid', () => `${moved.code}, ${late.code}`);
    const mails = await mailsAfter(() => auth(server, 'REST', 'forgotPassword', { email: account.email }));
    const links = mails.filter(({ text }) => text.includes('/reset-password'));
    proof.check(links.length === 0, () => `a link went to the former address: ${JSON.stringify(links)}`);
  }
});

proves('B4', 'a suspended account has no link mailed and none that works', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const token = await resetToken(proof, account);
    await server.services.db.updateTable('users').set({ status: 'suspended' }).where('id', '=', account.id).execute();
    const answer = await reset(proof, token);
    proof.check(answer.code === 'auth.link_invalid', () => answer.code);
    const mails = await mailsAfter(() => auth(server, 'REST', 'forgotPassword', { email: account.email }));
    proof.check(mails.length === 0, () => JSON.stringify(mails));
    await server.services.db.updateTable('users').set({ status: 'active' }).where('id', '=', account.id).execute();
    const again = await mailsAfter(() => auth(server, 'REST', 'forgotPassword', { email: account.email }));
    proof.works(again.length === 1, () => `${again.length} mails once it is active again`);
  }
});
