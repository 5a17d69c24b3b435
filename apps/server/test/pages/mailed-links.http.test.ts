import { createHash } from 'node:crypto';
import { countStatistics, type MailJob, sendMail, summarizeDay } from '@promptory/api/server';
import { givenGroup, givenPerson, givenPrompt, newAddress } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import PostalMime from 'postal-mime';
import { afterAll, describe, expect, it } from 'vitest';
import { smtpMailer } from '../../src/services/mailer.ts';
import { givenApp, ORIGIN } from '../harness/boot.ts';
import { catchMail } from '../harness/mail-catcher.ts';
import { plainBrowser, type ShownPage } from './plain-browser.ts';

// Every kind of mail goes through a mail server and is read by a parser, and each of its links is followed, and what that
// leads to.

const server = await givenApp();
const { services } = server;
const smtp = await catchMail();
const mailer = await smtpMailer({ url: smtp.url, from: 'Promptory <no-reply@promptory.example>' });
afterAll(async () => {
  mailer.close();
  await smtp.close();
});

const owner = await givenPerson(services);
const member = await givenPerson(services);
const unproved = await givenPerson(services, { verified: false });
const groupId = await givenGroup(services, { owner, viewers: [member], name: '<b>Su"pport' });
const invitationId = newId();
await services.db
  .insertInto('group_invitations')
  .values({ id: invitationId, group_id: groupId, email: newAddress(), role: 'viewer', invited_by: owner.id })
  .execute();

const { id: promptId } = await givenPrompt(services, owner, 'Moved');
const moveId = newId();
await services.db
  .insertInto('label_moves')
  .values({
    ...{ id: moveId, prompt_id: promptId, number: 1, label: 'production', to_version: 1, moved_by: member.id },
    moved_at: services.clock.now(),
  })
  .execute();

const administrator = await givenPerson(services, { role: 'admin' });
await services.db
  .updateTable('users')
  .set({ preferences: JSON.stringify({ emailNotifications: { dailySummary: true } }) })
  .where('id', '=', administrator.id)
  .execute();
const tomorrow = new Date(services.clock.now().getTime() + 86_400_000);
await countStatistics(services.db, services.clock.now(), { madeAt: null, storedAt: null });
await summarizeDay(services.db, tomorrow);

const at = services.clock.now().toISOString();
const { id: userId, email } = owner;

/** Of each kind one job for each text that it may have. */
const jobs: { readonly [Kind in MailJob['kind']]: readonly Extract<MailJob, { kind: Kind }>[] } = {
  verify_email: [
    { kind: 'verify_email', userId: unproved.id, email: unproved.email },
    { kind: 'verify_email', userId, email: newAddress(), securityStamp: 0 },
    { kind: 'verify_email', userId, email: member.email, securityStamp: 0 },
  ],
  resend_verification: [{ kind: 'resend_verification', email: unproved.email }],
  reset_password: [{ kind: 'reset_password', email }],
  already_registered: [
    { kind: 'already_registered', userId },
    { kind: 'already_registered', userId: unproved.id },
  ],
  not_invited: [{ kind: 'not_invited', email: newAddress() }],
  password_changed: [{ kind: 'password_changed', userId }],
  security_mails_off: [{ kind: 'security_mails_off', userId }],
  email_changed: [{ kind: 'email_changed', userId, email: newAddress() }],
  account_deleted: [{ kind: 'account_deleted', email: newAddress(), at }],
  second_factor: (['on', 'off', 'recovery_code_used', 'recovery_codes_renewed', 'guessed_at'] as const).map(
    (event) => ({ kind: 'second_factor', userId, event, at }) as const,
  ),
  group_invitation: [{ kind: 'group_invitation', invitationId }],
  labels_moved: [{ kind: 'labels_moved', userId, moveId }],
  daily_summary: [{ kind: 'daily_summary', userId: administrator.id, day: at.slice(0, 10) }],
  group_shared: [{ kind: 'group_shared', groupId, userId: member.id, sharedBy: userId }],
};
/** These tell of something that nobody can do anything about by a link. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['not_invited', 'email_changed', 'account_deleted']);

async function linksOf(job: MailJob): Promise<string[]> {
  const before = smtp.mails.length;
  await sendMail({ ...services, mailer }, job);
  const mails = await Promise.all(
    smtp.mails.slice(before).map(({ raw }) => PostalMime.parse(Buffer.from(raw, 'latin1'))),
  );
  expect(mails).toHaveLength(1);
  return mails[0]?.text?.match(/https?:\/\/\S+/g) ?? [];
}

/** What a policy calls the one style of a page. */
function styleHash(html: string): string {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}

/** What every page has to be. */
function checkPage(page: ShownPage): void {
  expect({ url: page.url, status: page.status }).toEqual({ url: page.url, status: 200 });
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${styleHash(page.html)}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
  expect(page.html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page.html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(page.html).not.toMatch(/<script|\son\w+=|style="/);
  expect(page.heading).not.toBe('');
  expect(page.text).toContain('Promptory');
  // A next step: a form, or a link that stands out.
  expect(page.forms.length + (page.html.match(/<a class="button/g)?.length ?? 0)).toBeGreaterThan(0);
}

const all = Object.values(jobs).flat();

describe.each(all)('a mail of $kind', (job) => {
  it('leads by each of its links to a page that works, and so does every page behind it', async () => {
    const links = await linksOf(job);
    expect(links.length > 0).toBe(!WITHOUT_LINKS.has(job.kind));
    const browser = plainBrowser(server);
    const opened = new Set<string>();
    const waiting = [...links];
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      if (opened.has(url) || url.startsWith('/docs')) continue;
      opened.add(url);
      const page = await browser.open(url);
      checkPage(page);
      for (const link of page.links) expect(link).toMatch(/^\/(?!\/)/);
      waiting.push(...page.links);
      for (const { action } of page.forms) {
        const { allow } = (await server.call({ method: 'OPTIONS', url: action })).headers;
        expect({ action, allow }).toEqual({ action, allow: expect.stringContaining('POST') });
      }
    }
    expect([...opened].every((url) => url.startsWith('/') || url.startsWith(`${ORIGIN}/`))).toBe(true);
  });

  it('leads to a page that offers another link once its own has run out', async () => {
    const [link] = (await linksOf(job)).filter((url) => /\/(?:verify-email|reset-password)\?token=/.test(url));
    const isOfAddressInUse = job.kind === 'verify_email' && job.email === member.email;
    if (link === undefined) return expect(isOfAddressInUse || !/^(?:verify|reset|resend)/.test(job.kind)).toBe(true);
    services.clock.advance(25 * 3_600_000);
    const page = await plainBrowser(server).open(link);
    checkPage(page);
    expect(page.heading).toBe('This link does not work any more');
    const sent = await plainBrowser(server).submit(page.form('Mail me a link'), { email: newAddress() });
    expect([sent.status, sent.heading]).toEqual([202, 'Look into your mail']);
  });
});
