import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { createPromptory, isPromptoryError } from '@promptory/client';
import type { openBundle } from '@promptory/client/bundle';
import { migrateToLatest } from '@promptory/db/migrate';
import { type EphemeralCluster, startEphemeralCluster } from '@promptory/db/testing';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runServer, type ServerProcess } from '../harness/run-server.ts';
import { launchChromium } from './chromium.ts';

// What the bundle puts on a page's window; the functions given to `evaluate` run there.
declare const client: {
  createPromptory: typeof createPromptory;
  isPromptoryError: typeof isPromptoryError;
  openBundle: typeof openBundle;
};
declare const document: { readonly cookie: string };
declare const localStorage: { readonly length: number };
declare const sessionStorage: typeof localStorage;

const credentials = { email: 'alice@example.org', password: 'correct horse battery' };

let cluster: EphemeralCluster;
let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;
let allowed: { page: Page; server: Server; origin: string };
let foreign: typeof allowed;
/** Allowed too, but named by address: of another site than `localhost`. */
let otherSite: typeof allowed;
/** The server, named as pages name it: cookies of `localhost` are sent from pages of `localhost`. */
let api: string;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createPromptory, isPromptoryError } from '@promptory/client';
        import { openBundle } from '@promptory/client/bundle';
        globalThis.client = { createPromptory, isPromptoryError, openBundle };`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    conditions: ['@promptory/source'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** A site of one page, on a port of its own: that makes an origin. */
async function site(script: string): Promise<{ server: Server; origin: string }> {
  const listening = createServer((req, res) => {
    const isScript = req.url === '/client.js';
    res.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
    res.end(isScript ? script : '<!doctype html><title>Page</title><script src="/client.js"></script>');
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { server: listening, origin: `http://localhost:${(listening.address() as AddressInfo).port}` };
}

async function openPage({ server: own, origin }: { server: Server; origin: string }): Promise<typeof allowed> {
  const page = await context.newPage();
  await page.goto(origin);
  return { page, server: own, origin };
}

beforeAll(async () => {
  const script = await bundle();
  const sites = [await site(script), await site(script), await site(script)] as const;
  const byAddress = sites[2].origin.replace('localhost', '127.0.0.1');
  cluster = await startEphemeralCluster();
  await migrateToLatest(cluster);
  server = await runServer({
    NODE_ENV: 'test',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'a secret for the tests of the browser only',
    CORS_ORIGINS: `${sites[0].origin},${byAddress}`,
  });
  api = server.url.replace('127.0.0.1', 'localhost');
  const registered = await fetch(`${server.url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, name: 'Alice' }),
  });
  expect(registered.status).toBe(201);
  browser = await launchChromium();
  context = await browser.newContext();
  allowed = await openPage(sites[0]);
  foreign = await openPage(sites[1]);
  otherSite = await openPage({ ...sites[2], origin: byAddress });
});

afterAll(async () => {
  await browser?.close();
  for (const opened of [allowed, foreign, otherSite]) opened?.server.close();
  await server?.stop();
  await cluster?.stop();
});

it('signs in with a cookie session from an allowed origin, lists and creates', async () => {
  const seen = await allowed.page.evaluate(
    async ({ url, credentials: given }) => {
      const promptory = client.createPromptory({ url, session: 'cookie' });
      const before = await promptory.$restore();
      await promptory.$signIn(given);
      const made = await promptory.prompts.create.mutate({ title: 'From a browser', content: 'Hello.' });
      const [page, me] = await Promise.all([promptory.prompts.list.query({ owner: 'me' }), promptory.me.get.query({})]);
      const said = await promptory.prompt(`${made.slug}@latest`).render();
      const exported: string[] = [];
      for await (const prompt of await promptory.transfer.export.query({ scope: 'mine' })) exported.push(prompt.title);
      return {
        before,
        state: promptory.$session,
        made: made.title,
        titles: page.items.map(({ title }) => title),
        email: me.email,
        said: said.text,
        exported,
      };
    },
    { url: api, credentials },
  );
  expect(seen).toEqual({
    before: false,
    state: 'signed_in',
    made: 'From a browser',
    titles: ['From a browser'],
    email: credentials.email,
    said: 'Hello.',
    exported: ['From a browser'],
  });
});

it('opens a bundle that a server has signed, and none that was changed', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const signed = { createdAt: '', format: 'promptory-bundle', groups: [], issuer: '', prompts: [], version: 1 };
  const value = sign(null, Buffer.from(JSON.stringify(signed)), privateKey).toString('base64url');
  const signature = { algorithm: 'Ed25519', keyId: 'k', publicKey: x, value };
  const text = JSON.stringify({ ...signed, signature });
  const seen = await allowed.page.evaluate(
    async ({ texts, key }) => {
      const opening = texts.map((one) => client.openBundle(one, { keys: [key] }));
      return (await Promise.allSettled(opening)).map(({ status }) => status);
    },
    { texts: [text, text.replace('"issuer":""', '"issuer":"x"')], key: { kty: 'OKP', crv: 'Ed25519', x, kid: 'k' } },
  );
  expect(seen).toEqual(['fulfilled', 'rejected']);
});

it('imports a file that the page has, and tells of each row', async () => {
  const events = await allowed.page.evaluate(async (url) => {
    const promptory = client.createPromptory({ url, session: 'cookie' });
    const file = new Blob(['title,content\nFrom a file,Hello again.\n'], { type: 'text/csv' });
    const seen = [];
    for await (const event of promptory.$import(file, { type: 'text/csv', dryRun: true })) seen.push(event);
    return seen;
  }, api);
  expect(events.filter(({ type }) => type !== 'progress')).toEqual([
    expect.objectContaining({ type: 'row', title: 'From a file', outcome: 'created' }),
    expect.objectContaining({ type: 'done', dryRun: true, created: 1 }),
  ]);
});

it('keeps the session over a reload in a cookie that no script of the page can read', async () => {
  await allowed.page.reload();
  const seen = await allowed.page.evaluate(async (url) => {
    const promptory = client.createPromptory({ url, session: 'cookie' });
    const page = await promptory.prompts.list.query({ owner: 'me' });
    return { count: page.items.length, cookie: document.cookie, stored: localStorage.length + sessionStorage.length };
  }, api);
  expect(seen).toEqual({ count: 1, cookie: '', stored: 0 });
  const [cookie, ...others] = await context.cookies(api);
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  expect(cookie?.name).toMatch(/^__Host-/);
});

it('lets a page of another origin neither sign in, list nor create, with the cookie in the same browser', async () => {
  const codes = await foreign.page.evaluate(
    async ({ url, credentials: given }) => {
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          (value) => `answered ${JSON.stringify(value)}`,
          (error: unknown) => (client.isPromptoryError(error) ? error.code : String(error)),
        );
      const promptory = client.createPromptory({ url, session: 'cookie', retry: false });
      const outcomes = {
        restore: await codeOf(promptory.$restore()),
        signIn: await codeOf(promptory.$signIn(given)),
        list: await codeOf(promptory.prompts.list.query({})),
        create: await codeOf(promptory.prompts.create.mutate({ title: 'Forged', content: 'Forged.' })),
      };
      // As a page does that needs no preflight and cares for no answer.
      const forged = { method: 'POST', body: JSON.stringify({ title: 'Forged', content: 'Forged.' }) };
      await codeOf(fetch(`${url}/prompts`, { ...forged, mode: 'no-cors', credentials: 'include' }));
      return outcomes;
    },
    { url: api, credentials },
  );
  expect(codes).toEqual({
    restore: 'client.network',
    signIn: 'client.network',
    list: 'client.network',
    create: 'client.network',
  });
  const titles = await allowed.page.evaluate(async (url) => {
    const promptory = client.createPromptory({ url, session: 'cookie' });
    return (await promptory.prompts.list.query({ owner: 'me' })).items.map(({ title }) => title);
  }, api);
  expect(titles).toEqual(['From a browser']);
});

it('says to an allowed page of another site that its browser would keep no cookie, and lets it in by tokens', async () => {
  const seen = await otherSite.page.evaluate(
    async ({ url, credentials: given }) => {
      const promptory = client.createPromptory({ url, session: 'cookie', retry: false });
      const refusal = await promptory.$signIn(given).then(
        () => 'signed in',
        (error: unknown) => (client.isPromptoryError(error) ? `${error.code}: ${error.message}` : String(error)),
      );
      const { accessToken } = await promptory.auth.login.mutate(given);
      const byToken = client.createPromptory({ url, getToken: () => accessToken });
      return { refusal, email: (await byToken.me.get.query({})).email };
    },
    { url: api, credentials },
  );
  expect(seen).toEqual({
    refusal: expect.stringMatching(/^request\.cookie_not_kept: .*another site.*`session: "token"`/),
    email: credentials.email,
  });
});

it('ends the session when the person signs out: neither the page nor a reload gets in any more', async () => {
  const signOut = await allowed.page.evaluate(async (url) => {
    const promptory = client.createPromptory({ url, session: 'cookie' });
    await promptory.$restore();
    await promptory.$signOut();
    return promptory.$session;
  }, api);
  expect(signOut).toBe('signed_out');
  expect(await context.cookies(api)).toEqual([]);
  await allowed.page.reload();
  const restored = await allowed.page.evaluate(
    (url) => client.createPromptory({ url, session: 'cookie' }).$restore(),
    api,
  );
  expect(restored).toBe(false);
});
