import { givenPerson, newAddress, PASSWORD, type PersonParts } from '@promptory/api/testing';
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

/** Makes the call about each kind of account and about nobody's address, spelt in several ways. */
async function compare(proof: Proof, attempt: Attempt): Promise<void> {
  for (let round = proof.share(10); round > 0; round -= 1) {
    for (const transport of unbatchedTransports) {
      const unknown = await attempt(transport, newAddress());
      for (const [condition, parts] of Object.entries(conditions)) {
        const { email } = await givenPerson(server.services, parts);
        const typed = proof.pick([email, email.toUpperCase(), ` ${email}`, email.replace('@', '＠')]);
        const known = await attempt(transport, typed);
        proof.check(known === unknown, () => `${transport}, ${condition}: ${known} rather than ${unknown}`);
      }
    }
  }
}

proves('B1', 'login answers a wrong password and an unknown address alike: status, headers and body', (proof) =>
  compare(proof, async (transport, email) =>
    comparableAnswer(await logIn(server, transport, { email, password: OTHER_PASSWORD })),
  ),
);

proves('B1', 'login answers who knows the password of a suspended account as it answers anyone', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    for (const transport of unbatchedTransports) {
      const { email } = await givenPerson(server.services, { status: 'suspended' });
      const known = comparableAnswer(await logIn(server, transport, { email, password: PASSWORD }));
      const unknown = comparableAnswer(await logIn(server, transport, { email: newAddress(), password: PASSWORD }));
      proof.check(known === unknown, () => `${transport}: ${known} rather than ${unknown}`);
    }
  }
});

proves('B1', 'a forgotten password is answered alike for every address', (proof) =>
  compare(proof, async (transport, email) =>
    comparableAnswer(await auth(server, transport, 'forgotPassword', { email })),
  ),
);

proves('B1', 'another verification link is answered alike for every address', (proof) =>
  compare(proof, async (transport, email) =>
    comparableAnswer(await auth(server, transport, 'resendVerification', { email })),
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
    await compare(proof, async (transport, email) =>
      comparableAnswer(await auth(server, transport, 'register', { email, ...input })),
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
    }
  }
});
