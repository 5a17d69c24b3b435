import { setTimeout as sleep } from 'node:timers/promises';
import { givenGroup, givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { afterEach } from 'vitest';
import { runJobs } from '../../../src/jobs/run-jobs.ts';
import { smtpMailer } from '../../../src/services/mailer.ts';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { catchMail, type MailCatcher } from '../../harness/mail-catcher.ts';
import { callProcedure } from '../../harness/transports.ts';
import { auth } from '../harness/account-calls.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { proves } from '../harness/proof.ts';

// Who waits for a link into their own account, while others have thousands of mails sent.

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

// So many mails are on their way at once, and may be before one that is asked for meanwhile.
const ON_THEIR_WAY = 3;

/** As many as one account may have waiting. */
const BY_ONE_OWNER = 100;

/** Has `count` people invited, and members notified, by owners of groups. */
async function givenInvitations(server: BootedApp, count: number): Promise<void> {
  for (let queued = 0; queued < count; queued += BY_ONE_OWNER) {
    const owner = await givenPerson(server.services);
    const id = await givenGroup(server.services, { owner });
    const headers = await server.as.person(owner);
    const { email: member } = await givenPerson(server.services);
    const invited = Array.from({ length: Math.min(BY_ONE_OWNER, count - queued) }, newAddress);
    await inParallel([member, ...invited], 8, async (email) => {
      const { code } = await callProcedure(server, 'REST', 'members.add', { id, email, role: 'viewer' }, headers);
      if (code !== 'ok') throw new Error(`Inviting was answered ${code}.`);
    });
  }
}

async function startJobs(server: BootedApp, smtp: MailCatcher): Promise<void> {
  const mailer = await smtpMailer({ url: smtp.url, from: 'no-reply@promptory.example' });
  const jobs = runJobs({
    connectionString: server.database.connectionString,
    services: { ...server.services, mailer },
    ensurePartitions: async () => undefined,
  });
  closing.push(
    () => mailer.close(),
    () => jobs.stop(),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  for (let wait = 0; wait < 3_000 && !isSo(); wait += 1) await sleep(10);
  if (!isSo()) throw new Error('It did not happen in time.');
}

interface Asked {
  readonly email: string;
  /** How many mails had been sent when the answer came. */
  readonly sent: number;
}

/** Has each kind of link mailed, to an address of its own. */
const askForLinks = (server: BootedApp, smtp: MailCatcher): Promise<Asked[]> =>
  Promise.all(
    (['forgotPassword', 'resendVerification', 'register'] as const).map(async (procedure) => {
      const isNew = procedure === 'register';
      const verified = procedure === 'forgotPassword';
      const email = isNew ? newAddress() : (await givenPerson(server.services, { verified })).email;
      await auth(server, 'REST', procedure, isNew ? { email, name: 'Ann', password: PASSWORD } : { email });
      return { email, sent: smtp.mails.length };
    }),
  );

proves('F6', 'a link into an account is mailed before 2,000 invitations that were queued earlier', async (proof) => {
  const server = await bootApp({ settings: { requireEmailVerification: true } });
  const smtp = await catchMail();
  closing.push(
    () => server.close(),
    () => smtp.close(),
  );
  const queued = proof.share(2_000, 300);
  await givenInvitations(server, queued);
  proof.cases(queued);
  const links = new Set<string>();
  const waits: number[] = [];
  for (let round = proof.share(10, 3); round > 0; round -= 1) {
    const asked = await askForLinks(server, smtp);
    for (const { email } of asked) links.add(email);
    // In the first round everything waits already when the jobs begin.
    if (waits.length === 0) await startJobs(server, smtp);
    await until(() => asked.every(({ email }) => smtp.mails.some(({ to }) => to.includes(email))));
    for (const { email, sent } of asked) {
      const place = smtp.mails.findIndex(({ to }) => to.includes(email));
      proof.works(place >= 0, () => 'a link was not mailed');
      const earlier = smtp.mails.slice(sent, place).filter(({ to }) => !to.some((address) => links.has(address)));
      proof.check(earlier.length <= ON_THEIR_WAY, () => `${earlier.length} invitations were sent before a link`);
      waits.push(earlier.length);
    }
  }
  // The invitations go out as well, once nobody waits for a link.
  await until(() => smtp.mails.some(({ to }) => !to.some((address) => links.has(address))));
  proof.check(smtp.mails.length < queued, () => 'no invitation was waiting any more');
  proof.remark(`a link was asked for ${waits.length} times, and at most ${Math.max(...waits)} mails went before it`);
});
