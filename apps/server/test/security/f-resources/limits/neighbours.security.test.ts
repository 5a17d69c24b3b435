import { givenPerson, type Person } from '@promptory/api/testing';
import { generateApiKey } from '@promptory/auth';
import { type BootedApp, type BootOptions, bootApp, ORIGIN } from '../../../harness/boot.ts';
import { callProcedure, type Headers } from '../../../harness/transports.ts';
import { auth } from '../../harness/account-calls.ts';
import { inParallel } from '../../harness/in-parallel.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { unknown, unknownToken } from './unknown-credentials.ts';

// Many people are behind one network address. What one of them makes up uses up nothing of what the others were given, be it
// new to the server or not. All requests here come from one address.

const CREDENTIALS = 20;
const SECRETS = ['one secret of thirty-two bytes, or more', 'another secret of thirty-two bytes, or more'] as const;

async function booted(options: BootOptions, proof: (server: BootedApp) => Promise<void>): Promise<void> {
  const server = await bootApp({ jwtSecrets: [SECRETS[0]], ...options });
  try {
    await proof(server);
  } finally {
    await server.close();
  }
}

const statusOf = async (server: BootedApp, headers: Headers): Promise<number> =>
  (await server.call({ url: '/users/me', headers })).statusCode;

/** Uses up what the address has for credentials that nobody knows. */
async function useUp(proof: Proof, server: BootedApp, guesses: number): Promise<void> {
  const refused = proof.demand(
    guesses - 2 * CREDENTIALS,
    'unknown credentials were refused by the limit of the address',
  );
  for (let guess = 0; guess < guesses; guess += 1) {
    const status = await statusOf(server, unknown[guess % unknown.length]?.() ?? {});
    refused(status === 429);
    proof.check(status === 401 || status === 429, () => `what nobody knows is answered ${status}`);
  }
}

/** What a person is given by the product itself, each once. */
async function issue(server: BootedApp, person: Person): Promise<{ key: Headers; cookie: Headers; token: string }> {
  const session = await server.as.person(person);
  const made = await callProcedure(server, 'REST', 'apiKeys.create', { name: 'k', scopes: ['account:read'] }, session);
  const { refreshToken } = await server.session(person);
  return {
    key: { 'x-api-key': String((made.result as { key?: string } | undefined)?.key) },
    cookie: await server.as.cookie(person),
    token: refreshToken,
  };
}

const limits = { credential: { calls: CREDENTIALS, seconds: 3_600 } };

proves('F9', 'a new key and the first call of a new cookie work where others behind the address guess', (proof) =>
  booted({ limits }, async (server) => {
    await useUp(proof, server, proof.share(300, 80));
    for (let round = proof.share(20, 3); round > 0; round -= 1) {
      const { key, cookie } = await issue(server, await givenPerson(server.services));
      for (const headers of [key, cookie]) {
        const status = await statusOf(server, headers);
        proof.works(status === 200, () => `${Object.keys(headers)[0]} is answered ${status}`);
      }
    }
  }),
);

proves('F9', 'a log-in by cookie and the key that is made in it work at once where others guess', (proof) =>
  booted({ limits }, async (server) => {
    proof.atLeast(3);
    await useUp(proof, server, 80);
    const account = { email: 'ann@example.com', password: 'a lantern for Ann only', name: 'Ann', session: 'cookie' };
    const from = { origin: ORIGIN };
    const registered = await auth(server, 'REST', 'register', account, from);
    const cookie = String(registered.response.headers['set-cookie']).split(';', 1)[0] ?? '';
    const inSession = { ...from, cookie };
    const first = await callProcedure(
      server,
      'REST',
      'apiKeys.create',
      { name: 'k', scopes: ['account:read'] },
      inSession,
    );
    proof.works(first.code === 'ok', () => `its first call by cookie: ${first.code}`);
    const { key } = first.result as { key: string };
    const ways: readonly Headers[] = [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }];
    for (const headers of ways) {
      const status = await statusOf(server, headers);
      proof.works(status === 200, () => `the key is answered ${status}`);
    }
  }),
);

proves('F9', 'what is new to a server works in any number of calls at once, whatever was guessed before', (proof) =>
  booted({ limits }, async (server) => {
    const alice = await givenPerson(server.services);
    const { key, cookie } = await issue(server, alice);
    // Another process, which has seen none of them, as after a restart.
    const other = await bootApp({ limits, beside: server, jwtSecrets: [SECRETS[0]] });
    try {
      await useUp(proof, other, 80);
      const calls = proof.share(300, 3 * CREDENTIALS);
      for (const headers of [key, cookie, await server.as.person(alice)]) {
        await inParallel(Array.from({ length: calls }), calls, async () => {
          const status = await statusOf(other, headers);
          proof.works(status === 200, () => `${Object.keys(headers)[0]} is answered ${status}`);
        });
      }
    } finally {
      await other.close();
    }
  }),
);

proves(
  'F9',
  'dead keys and sessions of an account, however many and looped, leave its other ones and its neighbours alone',
  (proof) =>
    booted({ limits }, async (server) => {
      const { db } = server.services;
      const alice = await givenPerson(server.services);
      const bob = await givenPerson(server.services);
      const dead = await Promise.all(Array.from({ length: 5 }, () => issue(server, alice)));
      await server.database.pool.query('UPDATE api_keys SET revoked_at = now()');
      await db.deleteFrom('sessions').where('user_id', '=', alice.id).execute();
      // Some of the keys were removed for good long ago.
      await server.database.pool.query('DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys LIMIT 2)');
      const refused = proof.demand(50, 'calls by what is dead were refused without a look-up');
      for (let call = proof.share(600, 200); call > 0; call -= 1) {
        const { key, cookie } = dead[call % dead.length] as (typeof dead)[number];
        const status = await statusOf(server, call % 2 === 0 ? key : cookie);
        refused(status === 429);
        proof.check(status === 401 || status === 429, () => `what is dead is answered ${status}`);
      }
      for (const person of [alice, bob]) {
        const { key, cookie } = await issue(server, person);
        for (const headers of [key, cookie]) {
          const status = await statusOf(server, headers);
          proof.works(status === 200, () => `a living ${Object.keys(headers)[0]} is answered ${status}`);
        }
      }
    }),
);

proves('F9', 'an account that hoards dead keys has as many of them looked up as two limits of its own say', (proof) =>
  booted({ limits }, async (server) => {
    const mallory = await givenPerson(server.services);
    const { marks } = server.services;
    let taken = 0;
    server.pool.on('acquire', () => {
      taken += 1;
    });
    for (let call = proof.share(600, 120); call > 0; call -= 1) {
      const { key } = generateApiKey({ marks, userId: mallory.id });
      const status = await statusOf(server, { 'x-api-key': key });
      proof.check(status === 401 || status === 429, () => `a key that is gone is answered ${status}`);
    }
    proof.works(taken > 0 && taken <= 2 * CREDENTIALS, () => `they cost ${taken} queries`);
    const status = await statusOf(server, await server.as.key(await givenPerson(server.services)));
    proof.works(status === 200, () => `another account's key is answered ${status}`);
  }),
);

proves(
  'F9',
  'a good refresh token and a log-out work where the address has used up its refreshes and its calls',
  (proof) =>
    booted(
      { limits: { refresh: { calls: 30, seconds: 300 }, anonymous: { calls: 60, seconds: 60 } } },
      async (server) => {
        const alice = await givenPerson(server.services);
        const given = await Promise.all(Array.from({ length: 6 }, () => server.session(alice)));
        const refused = proof.demand(60, 'refreshes with what was made up were refused');
        for (let call = proof.share(300, 120); call > 0; call -= 1) {
          const transport = call % 2 === 0 ? 'REST' : 'tRPC';
          const refreshToken = call % 3 === 0 ? 'nonsense' : unknownToken();
          const { status } = await auth(server, transport, 'refresh', { refreshToken });
          refused(status === 429);
          proof.check(status === 401 || status === 429, () => `what was made up is answered ${status}`);
        }
        const used = await server.call({ url: '/prompts' });
        proof.works(used.statusCode === 429, () => `a call without credentials is answered ${used.statusCode}`);
        for (const [index, { refreshToken }] of given.entries()) {
          const transport = index % 2 === 0 ? 'REST' : 'tRPC';
          const first = await auth(server, transport, 'refresh', { refreshToken });
          proof.works(first.code === 'ok', () => `a good token over ${transport}: ${first.status} ${first.code}`);
          const next = (first.result as { refreshToken?: string } | undefined)?.refreshToken ?? '';
          const out = await auth(server, transport, 'logout', { refreshToken: next });
          proof.works(out.status < 300, () => `a log-out over ${transport}: ${out.status} ${out.code}`);
          const after = await auth(server, transport, 'refresh', { refreshToken: next });
          proof.check(after.code === 'auth.session_ended', () => `after the log-out: ${after.code}`);
        }
      },
    ),
);

proves(
  'F9',
  'malformed refresh tokens use up nothing of the well-formed ones of their address, nor one session another',
  (proof) =>
    booted({ limits: { refresh: { calls: 5, seconds: 300 } } }, async (server) => {
      proof.atLeast(11);
      const alice = await givenPerson(server.services);
      const [looped, other] = await Promise.all([server.session(alice), server.session(alice)]);
      const malformed = ['nonsense', '', 'ptr_', 'ptr_a.b', `${other.refreshToken}x`, 1, null, {}, ['ptr_']];
      for (const refreshToken of malformed) {
        const { status } = await auth(server, 'REST', 'refresh', { refreshToken });
        proof.check([400, 401, 429].includes(status), () => `${JSON.stringify(refreshToken)} is answered ${status}`);
      }
      const unmarked = await auth(server, 'REST', 'refresh', { refreshToken: unknownToken() });
      proof.works(unmarked.code === 'auth.session_ended', () => `a well-formed one: ${unmarked.code}`);
      const answers: string[] = [];
      for (let call = 0; call < 10; call += 1) {
        answers.push((await auth(server, 'REST', 'refresh', { refreshToken: looped.refreshToken })).code);
      }
      proof.check(
        answers.slice(5).every((code) => code === 'limit.exceeded'),
        () => answers.join(),
      );
      const good = await auth(server, 'REST', 'refresh', { refreshToken: other.refreshToken });
      proof.works(good.code === 'ok', () => `another session of the account: ${good.code}`);
    }),
);

proves(
  'F9',
  'keys, cookies and refresh tokens without a mark, or with one of a secret that is gone, are as good',
  (proof) =>
    booted({ jwtSecrets: [SECRETS[1], SECRETS[0]] }, async (server) => {
      proof.atLeast(11);
      const alice = await givenPerson(server.services);
      const older = await bootApp({ beside: server, jwtSecrets: [SECRETS[0]] });
      const gone = await bootApp({ beside: server, jwtSecrets: ['a third secret of thirty-two bytes, or more'] });
      try {
        const unmarked = await server.as.key(alice, { marks: null });
        proof.works(/^pty_live_[0-9A-Za-z]{38}$/.test(unmarked['x-api-key']), () => 'the older form');
        for (const [what, maker] of [
          ['an older secret', older],
          ['a secret that is gone', gone],
        ] as const) {
          const { key, cookie, token } = await issue(maker, alice);
          for (const headers of [key, cookie, unmarked]) {
            const status = await statusOf(server, headers);
            proof.works(status === 200, () => `${what}, ${Object.keys(headers)[0]}: ${status}`);
          }
          const refreshed = await auth(server, 'REST', 'refresh', { refreshToken: token });
          proof.works(refreshed.code === 'ok', () => `${what}, a refresh: ${refreshed.code}`);
          // The one of an older secret is known by its mark still.
          const owner = await statusOf(gone, (await issue(maker, alice)).cookie);
          proof.works(owner === 200, () => `${what}, beside: ${owner}`);
        }
      } finally {
        await older.close();
        await gone.close();
      }
    }),
);
