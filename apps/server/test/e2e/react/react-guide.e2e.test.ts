import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { migrateToLatest } from '@promptory/db/migrate';
import { type EphemeralCluster, startEphemeralCluster } from '@promptory/db/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { runServer, type ServerProcess } from '../harness/run-server.ts';
import { send } from '../harness/send.ts';
import { filesOfGuide, type ReactProject, reactProject } from './react-project.ts';

// What docs/react.md shows, in a browser against a real server: alice works there, bob edits with her.

interface Account {
  readonly accessToken: string;
}

const alice = { email: 'alice@example.org', password: 'correct horse battery', name: 'Alice' };
const bob = { email: 'bob@example.org', password: 'battery horse correct', name: 'Bob' };
const PROMPTS = 45;

let project: ReactProject;
let cluster: EphemeralCluster;
let server: ServerProcess;
let pages: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let origin: string;
let asBob: Readonly<Record<string, string>>;
let asAlice: typeof asBob;
const errors: string[] = [];

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** Serves a folder that is there only once the project is built. */
async function servePages(folder: () => string): Promise<Server> {
  const listening = createServer((req, res) => {
    const path = req.url === '/' ? 'index.html' : (req.url ?? '').slice(1);
    readFile(join(folder(), path)).then(
      (bytes) => res.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(bytes),
      () => res.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return listening;
}

async function account(person: typeof alice): Promise<typeof asBob> {
  const { accessToken } = await send<Account>(server.url, 'POST', '/auth/register', person);
  return { authorization: `Bearer ${accessToken}` };
}

async function openPage(): Promise<Page> {
  const opened = await context.newPage();
  opened.on('pageerror', (error) => errors.push(error.message));
  await opened.goto(origin);
  return opened;
}

beforeAll(async () => {
  let folder = '';
  [project, cluster, pages, browser] = await Promise.all([
    reactProject(),
    startEphemeralCluster(),
    servePages(() => folder),
    launchChromium(),
  ]);
  origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
  await migrateToLatest(cluster);
  server = await runServer({
    NODE_ENV: 'test',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'a secret for the tests of the guide only',
    CORS_ORIGINS: origin,
  });
  folder = await project.build(server.url.replace('127.0.0.1', 'localhost'));
  [asAlice, asBob] = [await account(alice), await account(bob)];
  const rows = Array.from({ length: PROMPTS }, (_, index) => `Prompt ${index + 1},Content ${index + 1}`);
  const imported = await fetch(`${server.url}/prompts/import`, {
    method: 'POST',
    headers: { ...asAlice, 'content-type': 'text/csv' },
    body: ['title,content', ...rows, 'Haiku,Write a haiku', ''].join('\n'),
  });
  expect(await imported.text()).toContain(`"created":${PROMPTS + 1}`);
  context = await browser.newContext();
  page = await openPage();
});

afterAll(async () => {
  await browser?.close();
  pages?.close();
  await server?.stop();
  await cluster?.stop();
  await project?.remove();
});

const titles = () => page.getByRole('list', { name: 'Prompts' }).getByRole('listitem');
const idOf = async (title: string): Promise<string> => {
  const found = await send<{ items: Array<{ id: string; title: string }> }>(
    server.url,
    'GET',
    `/prompts?limit=100&q=${encodeURIComponent(title)}`,
    undefined,
    asAlice,
  );
  return found.items.find((item) => item.title === title)?.id ?? '';
};

it('is a whole application that compiles strictly beside the library, with one copy of tRPC', async () => {
  expect((await filesOfGuide()).size).toBeGreaterThanOrEqual(11);
  await project.compile();
  for (const name of ['@trpc/client', '@trpc/server']) {
    expect(await project.copiesOf(name)).toEqual([`node_modules/${name}`]);
  }
});

it('says what is wrong with a password, and signs in', async () => {
  await page.getByPlaceholder('E-mail').fill(alice.email);
  await page.getByPlaceholder('Password').fill('another password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('The address or the password is not right.').waitFor();
  await page.getByPlaceholder('Password').fill(alice.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});

it('shows the first page of a list, and the others as one scrolls to its end', async () => {
  await titles().nth(19).waitFor();
  expect(await titles().count()).toBeLessThanOrEqual(40);
  await page.getByRole('list', { name: 'Prompts' }).hover();
  const isAll = async () => {
    await page.mouse.wheel(0, 10_000);
    return page.getByText('That is all').count();
  };
  await expect.poll(isAll).toBe(1);
  expect(await titles().count()).toBe(PROMPTS + 1);
});

it('finds what is typed, by one call once the person has paused', async () => {
  const searches: string[] = [];
  const note = (request: { url(): string }) => {
    const [, q] = /"q":"([^"]+)"/.exec(decodeURIComponent(request.url())) ?? [];
    if (q !== undefined) searches.push(q);
  };
  page.on('request', note);
  // In one task of the page, so that a busy machine makes no pause between two letters.
  const field = page.getByPlaceholder('Search');
  await field.evaluate((input: { value: string; dispatchEvent(event: Event): void }) => {
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value')?.set;
    for (const typed of ['h', 'ha', 'hai', 'haik', 'haiku']) {
      set?.call(input, typed);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await expect.poll(() => titles().count()).toBe(1);
  expect(await titles().first().textContent()).toContain('Haiku');
  expect(searches).toEqual(['haiku']);
  page.off('request', note);
});

it('shows a favourite before the server has answered, and takes it back where the server refuses', async () => {
  const star = page.getByRole('button', { name: 'Favourite: Haiku' });
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await page.route(/favorites\.add/, async (route) => {
    await answered;
    await route.continue();
  });
  await star.click();
  await page.getByRole('button', { name: 'Favourite: Haiku', pressed: true }).waitFor();
  expect(await favorites()).toEqual([]);
  answer();
  await expect.poll(favorites).toEqual(['Haiku']);
  await page.unroute(/favorites\.add/);

  const { promise: seen, resolve: saw } = Promise.withResolvers<void>();
  await page.route(/favorites\.remove/, async (route) => {
    await seen;
    await route.abort();
  });
  await star.click();
  await page.getByRole('button', { name: 'Favourite: Haiku', pressed: false }).waitFor();
  saw();
  await page.getByRole('button', { name: 'Favourite: Haiku', pressed: true }).waitFor();
  await page.unroute(/favorites\.remove/);
  expect(await favorites()).toEqual(['Haiku']);
});

async function favorites(): Promise<string[]> {
  const { items } = await send<{ items: Array<{ prompt: { title: string } }> }>(
    server.url,
    'GET',
    '/users/favorites',
    undefined,
    asAlice,
  );
  return items.map(({ prompt }) => prompt.title);
}

it('moves a prompt within a group, and shows it at once', async () => {
  const { id } = await send<{ id: string }>(server.url, 'POST', '/groups', { name: 'Poems' }, asAlice);
  for (const title of ['Prompt 1', 'Prompt 2', 'Haiku']) {
    await send(server.url, 'POST', `/groups/${id}/prompts`, { promptId: await idOf(title) }, asAlice);
  }
  await send(server.url, 'POST', `/groups/${id}/members`, { email: bob.email, role: 'editor' }, asAlice);
  await page.reload();
  const order = () => page.getByRole('list', { name: 'Poems' }).getByRole('listitem').locator('span').allTextContents();
  await page.getByRole('button', { name: 'Move up: Haiku' }).click();
  await expect.poll(order).toEqual(['Prompt 1', 'Haiku', 'Prompt 2']);
  const stored = async () => {
    const group = await send<{ prompts: Array<{ prompt: { title: string } }> }>(
      server.url,
      'GET',
      `/groups/${id}`,
      undefined,
      asAlice,
    );
    return group.prompts.map(({ prompt }) => prompt.title);
  };
  await expect.poll(stored).toEqual(['Prompt 1', 'Haiku', 'Prompt 2']);
  await page.reload();
  await page.getByRole('list', { name: 'Poems' }).waitFor();
  await expect.poll(order).toEqual(['Prompt 1', 'Haiku', 'Prompt 2']);
});

it('shows the groups and the prompts of a group beyond the first page, and moves a prompt from one page to another', async () => {
  const { items } = await send<{ items: Array<{ id: string }> }>(
    server.url,
    'GET',
    '/prompts?limit=51',
    undefined,
    asAlice,
  );
  const { id } = await send<{ id: string }>(server.url, 'POST', '/groups', { name: 'Long' }, asAlice);
  const more = await send<{ id: string }>(server.url, 'POST', '/prompts', { title: 'The last', content: 'x' }, asAlice);
  const others = Array.from({ length: 4 }, (_, index) => ({ title: `Other ${index}`, content: 'x' }));
  const made = await Promise.all(
    others.map((prompt) => send<{ id: string }>(server.url, 'POST', '/prompts', prompt, asAlice)),
  );
  for (const promptId of [...items, ...made, more].map((prompt) => prompt.id)) {
    await send(server.url, 'POST', `/groups/${id}/prompts`, { promptId }, asAlice);
  }
  for (let index = 0; index < 10; index += 1) {
    await send(server.url, 'POST', '/groups', { name: `Group ${index}` }, asAlice);
  }
  await page.reload();
  await page.getByRole('button', { name: 'More groups' }).click();
  const long = page.getByRole('list', { name: 'Long' }).getByRole('listitem');
  await expect.poll(() => long.count()).toBe(50);
  await page.getByRole('button', { name: 'More of Long' }).click();
  await expect.poll(() => long.count()).toBe(items.length + 5);
  const place = async () => (await long.locator('span').allTextContents()).indexOf('The last');
  expect(await place()).toBe(items.length + 4);
  await page.getByRole('button', { name: 'Move up: The last' }).click();
  await expect.poll(place).toBe(items.length + 3);
  expect(await long.count()).toBe(items.length + 5);
});

it('says who changed a prompt meanwhile, and lets the person decide', async () => {
  const id = await idOf('Haiku');
  const content = async () =>
    (await send<{ content: string }>(server.url, 'GET', `/prompts/${id}`, undefined, asAlice)).content;
  const edit = async (text: string) => {
    await page.getByPlaceholder('Search').fill('haiku');
    await page.getByRole('button', { name: 'Haiku', exact: true }).click();
    await page.getByRole('textbox', { name: 'Content' }).fill(text);
  };
  await edit('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('content: Must not be empty').waitFor();

  await page.getByRole('textbox', { name: 'Content' }).fill('Hers');
  await send(server.url, 'PUT', `/prompts/${id}`, { content: 'His' }, asBob);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').getByText('Bob saved version 2 meanwhile.').waitFor();
  expect(await content()).toBe('His');
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByPlaceholder('Search').waitFor();
  expect(await content()).toBe('Hers');

  await edit('Hers again');
  await send(server.url, 'PUT', `/prompts/${id}`, { content: 'His again' }, asBob);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Show it' }).click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Content' }).inputValue()).toBe('His again');
  await page.getByRole('button', { name: 'Close' }).click();
  expect(await content()).toBe('His again');
});

it('imports a file, and shows how far it is', async () => {
  const rows = Array.from({ length: 1_200 }, (_, index) => `Imported ${index + 1},Imported content ${index + 1}`);
  // Each value that the bar has had.
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    const { document, MutationObserver } = globalThis as unknown as {
      document: { body: unknown; querySelector(name: string): { value: number } | null };
      MutationObserver: new (callback: () => void) => { observe(node: unknown, options: object): void };
    };
    const note = () => {
      const bar = document.querySelector('progress');
      if (bar !== null && seen.at(-1) !== bar.value) seen.push(bar.value);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  const buffer = Buffer.from(`title,content\n${rows.join('\n')}\n,Without a title\n`);
  await page.getByLabel('Import').setInputFiles({ name: 'prompts.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('status').getByText('1200 prompts are new.').waitFor();
  await page.getByText(/^Row 1201: title: /).waitFor();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  expect(seen.every((value) => value >= 0 && value <= 1)).toBe(true);
});

it('knows in every tab when a session begins and ends, and shows nothing of it any more', async () => {
  const other = await openPage();
  await other.getByRole('button', { name: 'Sign out' }).waitFor();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await page.getByPlaceholder('E-mail').waitFor();
  await other.getByPlaceholder('E-mail').fill(bob.email);
  await other.getByPlaceholder('Password').fill(bob.password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Poems' }).waitFor();
  // Bob sees what alice shares with him, and none of what was hers.
  await expect.poll(() => titles().count()).toBe(3);
  await other.close();
  expect(errors).toEqual([]);
});
