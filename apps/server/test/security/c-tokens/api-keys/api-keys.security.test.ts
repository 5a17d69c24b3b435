import { crc32 } from 'node:zlib';
import { givenPerson, type Person } from '@promptory/api/testing';
import { hashApiKey } from '@promptory/auth';
import type { CreatedApiKey } from '@promptory/schemas';
import { beforeAll } from 'vitest';
import { givenApp } from '../../../harness/boot.ts';
import { callProcedure, type Headers, procedures, transports } from '../../../harness/transports.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { rowsAsText } from '../at-rest/at-rest-dump.ts';

// API keys as texts: what they are made of, what mistyping one costs, where one is shown, and what becomes of one in an
// address.

const server = await givenApp({ log: true });
let account: Person;
let owner: Headers;
/** Connections that were asked of the pool: each query takes one. */
let taken = 0;
beforeAll(async () => {
  server.pool.on('acquire', () => {
    taken += 1;
  });
  account = await givenPerson(server.services);
  owner = await server.as.person(account);
});

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The six digits by which a key is known to be one, reckoned here anew. */
function checksumOf(random: string): string {
  let rest = BigInt(crc32(random));
  const digits: string[] = [];
  for (let place = 0; place < 6; place += 1) {
    digits.unshift(DIGITS[Number(rest % 62n)] ?? '');
    rest /= 62n;
  }
  return digits.join('');
}

async function newKey(): Promise<CreatedApiKey> {
  const input = { name: 'a program', scopes: ['account:read', 'prompts:read'] };
  const { result, code } = await callProcedure(server, 'REST', 'apiKeys.create', input, owner);
  if (code !== 'ok') throw new Error(`Making a key is answered ${code}.`);
  return result as CreatedApiKey;
}

/** The account holds a hundred at most. */
const revoke = ({ apiKey }: CreatedApiKey) => callProcedure(server, 'REST', 'apiKeys.revoke', { id: apiKey.id }, owner);

proves(
  'C5',
  'a key is pty_live_, 32 random base62 characters, a mark and their CRC-32, and rests as SHA-256',
  async (proof) => {
    const seen = new Set<string>();
    const letters = new Set<string>();
    for (let round = proof.share(200, 40); round > 0; round -= 1) {
      const made = await newKey();
      const { key, apiKey } = made;
      const [, random = '', mark = '', checksum] =
        /^pty_live_([0-9A-Za-z]{32})([0-9A-Za-z]{18})([0-9A-Za-z]{6})$/.exec(key) ?? [];
      proof.check(checksum === checksumOf(random + mark), () => `${key} is not one`);
      proof.check(!seen.has(random), () => `${key} twice`);
      proof.check(apiKey.hint === `${key.slice(0, 13)}…${key.slice(-4)}`, () => apiKey.hint);
      seen.add(random);
      for (const letter of random) letters.add(letter);
      const row = await server.services.db
        .selectFrom('api_keys')
        .select('key_hash as hash')
        .where('id', '=', apiKey.id)
        .executeTakeFirstOrThrow();
      proof.check(row.hash.equals(hashApiKey(key)), () => `${key} rests as something else`);
      const { code } = await callProcedure(server, 'REST', 'me.get', {}, { 'x-api-key': key });
      proof.works(code === 'ok', () => `${key} is answered ${code}`);
      await revoke(made);
    }
    proof.check(letters.size === DIGITS.length, () => `only ${letters.size} different characters`);
  },
);

/** A key that somebody typed or copied wrong. */
function mistyped(proof: Proof, key: string): [what: string, text: string] {
  const at = proof.below(key.length);
  const inside = 9 + proof.below(37);
  const letter = proof.pick([...DIGITS]) ?? '0';
  const changed = (index: number, text: string): string => `${key.slice(0, index)}${text}${key.slice(index + 1)}`;
  return (
    proof.pick<[string, string]>([
      ['another character', changed(inside, letter)],
      ['another character', changed(inside, letter)],
      ['another character', changed(9 + proof.below(38), letter)],
      ['swapped neighbours', `${key.slice(0, inside)}${key[inside + 1]}${key[inside]}${key.slice(inside + 2)}`],
      ['one left out', changed(at, '')],
      ['one doubled', changed(at, (key[at] ?? '').repeat(2))],
      ['cut', key.slice(0, at)],
      ['a beginning cut', key.slice(1 + proof.below(20))],
      [
        'another prefix',
        key.replace('pty_live_', proof.pick(['pty_test_', 'PTY_LIVE_', 'pty-live-', 'pty_live', 'sk_live_'])),
      ],
      ['another case', proof.random() < 0.5 ? key.toUpperCase() : key.toLowerCase()],
      ['a mark inside', changed(inside, proof.pick(['-', '_', '.', 'ö', ' ', '*']))],
      ['something behind', `${key}${proof.pick([letter, '=', '.', '\t', ';', ','])}`],
      ['quotes', `"${key}"`],
      ['its hint', `${key.slice(0, 13)}…${key.slice(-4)}`],
      ['the checksum of another', `${key.slice(0, -6)}${checksumOf(`${key.slice(10, -6)}${letter}`)}`],
      ['all made up', `pty_live_${Array.from({ length: 38 }, () => proof.pick([...DIGITS])).join('')}`],
    ]) ?? ['', '']
  );
}

proves(
  'C5',
  '10,000 mistyped keys are refused with 0 queries, in either header and through every transport',
  async (proof) => {
    const keys: string[] = [];
    for (let count = 0; count < 20; count += 1) keys.push((await newKey()).key);
    const real = await callProcedure(server, 'REST', 'me.get', {}, { 'x-api-key': keys[0] ?? '' });
    const before = taken;
    proof.works(real.code === 'ok' && before > 0, () => `a real key: ${real.code}, ${before} queries`);
    const most = proof.share(10_000);
    for (let count = 0; count < most; ) {
      const [what, text] = mistyped(proof, proof.pick(keys) ?? '');
      if (keys.includes(text)) continue;
      count += 1;
      const transport = proof.pick(transports) ?? 'REST';
      const [name, value] = proof.random() < 0.5 ? ['x-api-key', text] : ['authorization', `Bearer ${text}`];
      const { status, code } = await callProcedure(server, transport, 'me.get', {}, { [name]: value });
      proof.check(
        status === 401 && code === 'auth.invalid_token',
        () => `${what}, ${name}, ${transport}: ${status} ${code}`,
      );
    }
    if (taken !== before) proof.deviation(`${taken - before} queries were made for mistyped keys`);
  },
);

proves('C5', 'a well-formed key that nobody has costs one query and opens nothing', async (proof) => {
  const { key } = await newKey();
  const real = await callProcedure(server, 'REST', 'me.get', {}, { 'x-api-key': key });
  proof.works(real.code === 'ok', () => `a key that somebody has: ${real.code}`);
  for (let round = proof.share(200); round > 0; round -= 1) {
    const random = Array.from({ length: 32 }, () => proof.pick([...DIGITS])).join('');
    const before = taken;
    const headers = { 'x-api-key': `pty_live_${random}${checksumOf(random)}` };
    const { status } = await callProcedure(server, proof.pick(transports) ?? 'REST', 'me.get', {}, headers);
    proof.check(status === 401 && taken - before === 1, () => `${status}, ${taken - before} queries`);
  }
});

proves(
  'C5',
  'a key is shown in one answer only: no other answer, no row and no line of the log holds it',
  async (proof) => {
    proof.atLeast(150);
    const idempotent = { ...owner, 'idempotency-key': `order-${proof.below(1e9)}` };
    const input = {
      name: 'a program',
      scopes: ['account:read', 'prompts:read', 'prompts:write', 'groups:read', 'usage:read'],
    };
    const { result } = await callProcedure(server, 'tRPC', 'apiKeys.create', input, idempotent);
    const { key, apiKey } = result as CreatedApiKey;
    const again = await callProcedure(server, 'REST', 'apiKeys.create', input, idempotent);
    proof.works((again.result as CreatedApiKey).key === key, () => 'the lost answer is not given again');
    const random = key.slice(9, -6);
    const queries = procedures.filter(({ type }) => type === 'query').map(({ path }) => path);
    for (const path of queries) {
      for (const transport of transports) {
        for (const headers of [owner, { 'x-api-key': key }]) {
          const { response } = await callProcedure(server, transport, path, {}, headers);
          const text = JSON.stringify([response.headers, response.body]);
          proof.check(
            !text.includes(random) && !/keyHash|key_hash/.test(text),
            () => `${path}, ${transport} shows the key`,
          );
        }
      }
    }
    const listed = await callProcedure(server, 'REST', 'apiKeys.list', {}, owner);
    proof.works(listed.response.body.includes(apiKey.hint), () => 'the hint is not listed');
    const another = await callProcedure(server, 'REST', 'apiKeys.create', { ...input, name: 'another' }, owner);
    const other = (another.result as CreatedApiKey).key;
    for (const each of [random, other.slice(9, -6)]) {
      proof.check(!(await rowsAsText(server)).includes(each), () => 'a row holds a key');
      proof.check(!server.logged.join('').includes(each), () => 'the log holds a key');
    }
  },
);

/** A key as it may stand in an address. */
function spellings(key: string): Record<string, string> {
  const percent = (text: string): string =>
    [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  const escaped = [...key].map((one) => String.raw`\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return {
    plain: key,
    'in capitals': key.toUpperCase(),
    cut: key.slice(0, 30),
    'its first letter encoded': percent(key[0] ?? '') + key.slice(1),
    encoded: percent(key),
    'encoded in capitals': percent(key).toUpperCase(),
    'encoded twice': encodeURIComponent(percent(key)),
    'encoded three times': encodeURIComponent(encodeURIComponent(percent(key))),
    'escaped as JSON': encodeURIComponent(escaped),
    'in base64': encodeURIComponent(Buffer.from(key).toString('base64')),
    'in base64url, as a password': Buffer.from(`:${key}`).toString('base64url'),
    'in base64, as user and password': encodeURIComponent(Buffer.from(`me:${key}`).toString('base64')),
    'in hex': Buffer.from(key).toString('hex'),
    'in hex in capitals': Buffer.from(key).toString('hex').toUpperCase(),
  };
}

proves('C5', 'a key in an address is refused, however spelled, and stands in no line of the log', async (proof) => {
  const { key } = await newKey();
  server.logged.length = 0;
  const places = (text: string): string[] => [
    `/users/me?api_key=${text}`,
    `/users/me?key=${text}&x=%zz`,
    `/users/me?x=%ff&${text}`,
    `/prompts?q=${text}`,
    `/prompts/${text}`,
    `/prompts/${text}/versions/1`,
    `/${text}`,
    `/nowhere/${text}/x`,
    `/trpc/${text}`,
    `/trpc/me.get,${text}?batch=1`,
    `/trpc/prompts.list?input=%7B%22q%22%3A%22${text}%22%7D`,
    `/health/live?${text}`,
    `/openapi.json?token=${text}`,
    `/docs?${text}`,
  ];
  for (const [what, text] of proof.sample(Object.entries(spellings(key)), 6)) {
    for (const url of places(text)) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'] as const) {
        const { statusCode, body } = await server.call({ method, url, headers: { 'x-api-key': key } });
        const isRefused = statusCode === 400 || (method === 'OPTIONS' && statusCode === 204);
        proof.check(isRefused, () => `${what}, ${method} ${url}: ${statusCode}`);
        proof.check(
          !body.includes(key.slice(9)) && !body.includes(text),
          () => `${what}, ${url}: the answer quotes it`,
        );
      }
    }
    const log = server.logged.join('').toLowerCase();
    const forms = [...Object.values(spellings(key)), key.slice(9, 25)].map((form) => form.toLowerCase());
    for (const form of forms) proof.check(!log.includes(form), () => `${what}: the log holds ${form}`);
  }
  proof.works(server.logged.length > 0, () => 'nothing was logged');
  const { statusCode } = await server.call({ url: '/users/me', headers: { 'x-api-key': key } });
  proof.works(statusCode === 200, () => `the key in its header: ${statusCode}`);
});
