import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { authenticatorOf } from '@promptory/api/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../harness/send.ts';
import { BUILT } from './console-site.ts';
import { accessTests } from './parts/access.ts';
import { accountTests } from './parts/account.ts';
import { administrationTests } from './parts/administration.ts';
import { chooseTests } from './parts/choose.ts';
import { columnTests } from './parts/columns.ts';
import { compareTests } from './parts/compare.ts';
import { editorTests } from './parts/editor.ts';
import { groupTests } from './parts/groups.ts';
import { hostileTests } from './parts/hostile.ts';
import { includesTests } from './parts/includes.ts';
import { labelTests } from './parts/labels.ts';
import { liveTests } from './parts/live.ts';
import { messagesTests } from './parts/messages.ts';
import { ownDataTests } from './parts/own-data.ts';
import { releaseTests } from './parts/releases.ts';
import { reviewTests } from './parts/review.ts';
import { scriptsTests } from './parts/scripts.ts';
import { transferTests } from './parts/transfer.ts';
import { trashTests } from './parts/trash.ts';
import { walkTests } from './parts/walk.ts';
import {
  alice,
  bob,
  box,
  button,
  closeStage,
  context,
  dialog,
  heading,
  link,
  message,
  openStage,
  page,
  rows,
  saveReviewed,
  site,
  textIn,
  tokenOf,
} from './stage.ts';

/** As a program has them. */
let asAlice: { authorization: string };
/** Bob has a second factor; each code is good for one time. */
let recoveryCodes: string[] = [];
const asBob = () => tokenOf(bob, recoveryCodes.pop());

beforeAll(openStage);
afterAll(closeStage);

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
  expect(await textIn('Content')).toBe('Sort this ticket: {{ ticket }}');
  await saveReviewed('One order only');
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
  await page.getByText('saved version 3').first().waitFor();
  await button('Save').click();
  await page.getByRole('alert').getByText('saved version 3 meanwhile').waitFor();
  expect(await textIn('Content')).toBe('Hers: {{ ticket }}');
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
  await message('Version 1 is the latest again, as version 5').waitFor();
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
  // While a dialog is open no other opens; it closes a moment after the key.
  await expect.poll(() => dialog('Keys').count()).toBe(0);
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

describe('the labels of a prompt', labelTests);
describe('releases', releaseTests);
describe('two versions', compareTests);
describe('what others change', liveTests);
describe('many prompts at once', chooseTests);
describe('columns of the library', columnTests);
describe('the editor of a text', editorTests);
describe('the trash', trashTests);

describe('import and export', transferTests);
describe('the way of a prompt through a team', walkTests);
describe('what saving makes of a prompt', reviewTests);
describe('the messages of a chat', messagesTests);
describe('a prompt that includes others', includesTests);
describe('texts of several scripts', scriptsTests);

it('asks for a second factor where an account has one, and shows nothing of who was here before', async () => {
  await send(site.url, 'POST', '/auth/register', bob);
  await site.confirmAddress(bob.email);
  const before = await tokenOf(bob);
  const { setupKey } = await send<{ setupKey: string }>(
    site.url,
    'POST',
    '/auth/totp',
    { currentPassword: bob.password },
    before,
  );
  const code = await authenticatorOf(setupKey).codeAt(new Date());
  ({ recoveryCodes } = await send<{ recoveryCodes: string[] }>(
    site.url,
    'POST',
    '/auth/totp/confirm',
    { code },
    before,
  ));
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
  await page.getByLabel('Code').fill(recoveryCodes.pop() ?? '');
  await button('Sign in').click();
  await heading('There are no prompts yet').waitFor();
});

describe('groups', () => groupTests(asBob));
describe('an account', () => accountTests(asBob));

describe('with hostile strings in every field that people write', () => hostileTests(asBob));
describe('for everybody', accessTests);
describe('the administration', administrationTests);
describe('what is kept of an account', ownDataTests);

/** Bytes of JavaScript, as they are sent, that a window of somebody who is signed in needs until something is there. */
async function weighed(path: string, isThere: (at: typeof page) => Promise<void>): Promise<Map<string, number>> {
  const fetched = await site.openWindow();
  const files = new Set<string>();
  fetched.page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) files.add(pathname.slice('/console/'.length));
  });
  await fetched.context.addCookies(await context.cookies());
  await fetched.page.goto(site.url + path);
  await isThere(fetched.page);
  await fetched.context.close();
  const sizes = [...files].map(
    async (name): Promise<[string, number]> => [name, gzipSync(await readFile(join(BUILT, name))).length],
  );
  return new Map(await Promise.all(sizes));
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((all, size) => all + size, 0);

it('needs no more than 130 KB of JavaScript, as it is sent, for its first page, and 190 KB more for its editor, beside the prompt language', async () => {
  const first = await weighed('/', (at) =>
    at.getByRole('list', { name: 'Prompts' }).getByRole('listitem').first().waitFor(),
  );
  expect(first.size).toBeGreaterThan(0);
  expect(sum(first.values())).toBeLessThanOrEqual(130_000);
  const editor = await weighed('/prompts/new', async (at) => {
    await at.locator('.cm-content').waitFor();
    await at.getByRole('region', { name: 'Try it out' }).waitFor();
  });
  const more = [...editor].filter(([name]) => !first.has(name));
  // The prompt language is read apart from the page, which does not wait for it.
  const [language, own] = [true, false].map((isLanguage) =>
    more.filter(([name]) => name.startsWith('language-worker-') === isLanguage),
  );
  expect(own?.map(([name]) => name)).toContainEqual(expect.stringMatching(/^code-mirror-/));
  expect(sum(own?.map(([, size]) => size) ?? [])).toBeLessThanOrEqual(190_000);
  expect(language).toHaveLength(1);
  expect(sum(language?.map(([, size]) => size) ?? [])).toBeLessThanOrEqual(110_000);
});

it('has caused no error in any page', () => {
  expect(site.faults).toEqual([]);
});
