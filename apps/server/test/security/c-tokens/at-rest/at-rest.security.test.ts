import { setTimeout as sleep } from 'node:timers/promises';
import type { Mail } from '@promptory/api/server';
import { newAddress } from '@promptory/api/testing';
import { createPasswordHasher, hashApiKey } from '@promptory/auth';
import type { InjectOptions } from 'fastify';
import { runJobs } from '../../../../src/jobs/run-jobs.ts';
import { givenApp } from '../../../harness/boot.ts';
import { auth } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { Day } from './at-rest-day.ts';
import { dumpAsText, rowsAsText } from './at-rest-dump.ts';
import { finderIn, type Secret } from './at-rest-forms.ts';

// After a day with every secret that there is: what a thief of the database, of the logs or of the queue could read.

const JWT_SECRET = 'the signing secret of this day, of 32 bytes and more';

const server = await givenApp({ log: true, passwords: createPasswordHasher(), jwtSecrets: [JWT_SECRET] });

/** The same secret wherever it does not belong: addresses, headers, and bodies of the wrong kind. */
function* misplaced(text: string): Generator<InjectOptions> {
  const json = { 'content-type': 'application/json' };
  const [plain, spelled] = [encodeURIComponent(text), percent(text)];
  for (const each of [plain, spelled, encodeURIComponent(spelled)]) {
    yield { url: `/prompts?q=x&token=${each}` };
    yield { url: `/prompts/${each}` };
    yield { url: `/nowhere/${each}?${each}` };
    yield { url: `/users/me/${each}/%zz` };
    yield { url: `/trpc/${each}` };
    yield { url: `/trpc/me.get,${each}?batch=1&input=${each}` };
    yield { url: `/trpc/prompts.list?input=${each}` };
    yield { url: `/prompts?cursor=${each}` };
    yield { method: 'DELETE', url: `/users/api-keys/${each}` };
    yield { url: `/reset-password?token=${each}` };
  }
  const header = Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '_');
  for (const name of [
    'authorization',
    'x-api-key',
    'idempotency-key',
    'if-match',
    'accept',
    'referer',
    'origin',
    'x-request-id',
    'content-type',
    'range',
  ]) {
    yield { method: 'POST', url: '/prompts', headers: { [name]: header }, payload: '{}' };
  }
  yield { url: '/users/me', headers: { authorization: `Bearer ${header}` } };
  yield { url: '/users/me', headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } };
  yield { url: '/users/me', headers: { cookie: `__Host-promptory=${plain}; other=${plain}` } };
  const bodies = [
    `{"email":"a@example.com","password":${JSON.stringify(text)}`,
    JSON.stringify({ email: 'a@example.com', password: [text] }),
    JSON.stringify({ email: { text }, password: { text } }),
    JSON.stringify({ [text]: text }),
    JSON.stringify([text]),
    JSON.stringify({ email: `${text} `, password: 'x' }),
    JSON.stringify({ email: 'a@example.com', password: 'x', code: text, recoveryCode: text }),
    text,
  ];
  for (const url of [
    '/auth/login',
    '/auth/register',
    '/auth/reset-password',
    '/trpc/auth.login',
    '/trpc/auth.login?batch=1',
  ]) {
    for (const payload of bodies) yield { method: 'POST', url, headers: json, payload };
    yield { method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: text };
  }
}

const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

async function misplaceAll(proof: Proof, secrets: readonly Secret[]): Promise<void> {
  const kinds = Object.values(Object.groupBy(secrets, ({ kind }) => kind));
  for (const list of kinds) {
    const { text, kind } = proof.pick(list ?? []) ?? { text: '', kind: '' };
    for (const request of misplaced(text)) {
      const { statusCode } = await server.call(request);
      proof.check(
        statusCode < 500,
        () => `${kind} in the wrong place, ${JSON.stringify(request).slice(0, 200)}: ${statusCode}`,
      );
    }
  }
}

/** Calls that carry secrets, while the tables that they need are away: each fails within, and is logged. */
async function breakDown(proof: Proof, secrets: readonly Secret[]): Promise<void> {
  const last = (kind: string): string => secrets.findLast((each) => each.kind === kind)?.text ?? '';
  const [email, password] = [newAddress(), last('password')];
  const calls: InjectOptions[] = [
    { url: '/users/me', headers: { authorization: `Bearer ${last('access token')}` } },
    { url: '/users/me', headers: { 'x-api-key': last('API key') } },
    { method: 'POST', url: '/auth/refresh', payload: { refreshToken: last('refresh token') } },
    { method: 'POST', url: '/auth/login', payload: { email, password } },
    { method: 'POST', url: '/auth/register', payload: { email, password, name: 'Ada' } },
    { method: 'POST', url: '/auth/reset-password', payload: { token: last('mailed token'), password } },
    { method: 'POST', url: '/trpc/auth.login', payload: { email, password } },
    { method: 'POST', url: '/trpc/auth.refresh', payload: { refreshToken: last('refresh token') } },
    { method: 'POST', url: '/trpc/auth.verifyEmail', payload: { token: last('mailed token'), password } },
  ];
  const tables = ['users', 'sessions', 'api_keys', 'email_tokens'];
  const { pool } = server.database;
  for (const table of tables) await pool.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    for (const call of calls) {
      const { statusCode, body } = await server.call(call);
      proof.check(statusCode === 500 && !body.includes('_away'), () => `${String(call.url)}: ${statusCode}`);
    }
  } finally {
    for (const table of tables) await pool.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

function checkPlace(proof: Proof, place: string, text: string, secrets: readonly Secret[]): void {
  const find = finderIn(text);
  for (const secret of secrets) {
    const found = find(secret);
    proof.check(found === null, () => `${secret.kind} in ${place}: ${found}`);
  }
}

proves('C3', 'a dump, the queue and the logs hold 0 of the secrets of a day, in any encoding', async (proof) => {
  const secrets: Secret[] = [{ kind: 'JWT_SECRET', text: JWT_SECRET }];
  const waiting: string[] = [];
  for (let round = proof.share(2); round > 0; round -= 1) {
    const day = new Day(server, proof);
    await day.live();
    await misplaceAll(proof, day.secrets);
    await breakDown(proof, day.secrets);
    secrets.push(...day.secrets);
    waiting.push(...day.snapshots);
  }
  const rows = await rowsAsText(server);
  checkPlace(proof, 'the tables', [...waiting, rows].join('\n'), secrets);
  const dump = await dumpAsText(server);
  if (dump === null) proof.remark('no pg_dump that reads this server: the tables were read as text instead');
  else checkPlace(proof, 'the dump', dump, secrets);
  checkPlace(proof, 'the log', server.logged.join(''), secrets);
  const mails = server.services.mailer.sent.map(({ to, subject, text }) => [to, subject, text].join('\n')).join('\n');
  checkPlace(
    proof,
    'the mails',
    mails,
    secrets.filter(({ kind }) => kind !== 'mailed token'),
  );

  // The places are those that hold what they may: hashes, jobs, requests and failures.
  const key = secrets.find(({ kind }) => kind === 'API key')?.text ?? '';
  const holds =
    rows.includes(hashApiKey(key).toString('hex')) && waiting.some((text) => text.includes('reset_password'));
  proof.works(holds, () => 'the dump holds no hash, or no mail was seen to wait');
  const lines = server.logged.join('');
  const isLogged = lines.includes('call failed') && lines.includes('/auth/login');
  proof.works(isLogged, () => 'the log holds no failure');
  proof.remark(
    `${secrets.length} secrets of ${new Set(secrets.map(({ kind }) => kind)).size} kinds, ${server.logged.length} lines, ${rows.length >> 10} KiB of rows`,
  );
});

proves(
  'C3',
  'a link that a mail server quotes when it refuses a mail rests neither in the queue nor in the log',
  async (proof) => {
    proof.atLeast(6);
    const mails: Mail[] = [];
    const mailer = {
      async send(mail: Mail): Promise<void> {
        mails.push(mail);
        const [link] = /https:\S+/.exec(mail.text) ?? [];
        throw new Error(`554 5.7.1 Message refused, its link is on a list: ${link}\n${mail.text}`);
      },
    };
    const email = newAddress();
    await auth(server, 'REST', 'register', { email, password: 'seven green kettles sing', name: 'Ada' });
    await auth(server, 'REST', 'forgotPassword', { email });
    const { applicationConnectionString, pool } = server.database;
    const jobs = runJobs({
      connectionString: applicationConnectionString,
      services: { ...server.services, mailer },
      ensurePartitions: async () => undefined,
    });
    try {
      const failed = "SELECT count(*)::int AS failed FROM graphile_worker._private_jobs WHERE last_error LIKE '%554%'";
      for (let tries = 0; tries < 2_000; tries += 1) {
        const { rows } = await pool.query<{ failed: number }>(failed);
        if (mails.length >= 2 && (rows[0]?.failed ?? 0) >= 2) break;
        await sleep(50);
      }
    } finally {
      await jobs.stop();
    }
    const tokens = mails.flatMap(({ text }) => [...text.matchAll(/token=([\w-]+)/g)].map(([, token]) => token ?? ''));
    proof.works(tokens.length >= 2, () => `${mails.length} mails were tried, with ${tokens.length} links`);
    const secrets = tokens.map((text) => ({ kind: 'mailed token', text }));
    const rows = await rowsAsText(server);
    proof.works(rows.includes('554 5.7.1'), () => 'the queue does not say why the mail was refused');
    checkPlace(proof, 'the queue', rows, secrets);
    checkPlace(proof, 'the log', server.logged.join(''), secrets);
  },
);

proves('C3', 'a credential that a caller names itself by is not stored with its session or attempt', async (proof) => {
  proof.atLeast(7);
  const secrets: Secret[] = [];
  const kinds = { 'refresh token': /ptr_/, 'access token': /eyJ/, 'API key': /pty_live_/ };
  const day = new Day(server, proof);
  await day.live();
  for (const [kind, shape] of Object.entries(kinds)) {
    const secret = day.secrets.find((each) => each.kind === kind && shape.test(each.text));
    if (secret === undefined) throw new Error(`There is no ${kind}.`);
    secrets.push(secret);
    const headers = { 'user-agent': `program/1 (${secret.text})` };
    await auth(server, 'REST', 'login', { email: day.email, password: 'not the password' }, headers);
    await auth(
      server,
      'tRPC',
      'register',
      { email: newAddress(), password: 'seven green kettles sing', name: 'A' },
      headers,
    );
  }
  const rows = await rowsAsText(server);
  proof.works(rows.includes('program/1'), () => 'no caller was recorded');
  checkPlace(proof, 'the tables', rows, secrets);
  checkPlace(proof, 'the log', server.logged.join(''), secrets);
});
