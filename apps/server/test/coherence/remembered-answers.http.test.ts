import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { givenGroup, givenPerson, givenPrompt } from '@promptory/api/testing';
import { describe, expect, it, vi } from 'vitest';
import { type CallGates, createCallGate } from '../../src/services/call-gate.ts';
import { type BootedApp, givenApp } from '../harness/boot.ts';

// What is remembered is answered before any route. Two servers get the same requests, one of which remembers nothing: what they
// answer, log, count and record is the same to the byte, but for what names the request and the second.

/** Whoever has to rest is left to the routes: nobody has, however busy the machine is. */
const givenGates = (): CallGates => {
  const gate = createCallGate({ inFlight: 100, waiting: 100 });
  return { calls: gate, streams: gate, watches: gate };
};
const limits = { key: { calls: 40, seconds: 3_600 }, user: { calls: 4_000, seconds: 3_600 } };
const plain = await givenApp({ log: true, limits, gates: givenGates() });
const remembering = await givenApp({ log: true, limits, gates: givenGates(), remembers: true, beside: plain });
const urls = new Map([
  [plain, await plain.url()],
  [remembering, await remembering.url()],
]);

await vi.waitFor(
  async () => expect((await remembering.call({ url: '/metrics' })).body).toContain('promptory_change_feed_up 1'),
  { timeout: 60_000 },
);

const alice = await givenPerson(plain.services);
const groupId = await givenGroup(plain.services, { owner: alice });
const { id, slug } = await givenPrompt(plain.services, alice, 'Remembered ✓');
const headers = await plain.as.person(alice);
await plain.call({ method: 'PUT', url: `/prompts/${id}/labels/production`, headers, payload: { version: 1 } });

type Sent = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Over a connection of its own, so that nothing is left out that `inject` does not have. */
async function send(app: BootedApp, method: string, path: string, sent: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(`${urls.get(app)}${path}`, { method, headers: sent, agent: false }, (answer) => {
    text(answer).then((body) => resolve({ status: answer.statusCode, headers: answer.headers, body }), reject);
  });
  asked.on('error', reject).end();
  return promise;
}

/** Without what names this request or this second, and without the wait that is spread by it. */
function comparable({ status, headers, body }: Answer): object {
  const { date: _, 'x-request-id': id, 'retry-after': wait, ratelimit, ...rest } = headers;
  return {
    status,
    headers: { ...rest, waits: wait !== undefined, ratelimit: String(ratelimit).replace(/t=\d+/, 't=…') },
    body: body.replaceAll(String(id), '…').replace(/(?<="retryAfterSeconds":)\d+/, '…'),
  };
}

/** The requests that come to a route of any server meanwhile. */
async function routedIn(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const note = () => {
    count += 1;
  };
  subscribe('tracing:fastify.request.handler:start', note);
  try {
    await work();
  } finally {
    unsubscribe('tracing:fastify.request.handler:start', note);
  }
  return count;
}

/** What was answered to requests lately, as the log has it. */
async function loggedBy(app: BootedApp, many: number): Promise<object[]> {
  const lines = () => app.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request answered');
  // A line is written when its answer is taken, of which its reader may know first.
  await expect.poll(() => lines().length).toBeGreaterThanOrEqual(many);
  return lines().map(({ time, ms, requestId, ...rest }) => ({
    ...rest,
    known: [typeof time, typeof ms, typeof requestId],
  }));
}

/** A request that was made of one server alone. */
const isOfTests = (line: object): boolean => Reflect.get(line, 'path') === '/metrics';

const ref = encodeURIComponent(slug);
const REST = `/prompts/resolve?ref=${ref}`;
const wire = (procedure: string, input: object) =>
  `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
const WIRE = wire('prompts.resolve', { ref: slug });
const GET = `/prompts/${id}`;
const GET_WIRE = wire('prompts.get', { id });

/** Sent to both, each of them thrice, so that it is remembered where it may be. @returns what both have answered last, and the routes asked */
async function both(path: string, sent: Sent, method = 'GET') {
  const answers: object[] = [];
  const routed: number[] = [];
  // What was made for this request is told of by now, and has nothing forgotten meanwhile.
  await remembering.services.memory.catchUp();
  for (const app of [plain, remembering]) {
    for (const at of [1, 2, 3]) {
      const work = async () => {
        const answer = comparable(await send(app, method, path, sent));
        if (at === 3) answers.push(answer);
      };
      const count = await routedIn(work);
      if (at === 3) routed.push(count);
    }
  }
  return { answers, routed };
}

describe('an answer of what is remembered', () => {
  const usual: [string, string, Sent][] = [
    ['over REST', REST, {}],
    ['over the wire', WIRE, {}],
    ['by its whole reference', `/prompts/resolve?ref=${encodeURIComponent(`${alice.handle}/${slug}@latest`)}`, {}],
    ['to a client that takes anything', WIRE, { accept: '*/*' }],
    ['to one that has another text', REST, { 'if-none-match': '"another"' }],
    ['to one that has it', REST, { 'if-none-match': '*' }],
    ['to one that leaves', REST, { connection: 'close' }],
    ['to one with cookies', WIRE, { cookie: 'a=b' }],
    ['a prompt over REST', GET, {}],
    ['a prompt over the wire', GET_WIRE, {}],
    ['a prompt to one that has another text', GET, { 'if-none-match': '"another"' }],
    ['a prompt to one that has it', GET, { 'if-none-match': '*' }],
  ];

  it.each(usual)('is to the byte what its route answers, and asks no route: %s', async (_, path, sent) => {
    const key = await plain.as.key(alice);
    const { answers, routed } = await both(path, { ...key, ...sent });
    expect(routed).toEqual([1, 0]);
    expect(answers[1]).toEqual(answers[0]);
  });

  it('is given for a key in the Authorization header too, and in a session', async () => {
    // Somebody whose calls are made of both alike.
    const reader = await givenPerson(plain.services);
    const open = await givenPrompt(plain.services, alice, 'Open', { visibility: 'public' });
    const { 'x-api-key': key } = await plain.as.key(reader);
    const session = await plain.as.person(reader);
    for (const path of [
      wire('prompts.resolve', { ref: `${alice.handle}/${open.slug}@latest` }),
      `/prompts/${open.id}`,
    ]) {
      for (const sent of [{ authorization: `bearer ${key}` }, session]) {
        const { answers, routed } = await both(path, sent);
        expect(routed).toEqual([1, 0]);
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[1]).toMatchObject({ status: 200 });
      }
    }
  });

  it('is given of what is looked up too, where it is remembered who calls', async () => {
    const { answers, routed } = await both(WIRE, await plain.as.key(alice));
    expect([answers[0], routed]).toEqual([answers[1], [1, 0]]);
    const key = await plain.as.key(alice);
    for (const app of [plain, remembering]) await send(app, 'GET', WIRE, key);
    const prompt = await givenPrompt(plain.services, alice, 'Never asked for', { tags: ['a'] });
    await remembering.services.memory.catchUp();
    const ref = `${prompt.slug}@latest`;
    for (const path of [`/prompts/${prompt.id}`, wire('prompts.resolve', { ref })]) {
      const first: object[] = [];
      const counts: number[] = [];
      for (const app of [plain, remembering]) {
        const count = await routedIn(async () => void first.push(comparable(await send(app, 'GET', path, key))));
        counts.push(count);
      }
      expect(first[1]).toEqual(first[0]);
      expect(first[1]).toMatchObject({ status: 200 });
      expect(counts).toEqual([1, 0]);
    }
  });

  it('is given for an access token until that ends', async () => {
    const sent = await plain.as.person(alice);
    expect((await both(GET, sent)).routed).toEqual([1, 0]);
    plain.services.clock.advance(600_000);
    const { answers, routed } = await both(GET, sent);
    expect(routed).toEqual([1, 1]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[1]).toMatchObject({ status: 401 });
  });

  const unusual: [string, string, Sent, string?][] = [
    ['a page of another origin', REST, { origin: 'https://else.example' }],
    ['a page of ours', WIRE, { origin: 'https://promptory.example' }],
    ['another type', REST, { accept: 'text/html' }],
    ['a stream', WIRE, { 'trpc-accept': 'application/jsonl' }],
    ['a batch', `/trpc/prompts.resolve?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: { ref: slug } }))}`, {}],
    ['another method', REST, {}, 'HEAD'],
    ['a method that is none', WIRE, {}, 'POST'],
    ['a Host that is none', WIRE, { host: 'a b' }],
    ['a reference that stands twice', `${REST}&ref=other`, {}],
    ['a reference with more behind it', `${REST}&more=1`, {}],
    ['a reference that is none', '/prompts/resolve?ref=%40', {}],
    ['a name that stands twice', WIRE.replace('%7B', `%7B%22ref%22%3A%22a%22%2C`), {}],
    ['what cannot be decoded', '/prompts/resolve?ref=%zz', {}],
    ['a body', REST, { 'transfer-encoding': 'chunked' }],
    ['a prompt that is not there', '/prompts/resolve?ref=nothing', {}],
    ['no such key', WIRE, { 'x-api-key': 'pty_live_nobody' }],
    ['a password in the header', WIRE, { authorization: 'Basic YTpi' }],
    ['a token that is none', GET, { authorization: 'Bearer a.b.c' }],
    ['an id in capitals', GET.toUpperCase().replace('PROMPTS', 'prompts'), {}],
    ['a slash behind an id', `${GET}/`, {}],
    ['an id of no prompt', `/prompts/${groupId}`, {}],
    ['more than the id', `${GET}?more=1`, {}],
    ['a batch of prompts', `/trpc/prompts.get?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: { id } }))}`, {}],
  ];

  it.each(unusual)('is left to its route where it is asked for otherwise: %s', async (_, path, sent, method) => {
    const key = await plain.as.key(alice);
    const { answers } = await both(path, { ...key, ...sent }, method);
    expect(answers[1]).toEqual(answers[0]);
  });

  it.each([
    ['lacks the scope', { scopes: ['groups:read' as const] }],
    ['is limited to a group without it', { group_id: groupId }],
  ])('is not given to a key that %s', async (_, parts) => {
    for (const path of [WIRE, GET]) {
      // Remembered for another key of the same person.
      await both(path, await plain.as.key(alice));
      const { answers, routed } = await both(path, await plain.as.key(alice, parts));
      expect(routed).toEqual([1, 1]);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[1]).not.toMatchObject({ status: 200 });
    }
  });

  it('counts against the limit of its key, and is refused beyond it as any call', async () => {
    const key = await plain.as.key(alice, { calls_per_minute: 4 });
    const seen: object[][] = [];
    for (const app of [plain, remembering]) {
      const answers: object[] = [];
      for (let call = 0; call < 6; call += 1) answers.push(comparable(await send(app, 'GET', WIRE, key)));
      seen.push(answers);
    }
    expect(seen[1]?.map((each) => Reflect.get(each, 'status'))).toEqual([200, 200, 200, 200, 429, 429]);
    expect(seen[1]).toEqual(seen[0]);
  });

  it('leaves the same lines, measures and uses', async () => {
    const used = [plain, remembering].map((app) => app.services.recorded.map(({ occurredAt: _, ...use }) => use));
    expect(used[1]).toEqual(used[0]);
    const many = Math.max(
      ...[plain, remembering].map(({ logged }) => logged.filter((line) => line.includes('request answered')).length),
    );
    const of = (lines: object[]) => lines.filter((line) => Reflect.get(line, 'method') !== 'PUT' && !isOfTests(line));
    expect(of(await loggedBy(remembering, many - 10))).toEqual(of(await loggedBy(plain, many - 10)));
    const measured = async (app: BootedApp) =>
      (await app.call({ url: '/metrics' })).body
        .split('\n')
        .filter((line) => /^promptory_(?:procedure_calls_total|procedure_duration_seconds_count)\{/.test(line))
        .filter((line) => /prompts\.(?:get|resolve)"/.test(line))
        .sort();
    expect(await measured(remembering)).toEqual(await measured(plain));
  });
});
