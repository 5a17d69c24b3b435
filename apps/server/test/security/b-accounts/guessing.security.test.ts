import { setTimeout as sleep } from 'node:timers/promises';
import { givenPerson, newAddress, PASSWORD, type Person } from '@promptory/api/testing';
import type { PasswordHasher } from '@promptory/auth';
import { bootApp, givenApp } from '../../harness/boot.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  type Headers,
  type UnbatchedTransport,
  unbatchedTransports,
} from '../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Passwords are guessed in parallel, through both transports at once, in batches, from neighbouring addresses and on
// two servers. What counts is not what is answered but how many hashes are computed: that is what a guess is.

const LIMIT = 10;
const GUESSES = 20;

/** Takes a moment, as a hash does, so that guesses at once are at once; counts what is asked of it. */
function countingPasswords(): PasswordHasher & { computed: number } {
  const hasher = {
    computed: 0,
    hash: async (password: string) => `plain:${password}`,
    async verify(hash: string, password: string) {
      hasher.computed += 1;
      await sleep(2);
      return hash === `plain:${password}`;
    },
    async verifyNothing() {
      hasher.computed += 1;
      await sleep(2);
      return false as const;
    },
  };
  return hasher;
}

const passwords = countingPasswords();
const server = await givenApp({
  passwords,
  limits: { login: { calls: LIMIT, seconds: 900 }, loginAddress: { calls: 30, seconds: 900 } },
  app: { trustProxy: ['127.0.0.0/8'] },
});

let addresses = 0;
/** A network address that no other round has used. */
const newCaller = (): Headers => {
  addresses += 1;
  return { 'x-forwarded-for': `198.${18 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}` };
};

type Guess = (index: number) => Promise<Answer>;

/** @returns how many hashes the guesses cost, and their answers */
async function guess(one: Guess, count = GUESSES): Promise<{ computed: number; answers: Answer[] }> {
  const before = passwords.computed;
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  return { computed: passwords.computed - before, answers };
}

function checkGuesses(proof: Proof, what: string, { computed, answers }: Awaited<ReturnType<typeof guess>>): void {
  const statuses = Object.entries(Object.groupBy(answers, ({ status }) => status)).map(
    ([status, list]) => `${list?.length} × ${status}`,
  );
  proof.works(computed === LIMIT, () => `${what}: ${computed} hashes, ${statuses.join(', ')}`);
  const refused = answers.filter(({ status }) => status === 429);
  const saysWhen = refused.every(({ response }) => Number(response.headers['retry-after']) > 0);
  proof.check(saysWhen && refused.length === answers.length - computed, () => `${what}: ${statuses.join(', ')}`);
}

const transportFor = (which: UnbatchedTransport | 'both', index: number): UnbatchedTransport =>
  which === 'both' ? (unbatchedTransports[index % 2] ?? 'REST') : which;

for (const which of [...unbatchedTransports, 'both'] as const) {
  const through = which === 'both' ? 'both transports in turn' : which;
  proves(
    'B2',
    `of 20 wrong passwords at once through ${through}, at a limit of 10, at most 10 are hashed`,
    async (proof) => {
      for (let round = proof.share(30); round > 0; round -= 1) {
        const { email } = await givenPerson(server.services);
        const typed = [email, email.toUpperCase(), `  ${email}`, email.replace('@', '＠'), email.replace('p', 'ｐ')];
        const caller = newCaller();
        const tried = await guess((index) =>
          logIn(
            server,
            transportFor(which, index),
            { email: proof.pick(typed) ?? email, password: `a wrong one ${index}` },
            caller,
          ),
        );
        checkGuesses(proof, `${through}, ${email}`, tried);
      }
    },
  );
}

proves('B2', 'an unknown address is counted like a known one: at most 10 hashes of 20', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const email = newAddress();
    const caller = newCaller();
    const tried = await guess((index) =>
      logIn(server, transportFor('both', index), { email, password: PASSWORD }, caller),
    );
    checkGuesses(proof, `nobody at ${email}`, tried);
  }
});

proves('B2', 'the right password among too many wrong ones does not get in either', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { email } = await givenPerson(server.services);
    const caller = newCaller();
    await guess((index) => logIn(server, 'REST', { email, password: `a wrong one ${index}` }, caller), LIMIT);
    for (const transport of unbatchedTransports) {
      const answer = await logIn(server, transport, { email, password: PASSWORD }, caller);
      proof.check(answer.status === 429, () => `${transport}: ${answer.status}`);
    }
    const elsewhere = await logIn(server, 'REST', { email, password: PASSWORD }, newCaller());
    proof.works(elsewhere.status === 200, () => `from another address: ${elsewhere.status}`);
  }
});

proves('B2', 'a batch of 20 log-ins computes no hash', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { email } = await givenPerson(server.services);
    const before = passwords.computed;
    const count = 2 + proof.below(19);
    const response = await server.call({
      method: 'POST',
      url: `/trpc/${Array.from({ length: count }, () => 'auth.login').join(',')}?batch=1`,
      headers: newCaller(),
      payload: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [index, { email, password: `wrong ${index}` }]),
      ),
    });
    proof.check(passwords.computed === before, () => `${passwords.computed - before} hashes for ${count} calls`);
    proof.check(response.statusCode < 500 && !response.body.includes('accessToken'), () => response.body);
    const beside = await callProcedure(server, 'tRPC batch', 'auth.login', { email, password: PASSWORD }, newCaller());
    proof.check(beside.status === 400 && passwords.computed === before, () => `beside another call: ${beside.status}`);
    const alone = await callProcedure(server, 'tRPC', 'auth.login', { email, password: PASSWORD }, newCaller());
    proof.works(alone.code === 'ok' && passwords.computed === before + 1, () => `alone: ${alone.code}`);
  }
});

proves('B2', 'neighbours within an IPv6 /64 are one caller: at most 10 hashes of 20', async (proof) => {
  const part = (): string => proof.below(0x1_0000).toString(16);
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { email } = await givenPerson(server.services);
    const network = `2001:db8:${part()}:${part()}`;
    const tried = await guess((index) =>
      logIn(
        server,
        transportFor('both', index),
        { email, password: `wrong ${index}` },
        { 'x-forwarded-for': `${network}:${part()}:${part()}:${part()}:${part()}` },
      ),
    );
    checkGuesses(proof, network, tried);
  }
});

proves('B2', 'one caller who tries many accounts has at most 30 hashes computed', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    const caller = newCaller();
    const { computed } = await guess(
      (index) => logIn(server, transportFor('both', index), { email: newAddress(), password: PASSWORD }, caller),
      60,
    );
    proof.works(computed === 30, () => `${computed} hashes of 60 guesses at as many accounts`);
  }
});

proves('B2', 'an address in a header that no trusted proxy set makes no other caller of one', async (proof) => {
  const direct = await bootApp({ passwords, limits: { login: { calls: LIMIT, seconds: 900 } } });
  try {
    const names = [
      'x-forwarded-for',
      'x-real-ip',
      'x-client-ip',
      'cf-connecting-ip',
      'true-client-ip',
      'forwarded',
      'via',
    ];
    for (let round = proof.share(names.length, names.length); round > 0; round -= 1) {
      const { email } = await givenPerson(direct.services);
      const name = names[round - 1] ?? 'via';
      const tried = await guess((index) =>
        logIn(
          direct,
          transportFor('both', index),
          { email, password: `wrong ${index}` },
          { [name]: `192.0.2.${index}` },
        ),
      );
      checkGuesses(proof, name, tried);
    }
  } finally {
    await direct.close();
  }
});

/** An account that somebody guessed at from one address until that was shut out. */
async function givenShutOut(): Promise<Person> {
  const account = await givenPerson(server.services);
  const caller = newCaller();
  await guess((index) => logIn(server, 'REST', { email: account.email, password: `wrong ${index}` }, caller));
  return account;
}

proves('B2', 'whoever is guessed at still signs in from another address', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { email } = await givenShutOut();
    for (const transport of unbatchedTransports) {
      const answer = await logIn(server, transport, { email, password: PASSWORD }, newCaller());
      proof.works(answer.status === 200, () => `${transport}: ${answer.status} ${answer.code}`);
    }
  }
});

proves('B2', 'whoever is guessed at goes on in a session, and can change the password there', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const session = await server.session(account);
    const caller = newCaller();
    await guess((index) => logIn(server, 'REST', { email: account.email, password: `wrong ${index}` }, caller));
    // From the very address that is shut out.
    const headers = { ...bearer(session.accessToken), ...caller };
    const me = await callProcedure(server, 'REST', 'me.get', {}, headers);
    proof.works(me.status === 200, () => `me: ${me.status}`);
    const input = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const changed = await auth(server, proof.pick(unbatchedTransports), 'changePassword', input, headers);
    proof.works(changed.code === 'ok', () => `change: ${changed.status} ${changed.code}`);
  }
});

proves('B2', 'a stolen session guesses the current password at most 10 times of 20', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const sessions = [await server.session(account), await server.session(account)];
    const tried = await guess((index) => {
      const headers = { ...bearer(sessions[index % 2]?.accessToken ?? ''), ...newCaller() };
      const currentPassword = `wrong ${index}`;
      return index % 3 === 0
        ? callProcedure(server, 'REST', 'me.update', { email: newAddress(), currentPassword }, headers)
        : auth(
            server,
            transportFor('both', index),
            'changePassword',
            { currentPassword, newPassword: PASSWORD },
            headers,
          );
    });
    checkGuesses(proof, 'changing what a password protects', tried);
  }
});

proves(
  'B2',
  'two servers without Redis count apart: at most 10 hashes each, of 40 guesses over both',
  async (proof) => {
    const second = await bootApp({
      passwords,
      beside: server,
      limits: { login: { calls: LIMIT, seconds: 900 } },
      app: { trustProxy: ['127.0.0.0/8'] },
    });
    let most = 0;
    try {
      for (let round = proof.share(20); round > 0; round -= 1) {
        const { email } = await givenPerson(server.services);
        const caller = newCaller();
        const { computed } = await guess(
          (index) =>
            logIn(
              index % 2 === 0 ? server : second,
              transportFor('both', index >> 1),
              { email, password: `wrong ${index}` },
              caller,
            ),
          2 * GUESSES,
        );
        most = Math.max(most, computed);
        proof.works(computed === 2 * LIMIT, () => `${computed} hashes on two servers`);
      }
    } finally {
      await second.close();
    }
    proof.remark(
      `two servers without Redis: ${most} hashes at most; the limit holds for each of them, REDIS_URL joins them`,
    );
  },
);
