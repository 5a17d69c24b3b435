import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPLOAD_BYTES } from './abuse-router.ts';
import { sendRaw } from './raw-request.ts';
import { type BodyToSend, type SentBody, sendBody } from './send-body.ts';
import { startServer, type WatchedServer } from './watched-server.ts';

const MB = 1_048_576;
const HUGE = 200 * MB;
const AT_ONCE = 20;
const FORM = 'multipart/form-data; boundary=b';
const PART = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';

let server: WatchedServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  expect(await server.close()).toBe(0);
});

/** Bytes that may be taken of each connection: refused by its head, and by its length as it comes. */
const UNREAD = MB;
const COUNTED = UPLOAD_BYTES + 2 * MB;
/** Growth of the process while twenty connections push, and of what is left after a collection. */
const PEAK = 96 * MB;
const RETAINED = 4 * MB;

const posts: [name: string, head: string, status: number, most: number, before?: string][] = [
  ['JSON to the wire', post('/trpc/create', 'application/json'), 413, COUNTED, '{"title":"'],
  ['JSON to a batch', post('/trpc/create,create?batch=1', 'application/json'), 413, COUNTED, '{"0":{"title":"'],
  ['JSON to a path that does not exist', post('/trpc/nothing', 'application/json'), 413, COUNTED, '{"a":"'],
  ['a form to a procedure that did not ask for one', post('/trpc/create', FORM), 415, UNREAD, PART],
  ['a form to a procedure that takes a little', post('/trpc/form', FORM), 413, COUNTED, PART],
  ['bytes to a procedure that did not ask for them', post('/trpc/create', 'application/octet-stream'), 415, UNREAD],
  ['bytes to a procedure that takes a little', post('/trpc/upload', 'application/octet-stream'), 413, COUNTED],
  ['text to the wire', post('/trpc/create', 'text/plain'), 415, UNREAD],
  ['a body without a type to the wire', 'POST /trpc/create HTTP/1.1', 415, UNREAD],
  ['another method to the wire', 'PUT /trpc/create HTTP/1.1\r\ncontent-type: application/json', 405, UNREAD],
  ['JSON to REST', post('/notes', 'application/json'), 413, COUNTED, '{"title":"'],
  ['a form to REST', post('/notes', FORM), 415, UNREAD, PART],
  ['another method to REST', 'PUT /notes HTTP/1.1\r\ncontent-type: application/json', 405, UNREAD],
  ['bytes to an import', post('/import', 'application/octet-stream'), 413, COUNTED],
  ['bytes to an import that answers in a stream', post('/import-rows', 'text/csv'), 413, COUNTED],
  ['JSON to an import of other types', post('/import', 'application/json'), 415, UNREAD],
];

/** Bodies that nobody asked for are not a fault by themselves: the answer comes, and the connection ends. */
const unread: [name: string, head: string, status: number][] = [
  ['a query of the wire', 'GET /trpc/ping HTTP/1.1', 200],
  ['a query of the wire that fails', 'GET /trpc/nothing HTTP/1.1', 404],
  ['a batch by GET', 'GET /trpc/ping,ping?batch=1 HTTP/1.1', 200],
  ['a batch that streams', 'GET /trpc/ping,ping?batch=1 HTTP/1.1\r\ntrpc-accept: application/jsonl', 200],
  ['HEAD to the wire', 'HEAD /trpc/ping HTTP/1.1', 204],
  ['OPTIONS to the wire', 'OPTIONS /trpc/ping HTTP/1.1', 204],
  ['a query over REST', 'GET /notes/1 HTTP/1.1', 200],
  ['HEAD over REST', 'HEAD /notes/1 HTTP/1.1', 200],
  ['an import that reads none of it', post('/ignore', 'text/csv'), 200],
];

function post(path: string, type: string): string {
  return `POST ${path} HTTP/1.1\r\ncontent-type: ${type}`;
}

/** Sends the body on `times` connections at once and looks at what it cost the server. */
async function cost(times: number, what: BodyToSend) {
  const before = await server.mark();
  const answers = await Promise.all(Array.from({ length: times }, () => sendBody(server.port, what)));
  let after = await server.when(({ connections }) => connections === 0);
  // What a body was parsed into may outlive one collection; what leaks outlives them all.
  for (let tries = 0; tries < 20 && after.live - before.live >= RETAINED; tries += 1) {
    await sleep(100);
    after = await server.state();
  }
  return {
    answers,
    taken: (after.taken - before.taken) / times,
    peak: after.peakRss - before.rss,
    peakLive: after.peakLive - before.live,
    retained: after.live - before.live,
    state: after,
  };
}

/** The statuses of the answers; a client that keeps sending may lose its answer when the connection ends. */
const statusesOf = (answers: readonly SentBody[]) =>
  answers.map(({ status }) => status).filter((status) => status !== undefined);
const times = (status: number, { length }: readonly unknown[]) => Array.from({ length }, () => status);

describe('bodies of 200 MB in chunks, twenty at once', () => {
  it.each(posts)('%s: are refused early, and cost no memory', async (_name, head, status, most, before = '') => {
    const { answers, taken, state, peak, retained } = await cost(AT_ONCE, { head, total: HUGE, before });
    expect(statusesOf(answers)).toEqual(times(status, statusesOf(answers)));
    expect(answers.filter(({ closed }) => !closed)).toHaveLength(0);
    expect(taken).toBeLessThan(most);
    expect(peak).toBeLessThan(PEAK);
    expect(retained).toBeLessThan(RETAINED);
    expect(state).toMatchObject({ connections: 0, failures: {} });
  });

  it.each(unread)('%s: are answered and not read', async (_name, head, status) => {
    const { answers, taken, state, peak, retained } = await cost(AT_ONCE, { head, total: HUGE });
    expect(statusesOf(answers)).toEqual(times(status, statusesOf(answers)));
    expect(answers.filter(({ closed }) => !closed)).toHaveLength(0);
    expect(taken).toBeLessThan(UNREAD);
    expect(peak).toBeLessThan(PEAK);
    expect(retained).toBeLessThan(RETAINED);
    expect(state).toMatchObject({ connections: 0, failures: {} });
  });
});

describe('bodies of 200 MB that are announced and never sent', () => {
  it.each(posts)('%s: are refused without waiting for them', async (_name, head, status) => {
    const { answers, taken, state } = await cost(1, { head, total: 0, announced: HUGE });
    expect(answers).toMatchObject([{ status, closed: true }]);
    expect(taken).toBeLessThan(head.length + 1_000);
    expect(state).toMatchObject({ connections: 0, failures: {} });
  });

  it('one that waits to be asked for is refused without being asked', async () => {
    const head = `${post('/trpc/create', 'text/plain')}\r\nexpect: 100-continue`;
    const { answers } = await cost(1, { head, total: 0, announced: HUGE });
    expect(answers).toMatchObject([{ status: 415, closed: true }]);
  });
});

describe('a body in chunks that goes past its limit', () => {
  it.each(posts.filter(([, , status]) => status === 413))(
    '%s: is refused where it does',
    async (_name, head, status) => {
      const { answers } = await cost(1, { head, total: UPLOAD_BYTES + 65_536, unfinished: true });
      expect(answers).toMatchObject([{ status, closed: true }]);
    },
  );
});

describe('a body at its limit', () => {
  it('is taken by each kind of procedure', async () => {
    const before = await server.look();
    const bytes = UPLOAD_BYTES - 1_000;
    const exact = (head: string, text: string) =>
      `${head}\r\nhost: a\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    const answers = await Promise.all([
      sendRaw(server.port, exact(post('/trpc/create', 'application/json'), `{"title":"${'x'.repeat(bytes)}"}`)),
      sendRaw(server.port, exact(post('/notes', 'application/json'), `{"title":"${'x'.repeat(bytes)}"}`)),
      sendRaw(server.port, exact(post('/trpc/form', FORM), `${PART}${'x'.repeat(bytes)}\r\n--b--\r\n`)),
      sendRaw(server.port, exact(post('/trpc/upload', 'application/octet-stream'), 'x'.repeat(bytes))),
      sendRaw(server.port, exact(post('/import', 'text/csv'), 'x'.repeat(bytes))),
      sendRaw(server.port, exact(post('/import-rows', 'text/csv'), 'x'.repeat(bytes))),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect((await server.look()).calls).toBe(before.calls + answers.length);
  });
});
