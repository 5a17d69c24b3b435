import { deliverMail, givenPerson, newAddress, PASSWORD, type PersonParts, tokenIn } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { callProcedure, type UnbatchedTransport, unbatchedTransports } from '../../harness/transports.ts';
import { auth, comparableAnswer, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Whether an address has an account is learnt by comparing an answer about it with one about an address that nobody has.

const server = await givenApp({ settings: { requireEmailVerification: true } });

/** What an account can be like when somebody guesses at it. */
const conditions: Readonly<Record<string, PersonParts>> = {
  verified: {},
  unverified: { verified: false },
  suspended: { status: 'suspended' },
  'without a password': { verified: false, passwordHash: null },
};

type Attempt = (transport: UnbatchedTransport, email: string) => Promise<string>;

/** What comes of a call that has a mail sent to somebody. */
async function mailed(email: string, call: () => Promise<unknown>): Promise<string> {
  await deliverMail(server.services);
  await call();
  const mails = await deliverMail(server.services);
  return mails.length === 1 && mails[0]?.to === email ? 'ok' : `mails to ${mails.map(({ to }) => to).join()}`;
}

/**
 * Makes the call about each kind of account and about nobody's address, spelt in several ways.
 *
 * @param honest does what the call is for, which has to work beside it; what came of it
 */
async function compare(
  proof: Proof,
  attempt: Attempt,
  honest: (transport: UnbatchedTransport) => Promise<string>,
): Promise<void> {
  for (let round = proof.share(10); round > 0; round -= 1) {
    for (const transport of unbatchedTransports) {
      const unknown = await attempt(transport, newAddress());
      for (const [condition, parts] of Object.entries(conditions)) {
        const { email } = await givenPerson(server.services, parts);
        const typed = proof.pick([email, email.toUpperCase(), ` ${email}`, email.replace('@', '＠')]);
        const known = await attempt(transport, typed);
        proof.check(known === unknown, () => `${transport}, ${condition}: ${known} rather than ${unknown}`);
      }
      const done = await honest(transport);
      proof.works(done === 'ok', () => `${transport}: what it is for is answered ${done}`);
    }
  }
}

proves('B1', 'login answers a wrong password and an unknown address alike: status, headers and body', (proof) =>
  compare(
    proof,
    async (transport, email) => comparableAnswer(await logIn(server, transport, { email, password: OTHER_PASSWORD })),
    async (transport) => {
      const { email } = await givenPerson(server.services);
      return (await logIn(server, transport, { email, password: PASSWORD })).code;
    },
  ),
);

proves('B1', 'login answers who knows the password of a suspended account as it answers anyone', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    for (const transport of unbatchedTransports) {
      const { email } = await givenPerson(server.services, { status: 'suspended' });
      const known = comparableAnswer(await logIn(server, transport, { email, password: PASSWORD }));
      const unknown = comparableAnswer(await logIn(server, transport, { email: newAddress(), password: PASSWORD }));
      proof.check(known === unknown, () => `${transport}: ${known} rather than ${unknown}`);
      const active = await givenPerson(server.services);
      const { code } = await logIn(server, transport, { email: active.email, password: PASSWORD });
      proof.works(code === 'ok', () => `${transport}: an account that is not suspended is answered ${code}`);
    }
  }
});

proves('B1', 'a forgotten password is answered alike for every address', (proof) =>
  compare(
    proof,
    async (transport, email) => comparableAnswer(await auth(server, transport, 'forgotPassword', { email })),
    async (transport) => {
      const { email } = await givenPerson(server.services);
      return mailed(email, () => auth(server, transport, 'forgotPassword', { email }));
    },
  ),
);

proves('B1', 'another verification link is answered alike for every address', (proof) =>
  compare(
    proof,
    async (transport, email) => comparableAnswer(await auth(server, transport, 'resendVerification', { email })),
    async (transport) => {
      const { email } = await givenPerson(server.services, { verified: false });
      return mailed(email, () => auth(server, transport, 'resendVerification', { email }));
    },
  ),
);

proves('B1', 'registering is answered alike for every address, where it must be verified', async (proof) => {
  const inputs = [
    { name: 'Ann', password: OTHER_PASSWORD },
    { name: 'Ann', password: OTHER_PASSWORD, handle: 'ann' },
    { name: 'Ann', password: OTHER_PASSWORD, session: 'cookie' },
    { name: 'Ann', password: 'short' },
    { name: 'Ann', password: 'password123' },
    { name: '', password: OTHER_PASSWORD },
  ] as const;
  for (const input of inputs) {
    await compare(
      proof,
      async (transport, email) => comparableAnswer(await auth(server, transport, 'register', { email, ...input })),
      async (transport) => {
        const email = newAddress();
        return mailed(email, () => auth(server, transport, 'register', { email, ...inputs[0] }));
      },
    );
  }
});

proves('B1', 'a mailed link that is wrong is answered alike, whoever it is said to be for', async (proof) => {
  const token = (): string => Array.from({ length: 43 }, () => proof.pick(['a', 'Z', '0', '_', '-'])).join('');
  for (let round = proof.share(20); round > 0; round -= 1) {
    for (const transport of unbatchedTransports) {
      const answers = [
        await auth(server, transport, 'resetPassword', { token: token(), password: OTHER_PASSWORD }),
        await auth(server, transport, 'resetPassword', { token: 'x', password: OTHER_PASSWORD }),
      ].map(comparableAnswer);
      proof.check(answers[0] === answers[1], () => `${transport}: ${answers.join(' rather than ')}`);
      const verified = [
        await auth(server, transport, 'verifyEmail', { token: token(), password: PASSWORD }),
        await auth(server, transport, 'verifyEmail', { token: 'x', password: PASSWORD }),
      ].map(comparableAnswer);
      proof.check(verified[0] === verified[1], () => `${transport}: ${verified.join(' rather than ')}`);
      await deliverMail(server.services);
      const { email } = await givenPerson(server.services);
      await auth(server, transport, 'forgotPassword', { email });
      const [mail] = await deliverMail(server.services);
      const { code } = await auth(server, transport, 'resetPassword', {
        token: tokenIn(mail),
        password: OTHER_PASSWORD,
      });
      proof.works(code === 'ok', () => `${transport}: a link that is right is answered ${code}`);
    }
  }
});

proves('B1', 'no procedure of an account can be called in a batch, for a known address or another', async (proof) => {
  const calls = [
    ['login', { password: PASSWORD }],
    ['forgotPassword', {}],
    ['resendVerification', {}],
    ['register', { password: PASSWORD, name: 'Ann' }],
  ] as const;
  for (let round = proof.share(10); round > 0; round -= 1) {
    const { email } = await givenPerson(server.services);
    for (const [procedure, input] of calls) {
      const answers: string[] = [];
      for (const address of [email, newAddress()]) {
        const answer = await callProcedure(server, 'tRPC batch', `auth.${procedure}`, { ...input, email: address });
        answers.push(comparableAnswer(answer));
        proof.check(answer.status === 400, () => `${procedure}: ${answer.status} ${answer.response.body}`);
      }
      proof.check(answers[0] === answers[1], () => `${procedure}: ${answers.join(' rather than ')}`);
      const alone = await callProcedure(server, 'tRPC', `auth.${procedure}`, { ...input, email });
      proof.works(alone.code === 'ok', () => `${procedure} alone: ${alone.code}`);
    }
  }
});
