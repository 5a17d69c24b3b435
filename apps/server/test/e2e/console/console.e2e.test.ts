import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { authenticatorOf } from '@promptory/api/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../harness/send.ts';
import { type Account, BUILT, type ConsoleSite, openConsoleSite } from './console-site.ts';
import { hostileStrings } from './hostile-strings.ts';

const alice: Account = { email: 'alice@example.org', password: 'correct horse battery', name: 'Alice' };
const bob: Account = { email: 'bob@example.org', password: 'a bicycle for the mind', name: 'Bob' };

let site: ConsoleSite;
let context: BrowserContext;
let page: Page;
/** As a program has them. */
let asAlice: { authorization: string };
let asBob: { authorization: string };

const button = (name: string | RegExp) => page.getByRole('button', { name });
const link = (name: string | RegExp) => page.getByRole('link', { name });
const box = (name: string) => page.getByRole('textbox', { name });
const rows = () => page.getByRole('list', { name: 'Prompts' }).getByRole('listitem');
const dialog = (name: string) => page.getByRole('dialog', { name });
const heading = (name: string) => page.getByRole('heading', { name, exact: true });

async function tokenOf({ email, password }: Account): Promise<{ authorization: string }> {
  const { accessToken } = await send<{ accessToken: string }>(site.url, 'POST', '/auth/login', { email, password });
  return { authorization: `Bearer ${accessToken}` };
}

beforeAll(async () => {
  site = await openConsoleSite();
  ({ context, page } = await site.openWindow());
});

afterAll(async () => {
  await site?.close();
});

it('signs somebody up, and writes a first prompt', async () => {
  await page.goto(site.url);
  await heading('Sign in').waitFor();
  await button('Make an account').click();
  await page.getByLabel('E-mail address').fill(alice.email);
  await page.getByLabel('Your name').fill(alice.name);
  await page.getByLabel('Password').fill('short');
  await button('Make an account').click();
  await page.getByText(/at least 10/i).waitFor();
  await page.getByLabel('Password').fill(alice.password);
  await button('Make an account').click();
  await heading('There are no prompts yet').waitFor();
  await link('Write the first one').click();
  await heading('New prompt').waitFor();
  await box('Title').fill('Support triage');
  await box('Category').fill('Support');
  await box('Tags').fill('email, tickets');
  await box('Content').fill('Sort this ticket by {{ order }}: {{ ticket }}');
  await button('Save').click();
  await heading('Support triage').waitFor();
  expect(await page.title()).toBe('Support triage · Promptory');
});

it('has a form for the inputs, and says beside it what the prompt says with them', async () => {
  const said = page.getByRole('region', { name: 'Try it out' });
  await said.getByText('Not yet: order, ticket').waitFor();
  await box('order').fill('urgency');
  await box('ticket').fill('<b>My {{ bill }}</b>');
  await said.getByText('Sort this ticket by urgency: <b>My {{ bill }}</b>').waitFor();
});

it('keeps what was typed over a reload, until it is saved', async () => {
  await page.keyboard.press('Escape');
  await heading('Support triage').click();
  await page.keyboard.press('e');
  await box('Content').fill('Sort this ticket: {{ ticket }}');
  await page.reload();
  await page.getByText('is here again').waitFor();
  expect(await box('Content').inputValue()).toBe('Sort this ticket: {{ ticket }}');
  await box('What this version changes').fill('One order only');
  await button('Save').click();
  await page.getByText('Version 2', { exact: false }).first().waitFor();
  await link('Edit').first().click();
  await box('Content').waitFor();
  expect(await page.getByText('is here again').count()).toBe(0);
});

it('says who changed it meanwhile, and loses nothing', async () => {
  asAlice = await tokenOf(alice);
  const { items } = await send<{ items: { id: string }[] }>(site.url, 'GET', '/prompts', undefined, asAlice);
  const [{ id } = { id: '' }] = items;
  await box('Content').fill('Hers: {{ ticket }}');
  await send(site.url, 'PUT', `/prompts/${id}`, { content: 'His: {{ ticket }}' }, asAlice);
  await button('Save').click();
  await page.getByRole('alert').getByText('saved version 3 meanwhile').waitFor();
  expect(await box('Content').inputValue()).toBe('Hers: {{ ticket }}');
  await button('Save mine over it').click();
  await page.getByRole('region', { name: 'The prompt' }).getByText('Hers: {{ ticket }}').waitFor();
});

it('shows what each version changed, and restores one', async () => {
  await page.getByRole('navigation', { name: 'Prompt' }).getByRole('link', { name: 'Versions' }).click();
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  await expect.poll(() => versions.count()).toBe(4);
  await button('What changed in version 2').click();
  await page.getByRole('region', { name: 'Changes of content' }).getByText('by').waitFor();
  await button('Restore version 1').click();
  await page.getByRole('status').getByText('Version 1 is the latest again, as version 5.').waitFor();
  await expect.poll(() => versions.count()).toBe(5);
});

it('finds a prompt as one types, with marks, and keeps the search in the address', async () => {
  const { authorization } = asAlice;
  // Few at once: a busy machine gives a call no longer than others.
  for (let at = 0; at < 12; at++) {
    const prompts = Array.from({ length: 25 }, (_, index) => ({
      title: `Letter ${at * 25 + index}`,
      content: `A letter about {{ subject }}, number ${index}.`,
      tags: ['letters'],
    }));
    await send(site.url, 'POST', '/prompts/many', { prompts }, { authorization });
  }
  await page.goto(site.url);
  await rows().first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('triage');
  await expect.poll(() => rows().count()).toBe(1);
  expect(await rows().locator('mark').allTextContents()).toEqual(['triage']);
  expect(new URL(page.url()).search).toBe('?q=triage');
  await button('Favourite: Support triage').click();
  await expect.poll(() => button('Favourite: Support triage').getAttribute('aria-pressed')).toBe('true');
  await page.reload();
  await expect.poll(() => button('Favourite: Support triage').getAttribute('aria-pressed')).toBe('true');
  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Favourites' }).click();
  await heading('Favourites').waitFor();
  await expect.poll(() => rows().count()).toBe(1);
});

it('filters by tag, and holds few rows in the page however many there are', async () => {
  await page.goto(site.url);
  await button(/^letters 300$/).click();
  await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Title');
  expect(new URL(page.url()).search).toBe('?sort=title&tag=letters');
  await rows().getByText('Letter 0', { exact: true }).waitFor();
  const counts: number[] = [];
  for (const last = page.getByText('300 prompts, and that is all'); !(await last.isVisible()); ) {
    await page.mouse.wheel(0, 4_000);
    counts.push(await rows().count());
    if (counts.length > 500) break;
  }
  expect(Math.max(...counts)).toBeLessThanOrEqual(60);
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  await rows().getByText('Letter 99', { exact: true }).waitFor();
});

it('goes by keyboard to a prompt and a page, and shows its keys', async () => {
  await page.keyboard.press('?');
  await dialog('Keys').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Jump to' }).fill('triage');
  await expect.poll(() => dialog('Jump to').getByRole('option').first().textContent()).toBe('Support triage');
  await page.keyboard.press('Enter');
  await heading('Support triage').waitFor();
  await page.keyboard.press('c');
  await heading('New prompt').waitFor();
  await page.goBack();
  await heading('Support triage').waitFor();
});

it('shows a browser what is at a shared address, and what is wrong with the request id', async () => {
  await page.goto(`${site.url}/prompts/01900000-0000-7000-8000-000000000001`);
  await heading('This prompt is not here').waitFor();
  await page
    .getByRole('alert')
    .getByText(/^Request [0-9a-f-]{36}$/)
    .waitFor();
  await link('To the library').click();
  await heading('Library').waitFor();
});

it('asks for a second factor where an account has one, and shows nothing of who was here before', async () => {
  await send(site.url, 'POST', '/auth/register', bob);
  await site.confirmAddress(bob.email);
  asBob = await tokenOf(bob);
  const { setupKey } = await send<{ setupKey: string }>(
    site.url,
    'POST',
    '/auth/totp',
    { currentPassword: bob.password },
    asBob,
  );
  const code = await authenticatorOf(setupKey).codeAt(new Date());
  const { recoveryCodes } = await send<{ recoveryCodes: string[] }>(
    site.url,
    'POST',
    '/auth/totp/confirm',
    { code },
    asBob,
  );
  await page.goto(site.url);
  await button('Sign out').click();
  await heading('Sign in').waitFor();
  await page.getByLabel('E-mail address').fill(bob.email);
  await page.getByLabel('Password').fill('not the password of his');
  await button('Sign in').click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password').fill(bob.password);
  await button('Sign in').click();
  await page.getByRole('status').getByText('Your account has a second factor.').waitFor();
  await page.getByLabel('Code').fill('000 000');
  await button('Sign in').click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Code').fill(recoveryCodes[0] ?? '');
  await button('Sign in').click();
  await heading('There are no prompts yet').waitFor();
});

describe('with hostile strings in every field that people write', () => {
  it('runs none of them, and the policy has nothing to refuse', async () => {
    const prompts = hostileStrings.map((text) => ({
      title: text.slice(0, 200),
      content: `${text} {{ input }}`,
      description: text,
      category: text.slice(0, 60),
      tags: [text.slice(0, 50)],
    }));
    await send(site.url, 'PUT', '/users/me', { name: hostileStrings[4] }, asBob);
    await send(site.url, 'POST', '/groups', { name: hostileStrings[6], description: 'x' }, asBob);
    for (let at = 0; at < prompts.length; at += 20) {
      await send(site.url, 'POST', '/prompts/many', { prompts: prompts.slice(at, at + 20) }, asBob);
    }
    expect(hostileStrings.length).toBeGreaterThanOrEqual(60);
    await page.goto(`${site.url}/?sort=title`);
    await rows().first().waitFor();
    await page.goto(`${site.url}/?q=ran&category=${encodeURIComponent(hostileStrings[0] ?? '')}`);
    await rows().first().waitFor();
    for (const text of [hostileStrings[0], hostileStrings[4], hostileStrings[14], hostileStrings[52]]) {
      await page.goto(`${site.url}/?q=${encodeURIComponent(text ?? '')}`);
      await page.getByRole('region', { name: 'Prompts' }).and(page.locator('[aria-busy=false]')).waitFor();
    }
    await page.keyboard.press('Control+k');
    await dialog('Jump to').getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    const { items } = await send<{ items: { id: string }[] }>(site.url, 'GET', '/prompts?limit=100', undefined, asBob);
    for (const { id } of items.slice(0, 12)) {
      await page.goto(`${site.url}/prompts/${id}`);
      await box('input').fill(hostileStrings[0] ?? '');
      await page.getByRole('region', { name: 'Try it out' }).locator('pre').waitFor();
    }
    await page.goto(`${site.url}/prompts/${items[0]?.id}/edit`);
    await box('Content').waitFor();
    await page.goto(`${site.url}/prompts/${items[0]?.id}/versions`);
    await page.getByRole('list', { name: 'Versions' }).waitFor();
    expect(site.faults).toEqual([]);
  });
});

describe('for everybody', () => {
  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [375, 1280].map((width) => ({ colorScheme, width })),
  );

  it.each(looks)(
    'has no fault in the eyes of axe, $colorScheme and $width pixels wide',
    async ({ colorScheme, width }) => {
      const isDark = colorScheme === 'dark';
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const { items } = await send<{ items: { id: string }[] }>(site.url, 'GET', '/prompts?limit=1', undefined, asBob);
      const [{ id } = { id: '' }] = items;
      const shown = [
        ['/', rows().first()],
        ['/?q=qzxvkj', heading('Nothing is found')],
        ['/prompts/new', box('Content')],
        [`/prompts/${id}`, page.getByRole('region', { name: 'Try it out' })],
        [`/prompts/${id}/edit`, box('Content')],
        [`/prompts/${id}/versions`, page.getByRole('list', { name: 'Versions' }).getByRole('listitem')],
      ] as const;
      for (const [path, whenThere] of shown) {
        await page.goto(site.url + path);
        await whenThere.waitFor();
        await expectNoFault(path, isDark);
      }
      await page.keyboard.press('Control+k');
      await dialog('Jump to').getByRole('option').first().waitFor();
      await expectNoFault('the palette', isDark);
      const stranger = await site.openWindow({ colorScheme, viewport: { width, height: 900 } });
      await stranger.page.goto(site.url);
      await stranger.page.getByRole('button', { name: 'Sign in' }).waitFor();
      await expectNoFault('signing in', isDark, stranger.page);
      await stranger.context.close();
    },
  );

  async function expectNoFault(what: string, dark: boolean, at: Page = page): Promise<void> {
    const axe = new AxeBuilder({ page: at });
    // Nothing else in the page depends on its colours.
    const { violations } = await (dark ? axe.withRules(['color-contrast']) : axe).analyze();
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('\n')}`);
    expect(said, what).toEqual([]);
    const wider = await at.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(wider, `${what}, beyond the window`).toBeLessThanOrEqual(0);
  }
});

it('needs no more than 130 KB of JavaScript, as it is sent, for its first page', async () => {
  const fetched = await site.openWindow();
  const files: string[] = [];
  fetched.page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) files.push(pathname.slice('/console/'.length));
  });
  await fetched.context.addCookies(await context.cookies());
  await fetched.page.goto(site.url);
  await fetched.page.getByRole('list', { name: 'Prompts' }).getByRole('listitem').first().waitFor();
  await fetched.context.close();
  const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(join(BUILT, name))).length));
  expect(files.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(130_000);
});

it('has caused no error in any page', () => {
  expect(site.faults).toEqual([]);
});
