import { request } from 'node:http';
import { authenticatorOf, givenPerson, PASSWORD, type Person } from '@promptory/api/testing';
import { resealSecondFactors } from '@promptory/auth';
import { type BootedApp, bootApp, givenApp, ORIGIN } from '../../../harness/boot.ts';
import { takeChanges, watchRows } from '../../../harness/row-changes.ts';
import { bearer, callProcedure, type Headers, type Transport, transports } from '../../../harness/transports.ts';
import { logIn } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { accessKey, type ForgeryMaterial, forgedTokens, honestToken, keyIdOf, oddHeaders } from './forged-tokens.ts';

// Access tokens that are forged, malformed, stale or of another kind, through every transport; what a real one holds;
// and secrets that are rotated.

const SECRET = 'the secret of today has 32 bytes and more';
const OLDER = 'the secret of yesterday has 32 bytes too';

const server = await givenApp({ jwtSecrets: [SECRET, OLDER] });
const alice = await givenPerson(server.services, { handle: 'alice' });
const mallory = await givenPerson(server.services, { handle: 'mallory' });
await watchRows(server.database);

async function forgeryMaterial(): Promise<ForgeryMaterial> {
  const [own, other] = [await server.session(alice), await server.session(mallory)];
  return {
    secret: SECRET,
    older: OLDER,
    issuer: ORIGIN,
    audience: ORIGIN,
    userId: alice.id,
    sessionId: own.sessionId,
    other: { userId: mallory.id, sessionId: other.sessionId },
    refreshToken: own.refreshToken,
    apiKey: (await server.as.key(alice, { scopes: ['account:read'] }))['x-api-key'],
    real: own.accessToken,
    now: Math.floor(server.services.clock.now().getTime() / 1_000),
  };
}

const calls = [
  ['me.get', {}],
  ['preferences.update', { theme: 'dark' }],
] as const;

/** Calls with headers that must be refused as no credential of ours, and changes nothing. */
async function checkRefused(proof: Proof, what: string, transport: Transport, headers: Headers): Promise<void> {
  for (const [procedure, input] of calls) {
    const { status, code } = await callProcedure(server, transport, procedure, input, headers);
    const refused = status === 401 && code === 'auth.invalid_token';
    proof.check(refused, () => `${what}, ${procedure}, ${transport}: ${status} ${code}`);
  }
}

for (const transport of transports) {
  proves('C1', `forged and malformed access tokens are 401: ${transport}`, async (proof) => {
    const material = await forgeryMaterial();
    const honest = await callProcedure(server, transport, 'me.get', {}, bearer(honestToken(material)));
    proof.works(honest.code === 'ok', () => `a token made by the rules is answered ${honest.code}`);
    await takeChanges(server.database);
    for (const [what, token] of proof.sample(Object.entries(forgedTokens(material)), 40)) {
      await checkRefused(proof, what, transport, bearer(token));
    }
    for (const [what, authorization] of Object.entries(oddHeaders(material.real))) {
      await checkRefused(proof, what, transport, { authorization });
    }
    const written = await takeChanges(server.database);
    if (written.length > 0) proof.deviation(`wrote ${written.map(({ table }) => table).join()}`);
  });
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

proves('C1', 'a real token with any one character changed is 401, the last of each part too', async (proof) => {
  const { real } = await forgeryMaterial();
  const lastOfParts = [...real.matchAll(/.(?=\.|$)/g)].map(({ index }) => index);
  const changes = [
    ...lastOfParts.flatMap((at) => [...ALPHABET].map((letter) => [at, letter] as const)),
    ...Array.from({ length: 1_200 }, () => [proof.below(real.length), proof.pick([...ALPHABET]) ?? 'A'] as const),
  ].filter(([at, letter]) => real[at] !== letter);
  for (const [at, letter] of proof.sample(changes, 200)) {
    const changed = `${real.slice(0, at)}${letter}${real.slice(at + 1)}`;
    const { status, code } = await callProcedure(
      server,
      proof.pick(transports) ?? 'REST',
      'me.get',
      {},
      bearer(changed),
    );
    proof.check(status === 401, () => `character ${at} as ${letter}: ${status} ${code}`);
  }
  for (const transport of transports) {
    const { code } = await callProcedure(server, transport, 'me.get', {}, bearer(real));
    proof.works(code === 'ok', () => `the token as it is, ${transport}: ${code}`);
  }
});

proves('C1', 'a token of 3 MB on a real connection is refused without a 5xx', async (proof) => {
  proof.atLeast(6);
  const url = await server.url();
  for (const path of ['/users/me', '/trpc/me.get', '/trpc/me.get,me.get?batch=1']) {
    const status = await statusOf(`${url}${path}`, `Bearer ${'a'.repeat(3_000_000)}`);
    proof.check(status === 431 || status === 'cut off', () => `${path}: ${status}`);
    const next = await statusOf(`${url}/health/live`, 'Bearer x');
    proof.works(next === 200, () => `after it: ${next}`);
  }
});

/** What one request on a connection of its own is answered. */
function statusOf(url: string, authorization: string): Promise<number | 'cut off'> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false, headers: { authorization } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', () => resolve('cut off'));
    sent.end();
  });
}

proves('C1', 'the scheme counts in any case, and blanks around the token do not matter', async (proof) => {
  proof.atLeast(15);
  const { real } = await forgeryMaterial();
  const forms = [`bearer ${real}`, `BEARER ${real}`, `bEaReR ${real}`, `Bearer   ${real}`, `Bearer ${real}  `];
  for (const authorization of forms) {
    for (const transport of transports) {
      const { code } = await callProcedure(server, transport, 'me.get', {}, { authorization });
      proof.works(code === 'ok', () => `${authorization.slice(0, 9)}, ${transport}: ${code}`);
    }
  }
});

interface Decoded {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

const decoded = (token: string): Decoded => {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? ''), claims: JSON.parse(claims ?? '') };
};

proves('C1', 'what log-in, refresh and registering sign has one algorithm, seven claims and no role', async (proof) => {
  const tokens = [];
  for (let round = proof.share(30, 6); round > 0; round -= 1) {
    const email = `signed-${round}-${proof.below(1e9)}@example.com`;
    const password = 'seven green kettles sing';
    const transport = proof.pick(['tRPC', 'REST'] as const);
    const made = await callProcedure(server, transport, 'auth.register', { email, password, name: 'Somebody' });
    const login = await callProcedure(server, transport, 'auth.login', { email, password });
    const { refreshToken } = login.result as { refreshToken: string };
    const refreshed = await callProcedure(server, transport, 'auth.refresh', { refreshToken });
    tokens.push(
      ...[made, login, refreshed].map(({ result }) => result as { accessToken: string; user: { id: string } }),
    );
  }
  const seconds = Math.floor(server.services.clock.now().getTime() / 1_000);
  const seen = new Set<unknown>();
  for (const { accessToken, user } of tokens) {
    const { header, claims } = decoded(accessToken);
    const kid = keyIdOf(accessKey(SECRET));
    const isHeader =
      JSON.stringify(Object.entries(header).toSorted()) ===
      JSON.stringify(Object.entries({ alg: 'HS256', kid, typ: 'at+jwt' }));
    proof.works(isHeader, () => JSON.stringify(header));
    const names = Object.keys(claims).toSorted().join();
    proof.check(names === 'aud,exp,iat,iss,jti,sid,sub', () => names);
    const { iss, aud, sub, iat, exp, jti } = claims;
    const isFilled = iss === ORIGIN && aud === ORIGIN && sub === user.id && iat === seconds && exp === seconds + 600;
    proof.works(isFilled && !seen.has(jti), () => JSON.stringify(claims));
    seen.add(jti);
  }
});

proves('C1', 'a token lives for ten minutes, and not a second more, through every transport', async (proof) => {
  proof.atLeast(15);
  const { accessToken } = await server.session(alice);
  const { exp } = decoded(accessToken).claims;
  const { clock } = server.services;
  for (const [milliseconds, status] of [
    [-1_001, 200],
    [-1_000, 200],
    [0, 401],
    [1, 401],
    [60_000, 401],
  ] as const) {
    clock.advance(Number(exp) * 1_000 + milliseconds - clock.now().getTime());
    for (const transport of transports) {
      const answer = await callProcedure(server, transport, 'me.get', {}, bearer(accessToken));
      proof.worksIf(
        status === 200,
        answer.status === status,
        () => `${milliseconds} ms from its end, ${transport}: ${answer.status}`,
      );
    }
  }
});

proves('C1', 'secrets are rotated: the first signs, all verify, one that is gone does not', async (proof) => {
  proof.atLeast(22);
  await whileRotated(async (servers) => {
    const { before, during, after } = servers;
    const [old, both] = [await before.session(alice), await during.session(alice)];
    const newKid = keyIdOf(accessKey(SECRET));
    proof.check(decoded(both.accessToken).header.kid === newKid, () => 'the first secret does not sign');
    const expected = [
      ['before', old, true],
      ['during', old, true],
      ['after', old, false],
      ['before', both, false],
      ['during', both, true],
      ['after', both, true],
    ] as const;
    for (const transport of transports) {
      for (const [name, session, isIn] of expected) {
        const { status } = await callProcedure(servers[name], transport, 'me.get', {}, bearer(session.accessToken));
        const whose = session === old ? 'older' : 'newer';
        proof.worksIf(
          isIn,
          status === (isIn ? 200 : 401),
          () => `${whose} token, ${name} the rotation, ${transport}: ${status}`,
        );
      }
    }
    // Sessions do not hang on a secret: the same refresh token goes on over all three.
    let { refreshToken } = old;
    for (const each of [before, during, after]) {
      const { result, status } = await callProcedure(each, 'REST', 'auth.refresh', { refreshToken });
      proof.works(status === 200, () => `refresh: ${status}`);
      refreshToken = (result as { refreshToken: string }).refreshToken;
      server.services.clock.advance(60_000);
    }
  });
});

type Rotation = Readonly<Record<'before' | 'during' | 'after', BootedApp>>;

/** Runs `work` with three servers on one database: the older secret, both with the newer in front, the newer alone. */
async function whileRotated(work: (servers: Rotation) => Promise<void>): Promise<void> {
  const [before, during, after] = await Promise.all([
    bootApp({ jwtSecrets: [OLDER], beside: server }),
    bootApp({ jwtSecrets: [SECRET, OLDER], beside: server }),
    bootApp({ jwtSecrets: [SECRET], beside: server }),
  ]);
  try {
    await work({ before, during, after });
  } finally {
    await Promise.all([before.close(), during.close(), after.close()]);
  }
}

proves('C1', 'second factors outlive a rotation once they are sealed anew, and are never skipped', async (proof) => {
  proof.atLeast(9);
  await whileRotated(async ({ before, during, after }) => {
    const account = await givenPerson(before.services);
    const codeNow = await turnOnFactor(before, account);
    const signIn = async (each: BootedApp, code?: string) =>
      (await logIn(each, 'REST', { email: account.email, password: PASSWORD, ...(code === undefined ? {} : { code }) }))
        .code;
    const next = async (): Promise<string> => {
      server.services.clock.advance(30_000);
      return codeNow();
    };
    const check = (what: string, code: string, expected: string) =>
      proof.worksIf(expected === 'ok', code === expected, () => `${what}: ${code} instead of ${expected}`);
    check('before', await signIn(before, await next()), 'ok');
    check('during', await signIn(during, await next()), 'ok');
    check('after, sealed under what is gone', await signIn(after, await next()), 'server.internal');
    check('after, without a code', await signIn(after), 'auth.second_factor_required');
    const { resealed, unreadable } = await resealSecondFactors(during.services.db, during.services.secretBox);
    proof.check(resealed === 11 && unreadable === 0, () => `${resealed} resealed, ${unreadable} unreadable`);
    check('during, sealed anew', await signIn(during, await next()), 'ok');
    check('after, sealed anew', await signIn(after, await next()), 'ok');
    check('after, a wrong code', await signIn(after, '000000'), 'auth.second_factor_invalid');
    check('before, sealed under what it has not', await signIn(before, await next()), 'server.internal');
  });
});

/** @returns what shows the code of the moment */
async function turnOnFactor(at: BootedApp, account: Person): Promise<() => Promise<string>> {
  const headers = await at.as.person(account);
  const begun = await callProcedure(at, 'REST', 'auth.totp.start', { currentPassword: PASSWORD }, headers);
  const { setupKey } = begun.result as { setupKey: string };
  const codeNow = () => authenticatorOf(setupKey).codeAt(at.services.clock.now());
  const confirmed = await callProcedure(at, 'REST', 'auth.totp.confirm', { code: await codeNow() }, headers);
  if (confirmed.code !== 'ok') throw new Error(`The second factor is answered ${confirmed.code}.`);
  return codeNow;
}

proves(
  'C1',
  'a call with an Idempotency-Key that was done before a rotation is not done again after it',
  async (proof) => {
    proof.atLeast(10);
    await whileRotated(async ({ before, during, after }) => {
      for (const transport of ['tRPC', 'REST'] as const) {
        const owner = await givenPerson(during.services);
        const { accessToken: old } = await before.session(owner);
        const { accessToken } = await during.session(owner);
        const keyed = { 'idempotency-key': `order ${owner.id}`.replace(' ', '-') };
        const make = (each: BootedApp, token: string) =>
          callProcedure(
            each,
            transport,
            'apiKeys.create',
            { name: 'a program', scopes: ['prompts:read'] },
            { ...bearer(token), ...keyed },
          );
        const answers = [
          ['first', await make(before, old), 'ok'],
          ['again before', await make(before, old), 'ok'],
          ['during', await make(during, accessToken), 'request.conflict'],
          ['after', await make(after, accessToken), 'request.conflict'],
        ] as const;
        for (const [what, { code }, expected] of answers) {
          proof.worksIf(
            expected === 'ok',
            code === expected,
            () => `${what}, ${transport}: ${code} instead of ${expected}`,
          );
        }
        const rows = await server.services.db
          .selectFrom('api_keys')
          .select('id')
          .where('user_id', '=', owner.id)
          .execute();
        proof.check(rows.length === 1, () => `${rows.length} keys, ${transport}`);
      }
    });
  },
);
