import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { givenPerson } from '@promptory/api/testing';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { sendChunks } from '../harness/send-chunks.ts';

const server = await givenApp();
const base = await server.url();
const headers = await server.as.person(await givenPerson(server.services, { handle: 'alice' }));

const MEBIBYTE = 1_048_576;
const prompt = (bytes: number): string => JSON.stringify({ title: 'a', content: 'x'.repeat(bytes) });

/** What the server answers to bytes that may be no HTTP. */
async function raw(bytes: string): Promise<string> {
  const { port } = new URL(base);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

describe('bodies', () => {
  it.each([
    ['nobody', {}, 'auth.required'],
    ['a token that is none', { authorization: 'Bearer nonsense' }, 'auth.invalid_token'],
  ] as const)('of more than 16 KiB of %s are answered over the wire as its calls are', async (_, credential, code) => {
    for (const path of ['prompts.create', 'prompts.create,prompts.create?batch=1']) {
      const answer = await fetch(`${base}/trpc/${path}`, {
        method: 'POST',
        headers: { ...credential, 'content-type': 'application/json' },
        body: prompt(20_000),
      });
      expect(answer.status).toBe(401);
      const [first] = [await answer.json()].flat();
      expect(first).toMatchObject({ error: { data: { code, httpStatus: 401 } } });
    }
  });

  it.each(['/prompts', '/trpc/prompts.create'])('over one mebibyte are refused at %s', async (path) => {
    const send = (body: string) =>
      fetch(`${base}${path}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
    // White space behind it is of the body too.
    expect((await send(prompt(1_000).padEnd(MEBIBYTE))).status).toBeLessThan(300);
    expect((await send(prompt(1_000).padEnd(MEBIBYTE + 1))).status).toBe(413);
    const refused = await send(prompt(MEBIBYTE));
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain('request.too_large');
    expect((await send(prompt(50_000))).status).toBeLessThan(300);
  });

  it.each([
    ['/prompts', 'application/json', 413],
    ['/trpc/prompts.create', 'application/json', 413],
    ['/prompts', 'text/plain', 415],
    ['/prompts', 'multipart/form-data; boundary=x', 415],
    ['/trpc/prompts.create', 'multipart/form-data; boundary=x', 415],
    ['/nowhere', 'application/octet-stream', 404],
  ] as const)('of 200 MB in chunks to %s as %s are cut off with %i', async (path, type, status) => {
    const before = process.memoryUsage().rss;
    const answer = await sendChunks(`${base}${path}`, { ...headers, 'content-type': type });
    expect(answer.status).toBe(status);
    expect(answer.sent).toBeLessThan(20 * MEBIBYTE);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEBIBYTE);
  });

  it.each([
    ['not JSON', '{"title":'],
    ['a prototype', '{"__proto__":{"isAdmin":true},"title":"a","content":"b"}'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['nothing', ''],
  ])('that are %s are 400 on both transports', async (_name, body) => {
    for (const path of ['/prompts', '/trpc/prompts.create']) {
      const response = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      });
      expect([path, response.status]).toEqual([path, 400]);
    }
  });
});

describe('requests that are none', () => {
  it('are answered with a problem and the security headers, and their connection ends', async () => {
    const answer = await raw('NOT HTTP AT ALL\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).toContain('"code":"request.malformed"');
  });

  it('of more than 16 KB of headers are refused', async () => {
    const answer = await raw(`GET /health/live HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    'TRACE /prompts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'TRACE /trpc/prompts.list HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'PROPFIND /prompts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /trpc/prompts.list HTTP/1.1\r\nHost: a b:c/d\r\nConnection: close\r\n\r\n',
    'GET /prompts HTTP/1.1\r\nHost: @@@\r\nConnection: close\r\n\r\n',
    'GET //evil.example/prompts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET http://evil.example/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'POST /prompts HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    'POST /prompts HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\nConnection: close\r\n\r\n',
    'GET /% HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  ])('%j never costs a 5xx', async (bytes) => {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(await raw(bytes))?.[1]);
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
  });
});
