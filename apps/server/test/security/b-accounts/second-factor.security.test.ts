import {
  authenticatorOf,
  deliverMail,
  givenPerson,
  newAddress,
  PASSWORD,
  type Person,
  tokenIn,
} from '@promptory/api/testing';
import type { TotpSetup } from '@promptory/schemas';
import { defaultLimits } from '../../../src/settings/bounds/limits.ts';
import { givenApp } from '../../harness/boot.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  type Headers,
  type Input,
  unbatchedTransports,
} from '../../harness/transports.ts';
import { auth, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { proves } from '../harness/proof.ts';

// Ways around a second factor that is on, for somebody who has the password, and a session from before or none.

const server = await givenApp({ limits: { login: defaultLimits.login } });

const MINUTE = 60_000;

interface Owner {
  readonly account: Person;
  readonly session: Headers;
  code(): Promise<string>;
}

/** The owner of an account turns the factor on; their session has proved it a while ago. */
async function protect(account: Person): Promise<Owner> {
  const session = await server.as.person(account);
  const { clock } = server.services;
  const { result } = await auth(server, 'REST', 'totp.start', { currentPassword: PASSWORD }, session);
  const authenticator = authenticatorOf((result as TotpSetup).setupKey);
  const code = () => authenticator.codeAt(clock.now());
  const { code: outcome } = await auth(server, 'REST', 'totp.confirm', { code: await code() }, session);
  if (outcome !== 'ok') throw new Error(`The factor was not turned on: ${outcome}`);
  clock.advance(11 * MINUTE);
  return { account, session: await server.as.person(account), code };
}

/** What somebody with a password alone would do, and what only who has the factor may. */
const dangerous = {
  'apiKeys.create': () => ({ name: 'kept', scopes: ['prompts:read'] }),
  'me.update': () => ({ email: newAddress(), currentPassword: PASSWORD }),
  'auth.changePassword': () => ({ currentPassword: PASSWORD, newPassword: OTHER_PASSWORD }),
} as const satisfies Record<string, () => Input>;

const guesses: readonly [Input, ...Input[]] = [{}, { code: '000000' }, { recoveryCode: '0000-0000-0000' }];

proves('B6', 'a password alone opens no session of an account with a second factor', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { account, code } = await protect(await givenPerson(server.services));
    const guess = proof.pick(guesses);
    const input = { email: account.email, password: PASSWORD, ...guess };
    const answer = await auth(server, proof.pick(unbatchedTransports), 'login', input);
    proof.check(answer.code.startsWith('auth.second_factor_'), () => `${JSON.stringify(guess)}: ${answer.code}`);
    const right = { email: account.email, password: PASSWORD, code: await code() };
    const opened = await auth(server, proof.pick(unbatchedTransports), 'login', right);
    proof.works(opened.code === 'ok', () => `with the factor: ${opened.code}`);
  }
});

proves('B6', 'a new password chosen by a mailed link leaves the second factor in the way', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    const { account, code } = await protect(await givenPerson(server.services));
    await deliverMail(server.services);
    await auth(server, 'REST', 'forgotPassword', { email: account.email });
    const [mail] = await deliverMail(server.services);
    const reset = { token: tokenIn(mail), password: OTHER_PASSWORD };
    await auth(server, proof.pick(unbatchedTransports), 'resetPassword', reset);
    const answer = await auth(server, 'REST', 'login', { email: account.email, password: OTHER_PASSWORD });
    proof.check(answer.code === 'auth.second_factor_required', () => answer.code);
    const right = { email: account.email, password: OTHER_PASSWORD, code: await code() };
    const opened = await auth(server, 'REST', 'login', right);
    proof.works(opened.code === 'ok', () => `with the factor: ${opened.code}`);
  }
});

proves('B6', 'a session that did not just prove the second factor takes no dangerous step', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    const { session, code } = await protect(await givenPerson(server.services));
    for (const [path, input] of Object.entries(dangerous)) {
      const answer = await callProcedure(server, proof.pick(unbatchedTransports), path, input(), session);
      proof.check(answer.code === 'auth.second_factor_required', () => `${path}: ${answer.code}`);
    }
    await auth(server, 'REST', 'totp.verify', { code: await code() }, session);
    for (const [path, input] of Object.entries(dangerous)) {
      const answer = await callProcedure(server, proof.pick(unbatchedTransports), path, input(), session);
      proof.works(answer.code === 'ok', () => `${path}, the factor just proved: ${answer.code}`);
    }
  }
});

proves('B6', 'what a password alone began ends when the second factor is turned on, keys aside', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const { accessToken, refreshToken } = await server.session(account);
    const email = newAddress();
    const asked = await callProcedure(
      server,
      'REST',
      'me.update',
      { email, currentPassword: PASSWORD },
      bearer(accessToken),
    );
    if (asked.code !== 'ok') throw new Error(`The new address was not asked for: ${asked.code}`);
    const mails = await deliverMail(server.services);
    const { session } = await protect(account);
    const tried: Record<string, Answer> = {
      link: await auth(server, 'REST', 'verifyEmail', {
        token: tokenIn(mails.find(({ to }) => to === email)),
        password: PASSWORD,
      }),
      session: await callProcedure(server, 'REST', 'me.get', {}, bearer(accessToken)),
      refresh: await auth(server, 'REST', 'refresh', { refreshToken }),
    };
    for (const [what, { code }] of Object.entries(tried)) proof.check(code !== 'ok', () => `${what}: ${code}`);
    const { result } = await callProcedure(server, 'REST', 'me.get', {}, session);
    proof.works(Reflect.get(Object(result), 'email') === account.email, () => 'the address is another one');
  }
});

proves('B6', 'codes are guessed ten times at log-in and ten within sessions, by every procedure', async (proof) => {
  for (let round = proof.share(3); round > 0; round -= 1) {
    const { account, session } = await protect(await givenPerson(server.services));
    const wrong = (): Input => ({ code: String(proof.below(1_000_000)).padStart(6, '0') });
    const within = [
      () => auth(server, proof.pick(unbatchedTransports), 'totp.verify', wrong(), session),
      () => auth(server, proof.pick(unbatchedTransports), 'totp.renewRecoveryCodes', wrong(), session),
      () => auth(server, 'REST', 'totp.disable', { ...wrong(), currentPassword: PASSWORD }, session),
    ] as const;
    const tried = { logIn: 0, within: 0 };
    for (let guess = 0; guess < 30; guess += 1) {
      const logIn = await auth(server, 'REST', 'login', { email: account.email, password: PASSWORD, ...wrong() });
      if (logIn.code !== 'limit.exceeded') tried.logIn += 1;
      const inside = await proof.pick(within)();
      if (inside.code !== 'limit.exceeded') tried.within += 1;
      proof.cases(2);
    }
    // Turning the factor on was the first of the ten.
    proof.works(tried.logIn === 10 && tried.within === 9, () => JSON.stringify(tried));
  }
});
