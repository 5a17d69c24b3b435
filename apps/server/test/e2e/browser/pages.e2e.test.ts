import { migrateToLatest } from '@promptory/db/migrate';
import { type EphemeralCluster, startEphemeralCluster } from '@promptory/db/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catchMail, linkIn, type MailCatcher } from '../../harness/mail-catcher.ts';
import { runServer, type ServerProcess } from '../harness/run-server.ts';
import { launchChromium } from './chromium.ts';

let cluster: EphemeralCluster;
let mail: MailCatcher;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [cluster, mail, browser] = await Promise.all([startEphemeralCluster(), catchMail(), launchChromium()]);
  await migrateToLatest(cluster);
  server = await runServer({
    NODE_ENV: 'test',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'a secret for the tests of the pages only',
    SMTP_CONFIG: mail.url,
    PUBLIC_URL: 'http://mail.promptory.example',
    REQUIRE_EMAIL_VERIFICATION: 'true',
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await mail?.close();
  await cluster?.stop();
});

const post = (path: string, body: object) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A page at the server, with what it asked of other hosts and what went wrong in it. */
async function open(path: string): Promise<{ page: Page; foreign: string[]; errors: string[] }> {
  const page = await browser.newPage();
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== server.url) foreign.push(url.href);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(server.url + path);
  return { page, foreign, errors };
}

it('shows the whole API at /docs, from this server alone and without an error', async () => {
  const { page, foreign, errors } = await open('/docs');
  await page.getByRole('heading', { name: 'Promptory', level: 1 }).waitFor();
  await page.getByText('/auth/register').first().waitFor();
  // Every section but the first is closed until somebody asks for it.
  await page.getByText('Administration', { exact: true }).first().click();
  await page.getByText('/admin/audit').first().waitFor();
  expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
  await page.close();
});

it('lets a person verify an address and choose a new password by the links in mails', async () => {
  const email = 'ada@example.org';
  expect((await post('/auth/register', { email, password: 'a first long password', name: 'Ada' })).status).toBe(202);
  const verification = linkIn(await mail.next(email, 'Confirm your e-mail address'));
  expect(verification.host).toBe('mail.promptory.example');

  const verify = await open(verification.pathname + verification.search);
  // Where something waits to be filled in, the browser itself sends nothing.
  const confirm = verify.page.getByRole('button', { name: 'Confirm', exact: true });
  await confirm.click();
  await verify.page.getByLabel('Your password').fill('not the password of hers');
  await confirm.click();
  await verify.page.getByText('The password of the account is not right.').waitFor();
  await verify.page.getByLabel('Your password').fill('a first long password');
  await confirm.click();
  await verify.page.getByText('Your address is confirmed.').waitFor();
  expect(new URL(verify.page.url()).search).toBe('');

  expect((await post('/auth/forgot-password', { email })).status).toBe(202);
  const recovery = linkIn(await mail.next(email, 'Choose a new password'));
  const reset = await open(recovery.pathname + recovery.search);
  await reset.page.getByLabel('New password').fill('1234567890');
  await reset.page.getByRole('button').click();
  await reset.page.getByText('is not a common one').waitFor();
  await reset.page.getByLabel('New password').fill('a second long password');
  await reset.page.getByRole('button').click();
  await reset.page.getByText('Your password is changed.').waitFor();
  expect((await post('/auth/login', { email, password: 'a second long password' })).status).toBe(200);

  // A refused password is an answer of 400 or 401, which a browser reports as an error of its own.
  const own = [...verify.errors, ...reset.errors].filter((text) => !/status of 40[01]/.test(text));
  expect([...verify.foreign, ...reset.foreign, ...own]).toEqual([]);
});

it('lets a person whose address somebody else registered set a password of their own as they confirm it', async () => {
  const email = 'grace@example.org';
  const squatters = 'the password of a squatter';
  expect((await post('/auth/register', { email, password: squatters, name: 'Grace' })).status).toBe(202);
  const { pathname, search } = linkIn(await mail.next(email, 'Confirm your e-mail address'));
  const { page, foreign, errors } = await open(pathname + search);
  await page.getByText('I did not choose a password here').click();
  await page.getByLabel('New password').fill('a password of her own');
  await page.getByRole('button', { name: 'Set it, and confirm' }).click();
  await page.getByText('Your address is confirmed.').waitFor();
  expect((await post('/auth/login', { email, password: squatters })).status).toBe(401);
  expect((await post('/auth/login', { email, password: 'a password of her own' })).status).toBe(200);
  expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
});
