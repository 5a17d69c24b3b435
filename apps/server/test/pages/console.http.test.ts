import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConsole } from '../../src/routes/console/built-console.ts';
import { type BootedApp, bootApp } from '../harness/boot.ts';

/** What browsers send as somebody opens an address. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const PAGE = '<!doctype html><title>Promptory</title><script type="module" src="/console/main-0a1b.js"></script>';
const ID = '01900000-0000-7000-8000-000000000001';

let folder: string;
let server: BootedApp;
let without: BootedApp;

/** A console as the build leaves one behind. */
async function write(name: string, text: string): Promise<void> {
  const body = Buffer.from(text);
  await writeFile(join(folder, name), body);
  await writeFile(join(folder, `${name}.gz`), gzipSync(body));
  await writeFile(join(folder, `${name}.br`), brotliCompressSync(body));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptory-console-'));
  await write('index.html', PAGE);
  await write('main-0a1b.js', 'export {};\n'.repeat(100));
  const addresses = ['/', '/prompts', '/prompts/:id', '/prompts/:id/edit'];
  await writeFile(
    join(folder, 'console.json'),
    JSON.stringify({ page: 'index.html', files: ['main-0a1b.js'], addresses }),
  );
  server = await bootApp({ app: { consoleFolder: folder } });
  without = await bootApp({ beside: server, app: { consoleFolder: join(folder, 'nowhere') } });
});

afterAll(async () => {
  await without?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an address that the console and the API share', () => {
  it.each(['/prompts', `/prompts/${ID}`])('is the page at %s to a browser, and an answer to a program', async (url) => {
    const page = await server.call({ url, headers: { accept: BROWSER } });
    expect([page.statusCode, page.headers['content-type'], page.body]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/html;q=0.9']) {
      const answer = await server.call({ url, headers: accept === undefined ? {} : { accept } });
      const asBefore = await without.call({ url, headers: accept === undefined ? {} : { accept } });
      expect([answer.statusCode, answer.json().code], accept).toEqual([401, 'auth.required']);
      expect(answer.headers.vary, accept).toBe(asBefore.headers.vary);
    }
  });

  it('keeps both apart in every cache: the page varies with Accept, and the answer is not kept', async () => {
    const page = await server.call({ url: `/prompts/${ID}`, headers: { accept: BROWSER } });
    expect(String(page.headers.vary).toLowerCase().split(', ')).toEqual(
      expect.arrayContaining(['origin', 'accept', 'accept-encoding']),
    );
    expect(page.headers['cache-control']).toBe('no-cache');
    const answer = await server.call({ url: `/prompts/${ID}` });
    expect(answer.headers['cache-control']).toBe('no-store');
    const again = { accept: BROWSER, 'if-none-match': String(page.headers.etag) };
    expect((await server.call({ url: '/prompts', headers: again })).statusCode).toBe(304);
  });

  it('is the page with whatever is searched for, but not with a key in the address', async () => {
    const found = await server.call({ url: '/?q=%E2%82%AC&tag=a', headers: { accept: BROWSER } });
    expect(found.body).toBe(PAGE);
    const key = `pty_live_${'a'.repeat(38)}`;
    const refused = await server.call({ url: `/?q=${key}`, headers: { accept: BROWSER } });
    expect([refused.statusCode, refused.body.includes(key)]).toEqual([400, false]);
  });

  it('sends nothing but the head to who asks for that, and no page to who changes something', async () => {
    const head = await server.call({ method: 'HEAD', url: '/', headers: { accept: BROWSER } });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    const posted = await server.call({ method: 'POST', url: '/prompts', headers: { accept: BROWSER }, payload: {} });
    expect(posted.body).not.toContain(PAGE);
  });
});

it('lets its page run its own files alone, none of them in the page itself', async () => {
  const { headers } = await server.call({ url: '/', headers: { accept: BROWSER } });
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(policy).not.toMatch(/unsafe|https?:|\*|nonce|sha256/);
  for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", 'trusted-types worker']) {
    expect(policy.split('; ')).toContain(part);
  }
});

it('sends its files in the smallest form that is taken, to be kept for good', async () => {
  const url = '/console/main-0a1b.js';
  const text = 'export {};\n'.repeat(100);
  const read = { br: brotliDecompressSync, gzip: gunzipSync } as const;
  for (const [accepted, coding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
  ] as const) {
    const file = await server.call({ url, headers: { 'accept-encoding': accepted } });
    expect(file.headers).toMatchObject({
      'content-encoding': coding,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(read[coding](file.rawPayload).toString()).toBe(text);
  }
  const plain = await server.call({ url });
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, text]);
});

it.each(['/console/other.js', '/console/index.html', '/console/console.json', '/console/..%2fpackage.json'])(
  'has nothing at %s',
  async (url) => {
    const none = await server.call({ url });
    expect([none.statusCode, none.headers['cache-control']]).toEqual([404, 'no-store']);
  },
);

it('leaves every other address as it was', async () => {
  for (const url of ['/docs', '/sign-in', '/users/me', '/nowhere', '/prompts/templates/x', '/openapi.json']) {
    const asked = { url, headers: { accept: BROWSER } };
    const [now, before] = [await server.call(asked), await without.call(asked)];
    expect([now.statusCode, now.headers['content-type'], now.headers.vary], url).toEqual([
      before.statusCode,
      before.headers['content-type'],
      before.headers.vary,
    ]);
  }
  expect((await server.call({ url: '/' })).headers.location).toMatch(/\/docs$/);
});

describe('where it is not built', () => {
  it('says at the root how to build it, and leads programs to the documentation', async () => {
    const page = await without.call({ url: '/', headers: { accept: BROWSER } });
    expect([page.statusCode, page.body]).toEqual([404, expect.stringContaining('pnpm build')]);
    expect((await without.call({ url: '/' })).statusCode).toBe(302);
    const api = await without.call({ url: `/prompts/${ID}`, headers: { accept: BROWSER } });
    expect(api.json().code).toBe('auth.required');
  });

  it('is so while it is being built', async () => {
    await rm(join(folder, 'main-0a1b.js.br'));
    expect(await readConsole(folder)).toBe(null);
  });
});
