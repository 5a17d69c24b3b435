import type { Page } from 'playwright-core';
import { linkIn, type MailCatcher } from '../harness/mail-catcher.ts';

const PASSWORD = 'a long and quiet river';

/** Where the pages are, and what they are filled with. */
export interface Site {
  readonly url: string;
  readonly mail: MailCatcher;
  /** Somebody with groups and an invitation. */
  readonly member: {
    readonly email: string;
    readonly password: string;
    readonly groupId: string;
    /** The address of `grace`, who shares with them. */
    readonly friend: string;
  };
}

export interface State {
  readonly name: string;
  /** Made by others: what can be measured of it is not ours to mend, but for its width. */
  readonly foreign?: boolean;
  reach(page: Page, site: Site): Promise<void>;
}

const open =
  (path: string) =>
  async (page: Page, { url }: Site): Promise<void> => {
    await page.goto(url + path);
  };

const click = (page: Page, button: string): Promise<void> =>
  page.getByRole('button', { name: button, exact: true }).click();

async function mailedLink({ url, mail }: Site, to: string, subject: string): Promise<string> {
  const { pathname, search } = linkIn(await mail.next(to, subject));
  return url + pathname + search;
}

let people = 0;
async function registered(page: Page, site: Site): Promise<string> {
  people += 1;
  const email = `ada-${people}@example.org`;
  await page.goto(`${site.url}/register`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('Password').fill(PASSWORD);
  await click(page, 'Make an account');
  return email;
}

async function confirming(page: Page, site: Site): Promise<void> {
  const email = await registered(page, site);
  await page.goto(await mailedLink(site, email, 'Confirm your e-mail address'));
}

async function resetting(page: Page, site: Site): Promise<void> {
  const email = await registered(page, site);
  await page.goto(`${site.url}/forgot-password`);
  await page.getByLabel('E-mail address').fill(email);
  await click(page, 'Mail me a link');
  await page.goto(await mailedLink(site, email, 'Choose a new password'));
}

/** Calls the API as the member, whose pages have no script to do so. */
async function asMember({ url, member }: Site, method: string, path: string, body: object): Promise<Response> {
  const json = { 'content-type': 'application/json' };
  const { email, password } = member;
  const login = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email, password }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const headers = { ...json, authorization: `Bearer ${accessToken}` };
  return fetch(url + path, { method, headers, body: JSON.stringify(body) });
}

async function movingAddress(page: Page, site: Site): Promise<void> {
  people += 1;
  const email = `ada-${people}@example.org`;
  await asMember(site, 'PUT', '/users/me', { email, currentPassword: site.member.password });
  await page.goto(await mailedLink(site, email, 'Confirm your new e-mail address'));
}

/** Of a mail to whom the member shares a group with. */
async function choosingMails(page: Page, site: Site): Promise<void> {
  const group = (await (await asMember(site, 'POST', '/groups', { name: 'Poems' })).json()) as { id: string };
  await asMember(site, 'POST', `/groups/${group.id}/members`, { handle: 'grace', role: 'viewer' });
  const { text } = await site.mail.next(site.member.friend, 'A group of prompts was shared with you');
  const [path] = /\/mail-preferences\S+/.exec(text) ?? [];
  await page.goto(`${site.url}${path}`);
}

async function signedIn(page: Page, { url, member }: Site): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-mail address').fill(member.email);
  await page.getByLabel('Password', { exact: true }).fill(member.password);
  await click(page, 'Sign in');
}

/** Every page that the server has, as people come to see it. */
export const states: readonly State[] = [
  { name: 'sign-in', reach: open('/sign-in') },
  {
    name: 'sign-in-focus',
    async reach(page, site) {
      await open('/sign-in')(page, site);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
    },
  },
  {
    name: 'sign-in-wrong',
    async reach(page, site) {
      await open('/sign-in')(page, site);
      await page.getByLabel('E-mail address').fill('ada@example.org');
      await page.getByLabel('Password', { exact: true }).fill('a wrong password');
      await click(page, 'Sign in');
    },
  },
  {
    name: 'sign-in-unconfirmed',
    async reach(page, site) {
      const email = await registered(page, site);
      await signedIn(page, { ...site, member: { ...site.member, email, password: PASSWORD } });
    },
  },
  {
    name: 'sign-in-second-factor',
    async reach(page, site) {
      await open('/sign-in')(page, site);
      await page.getByText('My account has a second factor').click();
    },
  },
  { name: 'register', reach: open('/register') },
  {
    name: 'register-weak',
    async reach(page, site) {
      await open('/register')(page, site);
      await page.getByLabel('E-mail address').fill('ada@example.org');
      await page.getByLabel('Your name').fill('Ada Lovelace');
      await page.getByLabel('Password').fill('1234567890');
      await click(page, 'Make an account');
    },
  },
  { name: 'register-sent', reach: async (page, site) => void (await registered(page, site)) },
  { name: 'forgot-password', reach: open('/forgot-password') },
  {
    name: 'forgot-password-sent',
    async reach(page, site) {
      await open('/forgot-password')(page, site);
      await page.getByLabel('E-mail address').fill('nobody@example.org');
      await click(page, 'Mail me a link');
    },
  },
  { name: 'resend-verification', reach: open('/resend-verification') },
  { name: 'verify-email', reach: confirming },
  {
    name: 'verify-email-not-mine',
    async reach(page, site) {
      await confirming(page, site);
      await page.getByText('I did not choose a password here').click();
    },
  },
  {
    name: 'verify-email-wrong',
    async reach(page, site) {
      await confirming(page, site);
      await page.getByLabel('Your password').fill('a wrong password');
      await click(page, 'Confirm');
    },
  },
  {
    name: 'verify-email-done',
    async reach(page, site) {
      await confirming(page, site);
      await page.getByLabel('Your password').fill(PASSWORD);
      await click(page, 'Confirm');
    },
  },
  {
    name: 'verify-email-twice',
    async reach(page, site) {
      const email = await registered(page, site);
      people -= 1;
      await registered(page, site);
      await site.mail.next(email, 'Choose a password for your account');
      await open('/resend-verification')(page, site);
      await page.getByLabel('E-mail address').fill(email);
      await click(page, 'Mail me a link');
      await site.mail.next(email, 'Confirm your e-mail address');
      await page.goto(await mailedLink(site, email, 'Confirm your e-mail address'));
    },
  },
  { name: 'verify-email-new', reach: movingAddress },
  {
    name: 'verify-email-new-wrong',
    async reach(page, site) {
      await movingAddress(page, site);
      await page.getByLabel('The password of your account').fill('a wrong password');
      await click(page, 'Use this address');
    },
  },
  { name: 'mail-preferences', reach: choosingMails },
  {
    name: 'mail-preferences-on-again',
    async reach(page, site) {
      await choosingMails(page, site);
      await click(page, 'Send me no more of them');
      await click(page, 'Send them to me again');
    },
  },
  { name: 'nowhere', reach: open('/nowhere') },
  { name: 'verify-email-expired', reach: open('/verify-email?token=old') },
  { name: 'reset-password', reach: resetting },
  {
    name: 'reset-password-done',
    async reach(page, site) {
      await resetting(page, site);
      await page.getByLabel('New password').fill('another long and quiet river');
      await click(page, 'Change password');
    },
  },
  { name: 'reset-password-expired', reach: open('/reset-password?token=old') },
  { name: 'shared-signed-out', reach: open('/shared') },
  { name: 'shared', reach: signedIn },
  {
    name: 'shared-group',
    async reach(page, site) {
      await signedIn(page, site);
      await open(`/shared/${site.member.groupId}`)(page, site);
    },
  },
  {
    name: 'shared-not-there',
    async reach(page, site) {
      await signedIn(page, site);
      await open('/shared/01900000-0000-7000-8000-000000000000')(page, site);
    },
  },
  {
    name: 'docs',
    foreign: true,
    async reach(page, site) {
      await open('/docs')(page, site);
      await page.getByRole('heading', { name: 'Promptory', level: 1 }).waitFor();
    },
  },
  { name: 'docs-errors', reach: open('/docs/errors') },
];
