import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { inSlices, sendStatic, staticAnswer } from './static-answer.ts';

const TEXT = 'A text that is long enough to be worth compressing. '.repeat(40);

const LONG_TEXT = TEXT.repeat(200);
const SLICE_BYTES = 65_536;

const app = fastify();
const answer = await staticAnswer(TEXT, 'text/plain; charset=utf-8');
const long = await staticAnswer(LONG_TEXT, 'text/plain; charset=utf-8');
app.get('/long', async (req, reply) => sendStatic(req, reply, long));
app.get('/', async (req, reply) => sendStatic(req, reply.header('vary', 'Origin'), answer));

const ask = (headers: Record<string, string>, url = '/') => app.inject({ url, headers });

describe('a static answer', () => {
  it.each([
    'gzip',
    'GZIP',
    '*',
    'gzip, deflate, br, zstd',
    'gzip;q=0.001',
    'br, gzip;q=0.5, *;q=0',
    'identity;q=0, *',
    'identity;q=0.5, gzip;q=0.6',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
  ])('is compressed for who accepts %j', async (accepted) => {
    const { headers, rawPayload } = await ask({ 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(rawPayload).toString()).toBe(TEXT);
    expect(rawPayload.length).toBeLessThan(TEXT.length / 5);
  });

  it.each([
    undefined,
    '',
    'identity',
    'br',
    'xgzip',
    'gzip;q=0',
    'gzip; q=0.000',
    'gzip;q=0, *',
    '*;q=0',
    'gzip;q=0, identity',
    'gzip;q=0.5, identity;q=0.8',
    'identity;q=0',
    'gzip;q=later',
    `gzip${',*'.repeat(250)}`,
  ])('is sent as it is to who accepts %j', async (accepted) => {
    const { headers, body } = await ask(accepted === undefined ? {} : { 'accept-encoding': accepted });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(body).toBe(TEXT);
  });

  it('tells caches that it depends on the encoding, whatever was sent', async () => {
    for (const accepted of ['gzip', 'identity', 'gzip;q=0']) {
      expect((await ask({ 'accept-encoding': accepted })).headers.vary).toBe('Origin, accept-encoding');
    }
  });

  it('is sent whole where it is long, with its length, and to HEAD without it', async () => {
    const whole = await ask({ 'accept-encoding': 'identity' }, '/long');
    expect([whole.body === LONG_TEXT, whole.headers['content-length']]).toEqual([true, String(LONG_TEXT.length)]);
    const head = await app.inject({ method: 'HEAD', url: '/long' });
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', String(LONG_TEXT.length)]);
  });

  it('has a strong ETag of its own in each encoding, and is not sent again to who has it', async () => {
    const tags: string[] = [];
    for (const accepted of ['gzip', 'identity']) {
      const { headers } = await ask({ 'accept-encoding': accepted });
      const tag = String(headers.etag);
      expect(tag).toMatch(/^"[^"]+"$/);
      tags.push(tag);
      for (const known of [tag, `W/${tag}`, `"another", ${tag}`, '*']) {
        const again = await ask({ 'accept-encoding': accepted, 'if-none-match': known });
        expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
        expect(again.headers).toMatchObject({ vary: 'Origin, accept-encoding', 'cache-control': 'no-cache' });
        // It would be taken for the length of the text (RFC 9110, 8.6).
        expect(again.headers).not.toHaveProperty('content-length');
      }
    }
    expect(new Set(tags).size).toBe(2);
    expect((await ask({ 'if-none-match': '"another"' })).statusCode).toBe(200);
    const { headers } = await ask({});
    const reload = await ask({ 'if-none-match': String(headers.etag), 'cache-control': 'no-cache' });
    expect(reload.statusCode).toBe(304);
  });
});

describe('the slices of a static answer', () => {
  it('are given to many readers by a few at once, and to each whole and in order', async () => {
    const body = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 1_000).join());
    const readers = Array.from({ length: 30 }, () => inSlices(body));
    let inTurn = 0;
    let most = 0;
    for (const reader of readers) {
      const push = reader.push.bind(reader);
      reader.push = (slice) => {
        inTurn += 1;
        most = Math.max(most, inTurn);
        return push(slice);
      };
    }
    const tick = (): void => {
      inTurn = 0;
      ticking = setImmediate(tick);
    };
    let ticking = setImmediate(tick);
    const read = await Promise.all(readers.map((reader) => buffer(reader)));
    clearImmediate(ticking);
    expect(read.every((each) => each.equals(body))).toBe(true);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
  });

  it.each([1, 30])('leave the loop to others after every four, where readers are %d', async (count) => {
    // Of its own: what others have asked for is not counted.
    vi.resetModules();
    const fresh = await import('./static-answer.ts');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const body = Buffer.alloc(24 * SLICE_BYTES, 'x');
      const readers = Array.from({ length: count }, () => fresh.inSlices(body));
      let bytes = 0;
      for (const reader of readers) reader.on('data', (slice: Buffer) => (bytes += slice.byteLength));
      const turns = async () => {
        for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      };
      await turns();
      const given = [bytes];
      for (let pause = 0; pause < 3; pause += 1) {
        vi.advanceTimersByTime(1);
        await turns();
        given.push(bytes);
        vi.advanceTimersByTime(1);
        await turns();
        given.push(bytes);
      }
      expect(given).toEqual([4, 4, 8, 8, 12, 12, 16].map((slices) => slices * SLICE_BYTES));
      for (const reader of readers) reader.destroy();
    } finally {
      vi.useRealTimers();
    }
  });

  it('are given to others where a reader is gone', async () => {
    const body = Buffer.alloc(300_000, 'x');
    const [gone, stays] = [inSlices(body), inSlices(body)];
    const [read] = await Promise.all([buffer(stays), buffer(gone).catch(() => null), gone.destroy()]);
    expect(read.equals(body)).toBe(true);
  });
});
