import { newAddress } from '@promptory/api/testing';
import type { InjectOptions } from 'fastify';
import { beforeAll } from 'vitest';
import { SESSION_COOKIE } from '../../../../src/http/session-cookie.ts';
import { rows } from '../../../contract/access-matrix.rows.ts';
import { givenApp, ORIGIN } from '../../../harness/boot.ts';
import { givenWorld, type World } from '../../../harness/given-world.ts';
import { type RowChange, takeChanges, watchRows } from '../../../harness/row-changes.ts';
import { endpointOf, type Headers, type Input, procedures } from '../../../harness/transports.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { foreignOrigins, forgedRequests } from './forged-requests.ts';

// What the page of another site can make a browser send, the cookie included, to every call that changes something.

/** Listed, and of the same site as the server; and listed, and of another, where browsers keep no cookie. */
const LISTED = 'https://app.promptory.example';
const OTHER_SITE = 'https://app.example.com';

const server = await givenApp({ app: { corsOrigins: [LISTED, OTHER_SITE] } });
let world: World;
/** Headers with a live cookie of whom the call would be served to. */
let cookies: Readonly<Record<'owner' | 'admin', string>>;

beforeAll(async () => {
  await watchRows(server.database);
  await renewWorld();
});

async function renewWorld(): Promise<void> {
  world = await givenWorld(server);
  const cookieOf = async (name: 'alice' | 'root'): Promise<string> => {
    const { refreshToken, sessionId } = await server.session(world.people[name], 'cookie');
    const proved = server.services.clock.now();
    await server.services.db
      .updateTable('sessions')
      .set({ second_factor_at: proved })
      .where('id', '=', sessionId)
      .execute();
    return `${SESSION_COOKIE}=${refreshToken}`;
  };
  cookies = { owner: await cookieOf('alice'), admin: await cookieOf('root') };
  await takeChanges(server.database);
}

const mutations = procedures.filter(({ type }) => type === 'mutation').map(({ path }) => path);

/** What may be called by anyone acts for nobody: with a cookie it must do no more than without. */
const isOpen = (path: string): boolean => rows[path]?.expected === 'anyone';

const callerOf = (path: string): 'owner' | 'admin' => {
  const expected = rows[path]?.expected;
  return expected === 'anyone' || expected?.owner === 'ok' ? 'owner' : 'admin';
};

const inputOf = (path: string): Input => rows[path]?.input(world) ?? {};

/** Of what an open call is for, its own input is enough; the cookie is to be the only credential. */
const inputByCookie = (path: string): Input => (path === 'auth.refresh' || path === 'auth.logout' ? {} : inputOf(path));

/** Whether an answer gives a browser, or a reader, a session. */
const givesSession = (headers: Record<string, unknown>, body: string): boolean =>
  headers['set-cookie'] !== undefined || /"accessToken"|"refreshToken":"/.test(body);

async function checkForged(proof: Proof, path: string, what: string, request: InjectOptions): Promise<void> {
  const cookie = cookies[callerOf(path)];
  const answer = await server.call({ ...request, headers: { ...request.headers, cookie } });
  const { statusCode: status, headers, body } = answer;
  const where = `${path}, ${what}`;
  proof.check(status < 500, () => `${where}: ${status}`);
  const written = await takeChanges(server.database);
  if (isOpen(path)) {
    // Signing up or in as somebody else is the other site's own business; the browser must not be given it.
    if (headers['set-cookie'] !== undefined) proof.deviation(`${where}: sets a cookie`);
    if (['auth.refresh', 'auth.logout'].includes(path)) checkNothing(proof, where, written);
    if (written.length > 0) await renewWorld();
    return;
  }
  checkNothing(proof, where, written);
  // OPTIONS and HEAD of what exists are answered, and do nothing; a stream begins before its calls fail.
  const isPlain =
    ['OPTIONS', 'HEAD', 'GET'].includes(String(request.method)) || headers['transfer-encoding'] === 'chunked';
  if (status < 400 && !isPlain) proof.deviation(`${where}: ${status}`);
  if (givesSession(headers, body)) proof.deviation(`${where}: gives a session`);
  if (written.length > 0) await renewWorld();
}

function checkNothing(proof: Proof, where: string, written: readonly RowChange[]): void {
  if (written.length > 0) proof.deviation(`${where}: wrote ${written.map(({ table }) => table).join()}`);
}

/** Our own page does by its cookie what the other's could not. */
async function checkHonest(proof: Proof, path: string, transport: 'tRPC batch' | 'REST'): Promise<void> {
  const request = forgedRequests(endpointOf(path), inputOf(path)).honest[transport];
  const headers = { ...request.headers, origin: ORIGIN, cookie: cookies[callerOf(path)] };
  const { statusCode, body } = await server.call({ ...request, headers });
  const written = await takeChanges(server.database);
  const isDone = statusCode < 400 && written.length > 0;
  proof.works(isDone, () => `${path}, ${transport}: ${statusCode} ${body.slice(0, 200)}`);
  await renewWorld();
}

proves(
  'C4',
  'the cookie changes something where its own page asks: else the forged would prove nothing',
  async (proof) => {
    proof.atLeast(50);
    // What only reads changes nothing, whoever asks.
    for (const path of mutations.filter((each) => !each.startsWith('auth.') && rows[each]?.reads !== true)) {
      for (const transport of ['tRPC batch', 'REST'] as const) {
        await checkHonest(proof, path, transport);
      }
    }
  },
);

proves('C4', 'no shape of forged request with a valid cookie changes a row, over every mutation', async (proof) => {
  for (const path of proof.sample(mutations, 6)) {
    for (const [what, request] of Object.entries(forgedRequests(endpointOf(path), inputByCookie(path)).forged)) {
      await checkForged(proof, path, what, request);
    }
  }
  await checkHonest(proof, 'preferences.update', 'REST');
});

proves('C4', 'no foreign page acts with a valid cookie, over every mutation and both transports', async (proof) => {
  for (const path of proof.sample(mutations, 6)) {
    const { honest } = forgedRequests(endpointOf(path), inputByCookie(path));
    for (const [what, sent] of Object.entries(foreignOrigins)) {
      for (const [transport, request] of Object.entries(honest)) {
        await checkForged(proof, path, `${what}, ${transport}`, {
          ...request,
          headers: { ...request.headers, ...sent },
        });
      }
    }
  }
  await checkHonest(proof, 'preferences.update', 'tRPC batch');
});

const opening = [
  ['auth.login', () => ({ email: world.people.bob.email, password: world.password, session: 'cookie' })],
  ['auth.register', () => ({ email: newAddress(), password: world.password, name: 'New', session: 'cookie' })],
] as const;

proves('C4', 'a cookie is set by log-in and registering for our pages alone, with every attribute', async (proof) => {
  proof.atLeast(60);
  const ours: Record<string, Headers> = {
    'our page': { origin: ORIGIN },
    'a listed page': { origin: LISTED },
    'a program': {},
    'our page, by Sec-Fetch-Site': { 'sec-fetch-site': 'same-origin' },
  };
  for (const [path, inputFor] of opening) {
    for (const transport of ['REST', 'tRPC'] as const) {
      const send = (headers: Headers) => {
        const request = forgedRequests(endpointOf(path), inputFor()).honest[transport];
        return server.call({ ...request, headers: { ...request.headers, ...headers } });
      };
      for (const [what, headers] of Object.entries(ours)) {
        const answer = await send(headers);
        const set = [answer.headers['set-cookie'] ?? []].flat();
        proof.works(
          set.length === 1 && hasAttributes(set[0] ?? ''),
          () => `${path}, ${what}, ${transport}: ${set.join()}`,
        );
        const token = set[0]?.split(/[=;]/)[1] ?? 'none';
        proof.check(!answer.body.includes(token) && !answer.body.includes('ptr_'), () => `${path}: the body holds it`);
      }
      const refused = { ...foreignOrigins, 'a listed page of another site': { origin: OTHER_SITE } };
      for (const [what, headers] of Object.entries(refused)) {
        if (what === 'Referer alone') continue;
        const answer = await send(headers);
        const isRefused = answer.statusCode === 403 && answer.headers['set-cookie'] === undefined;
        proof.check(isRefused, () => `${path}, ${what}, ${transport}: ${answer.statusCode}`);
        proof.check(!/"accessToken"/.test(answer.body), () => `${path}, ${what}, ${transport}: gives a session`);
      }
      await takeChanges(server.database);
    }
  }
});

function hasAttributes(set: string): boolean {
  const [pair = '', ...attributes] = set.split(/; */);
  const names = attributes
    .map((each) => each.replace(/=.*/, '').toLowerCase())
    .toSorted()
    .join();
  const isNamed = /^__Host-promptory=ptr_[a-z2-7]{52}\.[\w-]{43}$/.test(pair);
  return (
    isNamed &&
    names === 'expires,httponly,path,samesite,secure' &&
    attributes.includes('SameSite=Lax') &&
    attributes.includes('Path=/')
  );
}
