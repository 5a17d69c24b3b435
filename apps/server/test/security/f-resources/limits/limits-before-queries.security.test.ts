import { procedureFacts } from '@promptory/api/server';
import { givenPerson, newAddress, PASSWORD, type Person } from '@promptory/api/testing';
import type { InjectOptions } from 'fastify';
import { type BootedApp, type BootOptions, bootApp } from '../../../harness/boot.ts';
import { type Headers, procedures, requestOf, transports, transportsOf } from '../../../harness/transports.ts';
import { inParallel } from '../../harness/in-parallel.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { unknown, unknownToken } from './unknown-credentials.ts';

// What is beyond a limit asks nothing of the database. Each query takes a connection of the pool, and those are counted.

const WIDTH = 20;
const CREDENTIALS = 60;

interface Counting extends BootedApp {
  /** Queries since the last time that it was asked. */
  queries(): number;
}

async function booted(proof: (server: Counting) => Promise<void>, options: BootOptions): Promise<void> {
  const server = await bootApp(options);
  let taken = 0;
  server.pool.on('acquire', () => {
    taken += 1;
  });
  // Opens the connections of the pool, which takes its time on a busy machine.
  await Promise.all(Array.from({ length: 10 }, () => server.pool.query('SELECT 1')));
  taken = 0;
  const queries = (): number => {
    const since = taken;
    taken = 0;
    return since;
  };
  try {
    await proof({ ...server, queries });
  } finally {
    await server.close();
  }
}

const listOver = (index: number, headers: Headers): InjectOptions =>
  requestOf(transports[index % transports.length] ?? 'REST', 'prompts.list', {}, headers);

proves(
  'F9',
  'unknown keys and cookies, well formed, cost as many queries as the limit of their address says, and none beyond',
  (proof) =>
    booted(
      async (server) => {
        const tried = proof.share(8_533, 600);
        // A look-up that a busy machine does not finish in time counts as none.
        const count = { refused: 0, unavailable: 0 };
        const indices = Array.from({ length: tried }, (_, index) => index);
        await inParallel(indices, WIDTH, async (index) => {
          const headers = unknown[index % unknown.length]?.() ?? {};
          const { statusCode, headers: answered } = await server.call(listOver(index, headers));
          proof.check(statusCode >= 400 || statusCode === 207, () => `answered ${statusCode}`);
          if (statusCode === 503) count.unavailable += 1;
          if (statusCode === 429 && Number(answered['retry-after']) > 0) count.refused += 1;
        });
        const cost = server.queries();
        proof.works(cost >= 1, () => `${tried} requests cost no query, so none was looked up`);
        proof.check(cost <= CREDENTIALS + count.unavailable, () => `${tried} requests cost ${cost} queries`);
        proof.works(
          count.refused <= tried - CREDENTIALS && count.refused >= tried - CREDENTIALS - count.unavailable,
          () => `${count.refused} of ${tried} were refused`,
        );
        proof.remark(`${tried} requests with unknown credentials: ${cost} queries`);
      },
      { limits: { credential: { calls: CREDENTIALS, seconds: 3_600 } } },
    ),
);

proves(
  'F9',
  'a stranger who guesses keys shuts out no key, session or cookie of the same address that works',
  (proof) =>
    booted(
      async (server) => {
        const alice = await givenPerson(server.services);
        const working = [await server.as.key(alice), await server.as.person(alice), await server.as.cookie(alice)];
        for (const headers of working) await server.call({ url: '/users/me', headers });
        const guesses = proof.share(300, 120);
        for (let guess = 0; guess < guesses; guess += 1) {
          await server.call(listOver(guess, unknown[guess % unknown.length]?.() ?? {}));
          const headers = working[guess % working.length] ?? {};
          const { statusCode } = await server.call({ url: '/users/me', headers });
          proof.works(
            statusCode === 200,
            () => `after ${guess} guesses ${Object.keys(headers)[0]} is answered ${statusCode}`,
          );
        }
        // A session that is new to this server has our signature, which no stranger has.
        const { statusCode } = await server.call({ url: '/users/me', headers: await server.as.person(alice) });
        proof.works(statusCode === 200, () => `a new session is answered ${statusCode}`);
      },
      { limits: { credential: { calls: 20, seconds: 3_600 } } },
    ),
);

proves(
  'F9',
  'the token of a session that has ended costs no more queries than its limit, and its owner nothing',
  (proof) =>
    booted(
      async (server) => {
        const alice = await givenPerson(server.services);
        const { accessToken, sessionId } = await server.session(alice);
        const dead = { authorization: `Bearer ${accessToken}` };
        await server.call({ url: '/users/me', headers: dead });
        await server.services.db.deleteFrom('sessions').where('id', '=', sessionId).execute();
        server.queries();
        const tried = proof.share(1_000, 200);
        const indices = Array.from({ length: tried }, (_, index) => index);
        await inParallel(indices, WIDTH, async (index) => {
          const { statusCode } = await server.call(listOver(index, dead));
          proof.check(statusCode !== 200, () => `answered ${statusCode}`);
        });
        const cost = server.queries();
        // Those that were under way when the first one failed had been accepted before.
        proof.works(cost >= 1, () => `${tried} requests cost no query, so none was looked up`);
        proof.check(cost <= CREDENTIALS + WIDTH, () => `${tried} requests cost ${cost} queries`);
        const living = await server.call({ url: '/users/me', headers: await server.as.person(alice) });
        const left = String(living.headers.ratelimit);
        proof.works(left.startsWith('"user";r=98;'), () => left);
      },
      { limits: { credential: { calls: CREDENTIALS, seconds: 3_600 }, user: { calls: 100, seconds: 3_600 } } },
    ),
);

proves(
  'F9',
  'dead keys count for whose they were: their address keeps its limits, and they cost as many queries as one of each',
  (proof) =>
    booted(
      async (server) => {
        const alice = await givenPerson(server.services);
        const dead = await Promise.all(Array.from({ length: 10 }, () => server.as.key(alice)));
        await server.services.db.updateTable('api_keys').set({ revoked_at: new Date().toISOString() }).execute();
        const asStranger = async (): Promise<string> => {
          const { statusCode, headers } = await server.call({ url: '/users/me' });
          return `${statusCode} ${headers.ratelimit}`;
        };
        server.queries();
        const tried = proof.share(1_000, 300);
        for (let index = 0; index < tried; index += 1) {
          const headers = index < tried / 2 ? dead[0] : dead[index % dead.length];
          const { statusCode } = await server.call(listOver(index, headers ?? {}));
          proof.check([401, 207, 429].includes(statusCode), () => `answered ${statusCode}`);
          if (index === Math.floor(tried / 2)) {
            proof.works(
              (await asStranger()).startsWith('401 "anonymous";r=29;'),
              () => `one key: the address is used up`,
            );
          }
        }
        const cost = server.queries();
        proof.works(cost >= 1, () => `${tried} requests cost no query, so none was looked up`);
        proof.check(cost <= 20 + 20, () => `${tried} requests cost ${cost} queries`);
        const mistyped = { 'x-api-key': `${dead[0]?.['x-api-key'].slice(0, -1)}!` };
        for (let index = 0; index < 50; index += 1) await server.call(listOver(index, mistyped));
        const left = await asStranger();
        proof.works(left.startsWith('401 "anonymous";r=28;'), () => `the address has left: ${left}`);
        const living = await server.call({ url: '/users/me', headers: await server.as.person(alice) });
        proof.works(living.statusCode === 200, () => `a session of the same person is answered ${living.statusCode}`);
      },
      {
        limits: { credential: { calls: 20, seconds: 3_600 }, anonymous: { calls: 30, seconds: 3_600 } },
      },
    ),
);

proves('F9', 'whoever is beyond their limit costs no query, by session, cookie or key, over every transport', (proof) =>
  booted(
    async (server) => {
      const alice = await givenPerson(server.services);
      const bob = await givenPerson(server.services);
      const callers: readonly Headers[] = [
        await server.as.person(alice),
        await server.as.cookie(bob),
        await server.as.key(alice),
        {},
      ];
      for (const headers of callers) {
        const first = await server.call({ url: '/users/me', headers });
        const [cost, isKnown] = [server.queries(), headers !== callers.at(-1)];
        const isServed = first.statusCode === (isKnown ? 200 : 401) && cost > 0 === isKnown;
        proof.works(isServed, () => `within their limit: ${first.statusCode} after ${cost} queries`);
        for (let left = 12; left > 0; left -= 1) await server.call({ url: '/users/me', headers });
        server.queries();
        for (const { path } of proof.sample(procedures, 10)) {
          for (const transport of transportsOf(path)) {
            await server.call(requestOf(transport, path, {}, headers)).catch(() => undefined);
            const cost = server.queries();
            proof.check(cost === 0, () => `${path} over ${transport} by ${Object.keys(headers)[0]}: ${cost} queries`);
          }
        }
      }
    },
    {
      limits: {
        user: { calls: 10, seconds: 3_600 },
        key: { calls: 10, seconds: 3_600 },
        anonymous: { calls: 10, seconds: 3_600 },
      },
    },
  ),
);

/** Guesses at accounts, each by the limit of its own that refuses it. */
const guesses: readonly { readonly path: string; input(): Record<string, unknown> }[] = [
  { path: 'auth.login', input: () => ({ email: newAddress(), password: PASSWORD }) },
  { path: 'auth.register', input: () => ({ email: newAddress(), password: PASSWORD, name: 'A' }) },
  { path: 'auth.resetPassword', input: () => ({ token: 'x'.repeat(43), password: PASSWORD }) },
  { path: 'auth.verifyEmail', input: () => ({ token: 'x'.repeat(43), password: PASSWORD }) },
  { path: 'auth.refresh', input: () => ({ refreshToken: unknownToken() }) },
];

async function guessOn(proof: Proof, server: Counting, headers: Headers = {}, list = guesses): Promise<void> {
  // Resets and verifications share one limit.
  const tried = proof.demand(list.length - 1, 'guesses were looked up within their limit');
  for (const { path, input } of list) {
    server.queries();
    const first = await server.call(requestOf('REST', path, input(), headers));
    tried(first.statusCode !== 429 && server.queries() > 0);
    // Of those that a limit refuses the first leaves a row.
    for (let left = 5; left > 0; left -= 1) await server.call(requestOf('REST', path, input(), headers));
    server.queries();
    for (let left = proof.share(50, 10); left > 0; left -= 1) {
      const transport = left % 2 === 0 ? 'REST' : 'tRPC';
      const { statusCode } = await server.call(requestOf(transport, path, input(), headers));
      const cost = server.queries();
      proof.check(statusCode === 429 && cost === 0, () => `${path} is answered ${statusCode} after ${cost} queries`);
    }
  }
}

const FEW = { calls: 4, seconds: 3_600 };

proves('F9', 'log-ins, registrations, resets, verifications and refreshes beyond their limits cost no query', (proof) =>
  booted((server) => guessOn(proof, server), {
    limits: { loginAddress: FEW, register: FEW, verify: FEW, refresh: FEW },
  }),
);

proves('F9', 'a call is counted once, or by its cost, whichever way its caller is known', (proof) =>
  booted(
    async (server) => {
      proof.atLeast(60);
      const alice: Person = await givenPerson(server.services);
      for (const transport of ['REST', 'tRPC'] as const) {
        for (const [name, headers] of [
          ['user', await server.as.person(alice)],
          ['user', await server.as.cookie(alice)],
          ['key', await server.as.key(alice)],
        ] as const) {
          let before: number | null = null;
          for (const path of ['me.get', 'prompts.list', 'me.get', 'prompts.list', 'me.get']) {
            const { headers: answered } = await server.call(requestOf(transport, path, {}, headers));
            const [, limit, left] = /^"(\w+)";r=(\d+);/.exec(String(answered.ratelimit)) ?? [];
            proof.works(limit === name, () => `${transport} counts ${limit} and not ${name}`);
            const now = Number(left);
            const cost = procedureFacts.get(path)?.cost ?? 0;
            proof.works(before === null || now === before - cost, () => `${before} and then ${now} are left`);
            before = now;
          }
        }
      }
    },
    { limits: { user: { calls: 1_000, seconds: 3_600 }, key: { calls: 1_000, seconds: 3_600 } } },
  ),
);
