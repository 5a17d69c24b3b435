import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverMail } from '@promptory/api/testing';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { runJobs } from '../../src/jobs/run-jobs.ts';
import { defaultLimits } from '../../src/limits.ts';
import { smtpMailer } from '../../src/mailer.ts';
import { type BootedApp, bootApp, ORIGIN } from '../boot.ts';
import { type Headers, knock } from '../three-doors.ts';
import {
  auth,
  bearer,
  givenAccount,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  type SingleDoor,
  signedIn,
  singleDoors,
  whatItTells,
} from './account-attacks.ts';
import { type Proof, proves } from './proof.ts';

// What a stranger can make the server mail: whose links, to whom, with which headers, how often, and what it tells of it.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let server: BootedApp;
beforeAll(async () => {
  server = await bootApp({ settings: { requireEmailVerification: true }, app: { trustProxy: ['127.0.0.0/8'] } });
});
afterAll(() => server.close());

const linksIn = (text: string): string[] => text.match(/https?:\/\/[^\s”]+/g) ?? [];

const spoofed: readonly Headers[] = [
  { host: 'evil.example' },
  { host: 'promptory.example:444' },
  { host: 'promptory.example@evil.example' },
  { host: 'promptory.example', 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-host': 'evil.example, promptory.example' },
  { 'x-forwarded-proto': 'http' },
  { 'x-forwarded-port': '444' },
  { 'x-forwarded-server': 'evil.example' },
  { 'x-host': 'evil.example' },
  { 'x-original-url': 'https://evil.example/' },
  { 'x-rewrite-url': 'https://evil.example/' },
  { 'x-http-host-override': 'evil.example' },
  { 'x-original-host': 'evil.example' },
  { forwarded: 'host=evil.example;proto=http' },
  { origin: 'https://evil.example' },
  { referer: 'https://evil.example/reset' },
  { from: 'evil@evil.example' },
];

proves('B4', 'whatever Host and its kin say, every link in a mail begins with PUBLIC_URL', async (proof) => {
  for (const headers of proof.sample(spoofed, 4)) {
    for (const door of singleDoors) {
      const [known, fresh] = [await givenAccount(server), await givenAccount(server, 'unverified')];
      const owner = bearer((await signedIn(server, known)).accessToken);
      await auth(server, door, 'forgotPassword', { email: known.email }, headers);
      await auth(server, door, 'resendVerification', { email: fresh.email }, headers);
      for (const email of [newAddress(), known.email, fresh.email]) {
        await auth(server, door, 'register', { email, name: 'Ann', password: OTHER_PASSWORD }, headers);
      }
      const change = { email: newAddress(), currentPassword: PASSWORD };
      await knock(server, door, 'me.update', change, { ...headers, ...owner });
      const group = await knock(server, door, 'groups.create', { name: 'Group' }, { ...headers, ...owner });
      const input = { id: String(Reflect.get(Object(group.result), 'id')), email: newAddress(), role: 'viewer' };
      await knock(server, door, 'members.add', input, { ...headers, ...owner });
      const mails = await deliverMail(server.services);
      proof.check(mails.length >= 7, () => `only ${mails.length} mails: ${mails.map(({ subject }) => subject).join()}`);
      for (const link of mails.flatMap(({ text }) => linksIn(text))) {
        proof.check(new URL(link).origin === ORIGIN, () => `${JSON.stringify(headers)}: ${link}`);
      }
    }
  }
});

interface Caught {
  readonly to: readonly string[];
  /** Names of the headers, in lower case. */
  readonly headers: readonly string[];
  readonly raw: string;
}

async function catchRaw(port = 0): Promise<{ port: number; mails: Caught[]; close(): Promise<void> }> {
  const mails: Caught[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, done) {
      buffer(stream).then((bytes) => {
        const raw = bytes.toString('latin1');
        const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
        const headers = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), headers, raw });
        done();
      }, done);
    },
  });
  smtp.listen(port, '127.0.0.1');
  await once(smtp.server, 'listening');
  const close = (): Promise<void> => new Promise((resolve) => smtp.close(() => resolve()));
  return { port: (smtp.server.address() as AddressInfo).port, mails, close };
}

const USUAL = [
  'from',
  'to',
  'subject',
  'message-id',
  'content-transfer-encoding',
  'date',
  'mime-version',
  'content-type',
];
const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0085', '%0d%0a', '\\r\\n', '\r\n\r\n', '\v', '\f'];
const additions = ['Bcc: all@evil.example', 'Cc: all@evil.example', 'Content-Type: text/html', 'To: all@evil.example'];

proves('B4', 'CR, LF and their kin in an address or a name add no header and no recipient', async (proof) => {
  const smtp = await catchRaw();
  const mailer = await smtpMailer({
    url: `smtp://127.0.0.1:${smtp.port}`,
    from: 'Promptory <no-reply@promptory.example>',
  });
  closing.push(smtp.close, async () => mailer.close());
  const addresses = new Set<string>();
  for (const end of proof.sample(breaks, 3)) {
    for (const addition of additions) {
      const { email } = await givenAccount(server);
      addresses.add(email);
      for (const [position, typed] of Object.entries({
        after: `${email}${end}${addition}`,
        before: `${addition}${end}${email}`,
        inside: email.replace('@', `${end}${addition}${end}@`),
      })) {
        for (const procedure of ['forgotPassword', 'resendVerification']) {
          const answer = await auth(server, proof.pick(singleDoors), procedure, { email: typed });
          proof.check(
            answer.status === 400,
            () => `${procedure}, ${position}: ${JSON.stringify(typed)}: ${answer.status}`,
          );
        }
      }
      const fresh = newAddress();
      addresses.add(fresh);
      const name = `Ann${end}${addition}`;
      const made = await auth(server, proof.pick(singleDoors), 'register', { email: fresh, name, password: PASSWORD });
      proof.check(made.status < 500, () => `${JSON.stringify(name)}: ${made.status}`);
      await auth(server, proof.pick(singleDoors), 'forgotPassword', { email });
    }
  }
  // What a job holds is the last that stands before the mail server.
  await Promise.all((await deliverMail(server.services)).map((mail) => mailer.send(mail)));
  for (const { email } of [await givenAccount(server), await givenAccount(server)]) {
    const worst = { to: `${email}\r\nBcc: all@evil.example`, subject: 'Hello\r\nBcc: all@evil.example', text: 'Hello' };
    await mailer.send(worst).catch(() => undefined);
    addresses.add(email);
  }
  for (const { to, headers, raw } of smtp.mails) {
    const isUsual = headers.every((name) => USUAL.includes(name)) && new Set(headers).size === headers.length;
    proof.check(isUsual, () => `headers: ${headers.join()}`);
    const isOne = to.length === 1 && !to.some((address) => address.endsWith('evil.example'));
    proof.check(isOne, () => `recipients: ${to.join()} of ${raw.slice(0, 200)}`);
  }
  proof.check(smtp.mails.length >= additions.length, () => `only ${smtp.mails.length} mails came`);
});

proves('B4', 'a reset goes to the stored address, never to one that only looks or folds like it', async (proof) => {
  const lookalikes: ((email: string) => string)[] = [
    (email) => email.toUpperCase(),
    (email) => `\t${email} `,
    (email) => email.replace('person', 'ｐｅｒｓｏｎ'),
    (email) => email.replace('@', '＠'),
    (email) => email.replace('e', 'е'),
    (email) => email.replace('i', 'ı'),
    (email) => email.replace('s', 'ſ'),
    (email) => email.replace('example', 'ехample'),
    (email) => email.replace('.com', '。com'),
    (email) => email.replace('.com', '.cоm'),
    (email) => email.replace('@', '+tag@'),
    (email) => email.replace('o', '\u200bo'),
    (email) => `${email}.`,
    (email) => `${email},evil@evil.example`,
    (email) => `evil@evil.example,${email}`,
    (email) => `${email} evil@evil.example`,
    (email) => `"${email}" <evil@evil.example>`,
    (email) => `evil@evil.example\u0000${email}`,
    (email) => email.replace('person', 'perſon').toUpperCase(),
    (email) => email.replace('.com', '.com%00.evil.example'),
  ];
  for (let round = proof.share(10); round > 0; round -= 1) {
    for (const [index, lookalike] of lookalikes.entries()) {
      const { email } = await givenAccount(server);
      const typed = lookalike(email);
      await auth(server, proof.pick(singleDoors), 'forgotPassword', { email: typed });
      const mails = await deliverMail(server.services);
      const isRight = mails.every(({ to }) => to === email) && mails.length <= 1;
      proof.check(isRight, () => `${index}: ${JSON.stringify(typed)}: to ${mails.map(({ to }) => to).join()}`);
    }
  }
});

/** Asks for mails to one address in every way that a stranger has, from as many network addresses as it likes. */
async function flood(flooded: BootedApp, proof: Proof, email: string, requests: number): Promise<void> {
  const typed = [email, email.toUpperCase(), ` ${email}`, email.replace('@', '＠')] as const;
  const calls = [
    ['forgotPassword', {}],
    ['resendVerification', {}],
    ['register', { name: 'Ann', password: OTHER_PASSWORD }],
  ] as const;
  const statuses = new Set<number>();
  for (let sent = 0; sent < requests; sent += 20) {
    const answers = await Promise.all(
      Array.from({ length: Math.min(20, requests - sent) }, (_, index) => {
        const [procedure, input] = proof.pick(calls) ?? calls[0];
        const caller = { 'x-forwarded-for': `198.51.${(sent >> 8) & 255}.${(sent + index) & 255}` };
        return auth(flooded, proof.pick(singleDoors), procedure, { ...input, email: proof.pick(typed) }, caller);
      }),
    );
    for (const { status } of answers) statuses.add(status);
  }
  proof.cases(requests);
  const isQuiet = [...statuses].every((status) => status === 200 || status === 202 || status === 429);
  if (!isQuiet) proof.deviation(`answers: ${[...statuses].join()}`);
}

proves(
  'B4',
  '1,000 requests for one address, in every way a stranger has, send at most 3 mails of a kind an hour',
  async (proof) => {
    const limits = { forgot: defaultLimits.forgot, register: defaultLimits.register };
    const flooded = await bootApp({
      limits,
      settings: { requireEmailVerification: true },
      app: { trustProxy: ['127.0.0.0/8'] },
    });
    closing.push(() => flooded.close());
    for (const condition of ['verified', 'unverified'] as const) {
      const { email } = await givenAccount(flooded, condition);
      await flood(flooded, proof, email, proof.share(1_000, 200));
      const mails = await deliverMail(flooded.services);
      const kinds = Object.entries(Object.groupBy(mails, ({ subject }) => subject));
      proof.remark(`${condition}: ${kinds.map(([subject, list]) => `${list?.length} × ${subject}`).join(', ')}`);
      for (const [subject, list] of kinds) {
        proof.check((list?.length ?? 0) <= 3, () => `${condition}: ${list?.length} mails “${subject}”`);
      }
      proof.check(
        mails.every(({ to }) => to === email),
        () => `to ${[...new Set(mails.map(({ to }) => to))].join()}`,
      );
    }
  },
);

proves('B4', 'many accounts together mail one address that none of them has at most 3 times an hour', async (proof) => {
  const flooded = await bootApp({ limits: { forgot: defaultLimits.forgot } });
  closing.push(() => flooded.close());
  const ways = {
    'a change of address': (door: SingleDoor, email: string, owner: Headers) =>
      knock(flooded, door, 'me.update', { email, currentPassword: PASSWORD }, owner),
    'an invitation': async (door: SingleDoor, email: string, owner: Headers) => {
      const group = await knock(flooded, 'REST', 'groups.create', { name: 'Group' }, owner);
      const input = { id: String(Reflect.get(Object(group.result), 'id')), email, role: 'viewer' };
      return knock(flooded, door, 'members.add', input, owner);
    },
  };
  for (const [name, ask] of Object.entries(ways)) {
    for (let round = proof.share(5); round > 0; round -= 1) {
      const email = newAddress();
      const door = proof.pick(singleDoors);
      const told = new Set<number>();
      for (let account = 0; account < 12; account += 1) {
        const { accessToken } = await signedIn(flooded, await givenAccount(flooded));
        told.add((await ask(door, email, bearer(accessToken))).status);
      }
      const mails = await deliverMail(flooded.services);
      proof.check(mails.length > 0 && mails.length <= 3, () => `${name}: ${mails.length} mails to ${email}`);
      proof.check(told.size === 1, () => `${name}: answers ${[...told].join()}`);
    }
  }
});

async function until(isSo: () => boolean): Promise<boolean> {
  for (let wait = 0; wait < 400 && !isSo(); wait += 1) await sleep(25);
  return isSo();
}

proves('B4', 'with SMTP down the answers are the same bytes, and the mails are sent later', async (proof) => {
  const smtp = await catchRaw();
  await smtp.close();
  const mailer = await smtpMailer({ url: `smtp://127.0.0.1:${smtp.port}`, from: 'no-reply@promptory.example' });
  const down = await bootApp({ settings: { requireEmailVerification: true } });
  closing.push(
    () => down.close(),
    async () => mailer.close(),
  );
  const jobs = runJobs({
    connectionString: down.database.connectionString,
    services: { ...down.services, mailer },
    ensurePartitions: async () => undefined,
  });
  closing.push(() => jobs.stop());
  const waiting: string[] = [];
  const rounds = proof.share(5, 2);
  for (let round = 0; round < rounds; round += 1) {
    const calls = [
      ['forgotPassword', await givenAccount(down), await givenAccount(server), {}],
      ['resendVerification', await givenAccount(down, 'unverified'), await givenAccount(server, 'unverified'), {}],
      ['register', await givenAccount(down), await givenAccount(server), { name: 'Ann', password: PASSWORD }],
    ] as const;
    for (const [procedure, here, there, input] of calls) {
      const door = proof.pick(singleDoors);
      const told = whatItTells(await auth(down, door, procedure, { ...input, email: here.email }));
      const usual = whatItTells(await auth(server, door, procedure, { ...input, email: there.email }));
      proof.check(told === usual, () => `${procedure}, ${door}: ${told} rather than ${usual}`);
      waiting.push(here.email);
    }
  }
  const failed = await down.database.pool.query('SELECT 1 FROM graphile_worker._private_jobs');
  proof.check(failed.rowCount === waiting.length, () => `${failed.rowCount} of ${waiting.length} mails wait`);
  const up = await catchRaw(smtp.port);
  closing.push(up.close);
  // An attempt that is under way ends first; then the queue's patience is cut short.
  const isThere = (): boolean => waiting.every((email) => up.mails.some(({ to }) => to.includes(email)));
  for (let attempt = 0; attempt < 10 && !isThere(); attempt += 1) {
    await down.database.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
    await until(() => isThere());
    if (!isThere()) await sleep(250);
  }
  const missing = waiting.filter((email) => !up.mails.some(({ to }) => to.includes(email)));
  proof.check(missing.length === 0, () => `never came: ${missing.join()}`);
});
