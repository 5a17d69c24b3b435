import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quietPort } from '../../harness/quiet-port.ts';
import { copySources, type Development, killDevelopment, ready, startDevelopment } from '../harness/develop.ts';
import { launchChromium } from './chromium.ts';

const TIMEOUT_MS = 120_000;

let parent: string;
let root: string;
let dev: Development;
let browser: Browser;
let page: Page;
/** What the page's policy has refused, and what failed in it. */
const faults: string[] = [];

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'promptory-live-'));
  // PostgreSQL does not run as root, and its own user must get to its data.
  await chmod(parent, 0o755);
  root = join(parent, 'copy');
  const port = await quietPort();
  const settings = { PORT: String(port), DATA_FOLDER: join(parent, '.promptory') };
  dev = startDevelopment(settings, await copySources(root));
  [browser] = await Promise.all([launchChromium(), ready(dev)]);
  page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => void faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript/.test(message.text())) faults.push(message.text());
  });
  await page.goto(`http://localhost:${port}/`);
});

afterAll(async () => {
  await browser?.close();
  if (dev !== undefined) killDevelopment(dev);
  await rm(parent, { recursive: true, force: true, maxRetries: 5 });
});

const heading = (name: string) => page.getByRole('heading', { name, exact: true });
const address = () => page.getByLabel('E-mail address');

/** As somebody saves a file of the console. */
async function rewrite(file: string, from: string, to: string): Promise<void> {
  const path = join(root, 'apps/console/src', file);
  const before = await readFile(path, 'utf8');
  expect(before).toContain(from);
  await writeFile(path, before.replaceAll(from, to));
}

it('shows the console from its sources, at the address of the server and without a build', async () => {
  await heading('Sign in').waitFor();
  // Kept by whatever does not load the page again.
  await page.evaluate('globalThis.isTheSamePage = true');
  await address().fill('somebody@example.org');
});

it('shows what changes in a source at once, and leaves what was typed', async () => {
  await rewrite('session/entrance.tsx', "'Sign in'", "'Come in'");
  await heading('Come in').waitFor();
  expect(await address().inputValue()).toBe('somebody@example.org');
  await rewrite('theme/styles.css', '@layer base {', '@layer base {\n  body { outline: rgb(1, 2, 3) solid; }');
  await expect.poll(() => page.evaluate('getComputedStyle(document.body).outlineColor')).toBe('rgb(1, 2, 3)');
  expect(await page.evaluate('globalThis.isTheSamePage')).toBe(true);
});

it('keeps the page while one server takes the place of another, and goes on showing what changes', async () => {
  const starts = (): number => dev.stdout().split('"url":').length - 1;
  const before = starts();
  await utimes(join(root, 'apps/server/src/main.ts'), new Date(), new Date());
  await expect.poll(starts).toBeGreaterThan(before);
  await rewrite('session/entrance.tsx', "'Come in'", "'Here again'");
  await heading('Here again').waitFor();
  expect(await address().inputValue()).toBe('somebody@example.org');
  expect(await page.evaluate('globalThis.isTheSamePage')).toBe(true);
  const [, email = '', password = ''] = /Sign in {2}(\S+) with the password (\S+)/.exec(dev.stdout()) ?? [];
  await address().fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('list', { name: 'Prompts' }).getByRole('listitem').first().waitFor();
});

it('renders in its worker, as the built one does, and ends by one Ctrl-C, with nothing refused or failed', async () => {
  await page.getByRole('list', { name: 'Prompts' }).getByRole('link').first().click();
  await page.getByRole('region', { name: 'Try it out' }).waitFor();
  await page
    .getByRole('region', { name: 'Try it out' })
    .getByText(/^Not yet: /)
    .waitFor();
  expect(page.workers()).toHaveLength(1);
  expect(faults).toEqual([]);
  process.kill(-dev.pid, 'SIGINT');
  expect(await dev.ended).toBe(0);
  expect(dev.stderr()).toBe('');
});
