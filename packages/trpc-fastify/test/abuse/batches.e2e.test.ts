import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request, sendRaw } from './raw-request.ts';
import { startServer, type WatchedServer } from './watched-server.ts';

const MB = 1_048_576;
const CALLS = 10_000;
const LEAST_LIMIT = 1_000;

/** One with the product's header limit, and one that lets every URL through to the transports. */
let strict: WatchedServer;
let lenient: WatchedServer;

beforeAll(async () => {
  [strict, lenient] = await Promise.all([startServer(), startServer({ maxHeaderSize: MB })]);
});

afterAll(async () => {
  expect(await Promise.all([strict.close(), lenient.close()])).toEqual([0, 0]);
});

const many = (path: string, comma = ',') => Array.from({ length: CALLS }, () => path).join(comma);
const inputs = JSON.stringify(Object.fromEntries(Array.from({ length: CALLS }, (_, index) => [index, { id: 'a' }])));

function post(url: string, body: string): string {
  const headers = ['host: localhost', 'content-type: application/json', `content-length: ${body.length}`];
  return request(`POST ${url}`, headers) + body;
}

const batches: [name: string, bytes: string][] = [
  ['queries by GET', request(`GET /trpc/${many('ping')}?batch=1`)],
  ['queries by GET, with inputs', request(`GET /trpc/${many('get')}?batch=1&input=${encodeURIComponent(inputs)}`)],
  ['queries by GET, as a stream', request(`GET /trpc/${many('ping')}?batch=1`, ['trpc-accept: application/jsonl'])],
  ['mutations by POST', post(`/trpc/${many('create')}?batch=1`, inputs)],
  ['names of procedures that do not exist', post(`/trpc/${many('nothing')}?batch=1`, inputs)],
  ['empty names, commas only, by GET', request(`GET /trpc/${many('')}?batch=1`)],
  ['empty names, commas only, by POST', post(`/trpc/${many('')}?batch=1`, inputs)],
  ['encoded commas', request(`GET /trpc/${many('ping', '%2C')}?batch=1`)],
  ['commas encoded twice', request(`GET /trpc/${many('ping', '%252C')}?batch=1`)],
  ['the same parameter again and again', request(`GET /trpc/${many('ping')}?${many('batch=1', '&')}`)],
];

describe('a batch of 10,000 calls', () => {
  it.each(batches)('%s: runs nothing, and is refused', async (_name, bytes) => {
    const before = await lenient.look();
    const refused = await sendRaw(lenient.port, bytes);
    const after = await lenient.look();
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(after.calls).toBe(before.calls);
    expect(after.failures).toEqual({});
  });

  it.each(batches)('%s: is refused where headers are limited to 16 KB, too', async (_name, bytes) => {
    const { status, closed } = await sendRaw(strict.port, bytes);
    expect([400, 431]).toContain(status);
    expect(closed).toBe(true);
  });

  it('costs no memory, two hundred at once', async () => {
    const before = await lenient.mark();
    const bytes = batches.map(([, each]) => each);
    const sent = Array.from({ length: 200 }, (_, index) => sendRaw(lenient.port, bytes[index % bytes.length] ?? ''));
    const statuses = new Set((await Promise.all(sent)).map(({ status }) => Math.floor((status ?? 0) / 100)));
    const after = await lenient.when(({ connections }) => connections === 0);
    expect([...statuses]).toEqual([4]);
    expect(after.calls).toBe(before.calls);
    expect(after.live - before.live).toBeLessThan(4 * MB);
  });
});

describe('a batch at the limit', () => {
  const upTo = (count: number) => Array.from({ length: count }, () => 'ping').join(',');

  it('runs, with inputs of calls that are not there', async () => {
    const before = await lenient.look();
    const answer = await sendRaw(
      lenient.port,
      request(`GET /trpc/${upTo(LEAST_LIMIT)}?batch=1&input=${encodeURIComponent(inputs)}`),
    );
    expect(answer.status).toBe(200);
    expect((await lenient.look()).calls).toBe(before.calls + LEAST_LIMIT);
  });

  it('is refused with one call more', async () => {
    const before = await lenient.look();
    expect((await sendRaw(lenient.port, request(`GET /trpc/${upTo(LEAST_LIMIT + 1)}?batch=1`))).status).toBe(400);
    expect((await lenient.look()).calls).toBe(before.calls);
  });
});
