import { setTimeout as sleep } from 'node:timers/promises';
import { deliverMail, givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { afterEach } from 'vitest';
import { runJobs } from '../../../../src/jobs/run-jobs.ts';
import { smtpMailer } from '../../../../src/services/mailer.ts';
import { defaultLimits } from '../../../../src/settings/bounds/limits.ts';
import { type BootedApp, bootApp, givenApp } from '../../../harness/boot.ts';
import { catchMail } from '../../../harness/mail-catcher.ts';
import {
  bearer,
  callProcedure,
  type Headers,
  type UnbatchedTransport,
  unbatchedTransports,
} from '../../../harness/transports.ts';
import { auth, comparableAnswer, OTHER_PASSWORD } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';

// How often a stranger, or many accounts together, can have one address written to; and what is answered when nothing can
// be sent at all.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const server = await givenApp({ settings: { requireEmailVerification: true } });

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
        return auth(
          flooded,
          proof.pick(unbatchedTransports),
          procedure,
          { ...input, email: proof.pick(typed) },
          caller,
        );
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
    const limits = { mail: defaultLimits.mail, register: defaultLimits.register };
    const flooded = await bootApp({
      limits,
      settings: { requireEmailVerification: true },
      app: { trustProxy: ['127.0.0.0/8'] },
    });
    closing.push(() => flooded.close());
    for (const [condition, verified] of Object.entries({ verified: true, unverified: false })) {
      const { email } = await givenPerson(flooded.services, { verified });
      await flood(flooded, proof, email, proof.share(1_000, 200));
      const mails = await deliverMail(flooded.services);
      const kinds = Object.entries(Object.groupBy(mails, ({ subject }) => subject));
      proof.remark(`${condition}: ${kinds.map(([subject, list]) => `${list?.length} × ${subject}`).join(', ')}`);
      for (const [subject, list] of kinds) {
        proof.works(list?.length === 3, () => `${condition}: ${list?.length} mails “${subject}”`);
      }
      proof.works(kinds.length >= 2, () => `${condition}: ${kinds.length} kinds of mail`);
      proof.check(
        mails.every(({ to }) => to === email),
        () => `to ${[...new Set(mails.map(({ to }) => to))].join()}`,
      );
    }
  },
);

proves('B4', 'many accounts together mail one address that none of them has at most 3 times an hour', async (proof) => {
  const flooded = await bootApp({ limits: { mail: defaultLimits.mail } });
  closing.push(() => flooded.close());
  const ways = {
    'a change of address': (transport: UnbatchedTransport, email: string, owner: Headers) =>
      callProcedure(flooded, transport, 'me.update', { email, currentPassword: PASSWORD }, owner),
    'an invitation': async (transport: UnbatchedTransport, email: string, owner: Headers) => {
      const group = await callProcedure(flooded, 'REST', 'groups.create', { name: 'Group' }, owner);
      const input = { id: String(Reflect.get(Object(group.result), 'id')), email, role: 'viewer' };
      return callProcedure(flooded, transport, 'members.add', input, owner);
    },
  };
  for (const [name, ask] of Object.entries(ways)) {
    for (let round = proof.share(5); round > 0; round -= 1) {
      const email = newAddress();
      const transport = proof.pick(unbatchedTransports);
      const statuses = new Set<number>();
      for (let account = 0; account < 12; account += 1) {
        const { accessToken } = await flooded.session(await givenPerson(flooded.services));
        statuses.add((await ask(transport, email, bearer(accessToken))).status);
      }
      const mails = await deliverMail(flooded.services);
      proof.works(mails.length === 3, () => `${name}: ${mails.length} mails to ${email}`);
      proof.check(statuses.size === 1, () => `${name}: answers ${[...statuses].join()}`);
    }
  }
});

async function until(isSo: () => boolean): Promise<boolean> {
  for (let wait = 0; wait < 80 && !isSo(); wait += 1) await sleep(25);
  return isSo();
}

proves('B4', 'with SMTP down the answers are the same bytes, and the mails are sent later', async (proof) => {
  const smtp = await catchMail();
  await smtp.close();
  const mailer = await smtpMailer({ url: smtp.url, from: 'no-reply@promptory.example' });
  const down = await bootApp({ settings: { requireEmailVerification: true } });
  closing.push(
    () => down.close(),
    async () => mailer.close(),
  );
  const jobs = runJobs({
    connectionString: down.database.applicationConnectionString,
    services: { ...down.services, mailer },
    ensurePartitions: async () => undefined,
  });
  closing.push(() => jobs.stop());
  const waiting: string[] = [];
  const rounds = proof.share(5, 2);
  for (let round = 0; round < rounds; round += 1) {
    const calls = [
      ['forgotPassword', await givenPerson(down.services), await givenPerson(server.services), {}],
      [
        'resendVerification',
        await givenPerson(down.services, { verified: false }),
        await givenPerson(server.services, { verified: false }),
        {},
      ],
      [
        'register',
        await givenPerson(down.services),
        await givenPerson(server.services),
        { name: 'Ann', password: PASSWORD },
      ],
    ] as const;
    for (const [procedure, here, there, input] of calls) {
      const transport = proof.pick(unbatchedTransports);
      const answer = comparableAnswer(await auth(down, transport, procedure, { ...input, email: here.email }));
      const usual = comparableAnswer(await auth(server, transport, procedure, { ...input, email: there.email }));
      proof.check(answer === usual, () => `${procedure}, ${transport}: ${answer} rather than ${usual}`);
      waiting.push(here.email);
    }
  }
  const failed = await down.database.pool.query('SELECT 1 FROM graphile_worker._private_jobs');
  proof.check(failed.rowCount === waiting.length, () => `${failed.rowCount} of ${waiting.length} mails wait`);
  const up = await catchMail({ port: smtp.port });
  closing.push(up.close);
  // An attempt that is under way ends first; then the queue's wait is cut short.
  const isThere = (): boolean => waiting.every((email) => up.mails.some(({ to }) => to.includes(email)));
  for (let attempt = 0; attempt < 60 && !isThere(); attempt += 1) {
    await down.database.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
    await until(() => isThere());
    if (!isThere()) await sleep(250);
  }
  const missing = waiting.filter((email) => !up.mails.some(({ to }) => to.includes(email)));
  proof.works(missing.length === 0, () => `never came: ${missing.join()}`);
});
