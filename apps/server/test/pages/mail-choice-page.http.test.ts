import { sendMail } from '@promptory/api/server';
import { givenGroup, givenPerson } from '@promptory/api/testing';
import PostalMime from 'postal-mime';
import { afterAll, expect, it } from 'vitest';
import { smtpMailer } from '../../src/services/mailer.ts';
import { givenApp, ORIGIN } from '../harness/boot.ts';
import { catchMail } from '../harness/mail-catcher.ts';
import { plainBrowser } from './plain-browser.ts';

const server = await givenApp();
const { services } = server;
const smtp = await catchMail();
const mailer = await smtpMailer({ url: smtp.url, from: 'Promptory <no-reply@promptory.example>' });
afterAll(async () => {
  mailer.close();
  await smtp.close();
});

const owner = await givenPerson(services);

/** A member, and the headers of the mail that tells them of a group. */
async function givenMail() {
  const member = await givenPerson(services);
  const groupId = await givenGroup(services, { owner, viewers: [member] });
  const isSent = async (): Promise<boolean> => {
    const before = smtp.mails.length;
    await sendMail({ ...services, mailer }, { kind: 'group_shared', groupId, userId: member.id, sharedBy: owner.id });
    return smtp.mails.length > before;
  };
  expect(await isSent()).toBe(true);
  expect(smtp.mails.at(-1)).toMatchObject({ from: 'no-reply@promptory.example', to: [member.email] });
  const { headers } = await PostalMime.parse(Buffer.from(smtp.mails.at(-1)?.raw ?? '', 'latin1'));
  const headerOf = (name: string) => headers.find(({ key }) => key === name)?.value;
  const [, link = ''] = /^<(.*)>$/.exec(headerOf('list-unsubscribe') ?? '') ?? [];
  return { link, headerOf, isSent };
}

it('turns mails of its kind off by a button, and on again, and changes nothing as it is opened', async () => {
  const { link, isSent } = await givenMail();
  const browser = plainBrowser(server);
  const page = await browser.open(link);
  expect([page.status, page.heading]).toEqual([200, 'Mails about shared groups']);
  expect(page.text).toContain('You get a mail when somebody shares a group of prompts with you.');
  await browser.open(link, {});
  expect(await isSent()).toBe(true);
  const off = await browser.submit(page.form('Send me no more of them'));
  expect([off.status, off.text.includes('You get no mail when somebody')]).toEqual([200, true]);
  expect(await isSent()).toBe(false);
  expect((await browser.open(link)).text).toContain('You get no mail');
  await browser.submit(off.form('Send them to me again'));
  expect(await isSent()).toBe(true);
});

it('ends them by the one click of a mail program, which is no browser', async () => {
  const { link, headerOf, isSent } = await givenMail();
  expect(headerOf('from')).toBe('Promptory <no-reply@promptory.example>');
  expect(headerOf('auto-submitted')).toBe('auto-generated');
  expect(headerOf('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  expect(link.startsWith(`${ORIGIN}/mail-preferences?token=`)).toBe(true);
  const { statusCode } = await server.call({
    ...{ method: 'POST', url: link.slice(ORIGIN.length), payload: 'List-Unsubscribe=One-Click' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(statusCode).toBe(200);
  expect(await isSent()).toBe(false);
});

it.each(['', '?token=', '?token=x', `?token=${'x'.repeat(300)}`, `?token=${'x'.repeat(3_000)}`])(
  'says of a link that does not work what to do: %s',
  async (query) => {
    const browser = plainBrowser(server);
    const page = await browser.open(`/mail-preferences${query}`);
    expect([page.status, page.heading]).toEqual([200, 'This link does not work any more']);
    const token = new URLSearchParams(query).get('token') ?? '';
    const sent = await browser.submit({ action: '/mail-preferences', fields: { token }, button: '' });
    expect([sent.status, sent.html.includes('<form')]).toEqual([400, false]);
  },
);
