import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { givenApiKey, givenPerson, givenPrompts, testServices } from '@promptory/api/testing';
import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { Scope } from '@promptory/schemas';
import { afterAll, beforeAll } from 'vitest';
import { runServer, type ServerProcess } from '../../../e2e/harness/run-server.ts';
import { enlarge } from '../../../growth/large-world.ts';
import type { BootedApp } from '../../../harness/boot.ts';
import { givenWorld } from '../../../harness/given-world.ts';
import type { Headers } from '../../../harness/transports.ts';
import { wideQuotas } from '../../../harness/wide-quotas.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import type { Hostility, Tally } from './hostile-caller.ts';

// What one caller meets while others call without end, as so many times what it meets alone: the same calls, in turns of a
// few seconds, in one run. Limits a minute are wide here, for they would end each attack within a second.

const MOST_TIMES_ALONE = 2;
const TURN_MS = 3_000;
const LEAST_CALLS = 30;
const ROUNDS = 3;
/** Of each thing that the hostile caller has: enough that its lists and searches are slow. */
const SIZE = 3_000;
const HOSTILE = fileURLToPath(new URL('./hostile-caller.ts', import.meta.url));

const wide = '1000000/60';
const agent = new Agent({ keepAlive: true });
let database: TestDatabase;
let server: ServerProcess;
let ordinary: Headers;
let ownPrompt: string;
let hostile: readonly Headers[];
let slow: Hostility['calls'];
let changed: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const services = testServices(database.db, { quotas: wideQuotas });
  const world = await givenWorld({ services } as unknown as BootedApp);
  await enlarge(database, world, SIZE);
  changed = world.second;
  const now = services.clock.now();
  const keyOf = async (person: { id: string }, address: string): Promise<Headers> => {
    const { key } = await givenApiKey(database.db, person, { scopes: Scope.options, now });
    return { 'x-api-key': key, 'x-forwarded-for': address };
  };
  const person = await givenPerson(services);
  const [own] = await givenPrompts(services, person, 30);
  ownPrompt = own?.id ?? '';
  ordinary = await keyOf(person, '10.0.0.1');
  const others = [world.people.alice, ...(await Promise.all(Array.from({ length: 9 }, () => givenPerson(services))))];
  hostile = await Promise.all(others.map((one, index) => keyOf(one, `10.1.0.${index + 1}`)));
  server = await runServer({
    NODE_ENV: 'test',
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET: randomBytes(48).toString('base64url'),
    SMTP_CONFIG: 'smtp://127.0.0.1:9',
    PUBLIC_URL: 'http://127.0.0.1',
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT_KEY: wide,
    RATE_LIMIT_SEARCH: wide,
    RATE_LIMIT_CREDENTIAL: wide,
  });
  const lines = (step: number) => Array.from({ length: 20_000 }, (_, line) => (line * step) % 97).join('\n');
  const compared = await send('POST', '/prompts', hostile[0] ?? {}, { title: 'Compared', content: lines(1) });
  const { id } = JSON.parse(compared.body) as { id: string };
  await send('PUT', `/prompts/${id}`, hostile[0] ?? {}, { content: lines(3) });
  slow = ['/prompts?limit=100&sort=title', '/prompts?limit=100&q=new+say+words', `/prompts/${id}/diff?from=1&to=2`].map(
    (path) => ({ method: 'GET', path }),
  );
});
afterAll(async () => {
  agent.destroy();
  await server?.stop();
  await database?.drop();
});

function send(
  method: string,
  path: string,
  headers: Headers,
  body?: object,
): Promise<{ status: number; body: string }> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, agent, headers: { ...headers, ...json } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What the ordinary caller meets in one turn: milliseconds of each call, of which it makes one after another. */
async function turn(proof: Proof): Promise<number[]> {
  const times: number[] = [];
  const paths = ['/prompts?owner=me&limit=20', `/prompts/${ownPrompt}`, '/users/me'];
  const until = performance.now() + TURN_MS;
  while (performance.now() < until || times.length < LEAST_CALLS) {
    const path = paths[times.length % paths.length] ?? '';
    const started = performance.now();
    const { status } = await send('GET', path, ordinary);
    times.push(performance.now() - started);
    proof.works(status === 200, () => `${path} is answered ${status}`);
    await sleep(5);
  }
  return times;
}

async function turnUnder(proof: Proof, hostility: Omit<Hostility, 'url'>): Promise<{ times: number[]; tally: Tally }> {
  const child = fork(HOSTILE, { execArgv: ['--conditions=@promptory/source'] });
  try {
    child.send({ ...hostility, url: server.url });
    // Until its calls are there: what it begins with is no less hostile, but its own process has to start.
    await sleep(500);
    const times = await turn(proof);
    const answered = once(child, 'message');
    child.send('over');
    const [tally] = (await answered) as [Tally];
    return { times, tally };
  } finally {
    child.kill();
  }
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The medians over several rounds of what it meets alone and beside the others, in turns. */
async function compare(proof: Proof, name: string, hostility: Omit<Hostility, 'url'>): Promise<void> {
  let times = Number.POSITIVE_INFINITY;
  for (const rounds of [proof.share(ROUNDS, 1), 2 * ROUNDS]) {
    const [alone, beside, middles]: [number[], number[], [number, number][]] = [[], [], []];
    const answers: Tally = {};
    for (let round = 0; round < rounds; round += 1) {
      const quiet = await turn(proof);
      const { times: busy, tally } = await turnUnder(proof, hostility);
      for (const [status, count] of Object.entries(tally)) answers[status] = (answers[status] ?? 0) + count;
      alone.push(quantile(quiet, 0.99));
      beside.push(quantile(busy, 0.99));
      middles.push([median(quiet), median(busy)]);
    }
    times = median(beside) / median(alone);
    const [quiet, busy] = [0, 1].map((which) => median(middles.map((pair) => pair[which] ?? 0)));
    proof.remark(
      `${name}: p99 ${median(alone).toFixed(1)} → ${median(beside).toFixed(1)} ms (× ${times.toFixed(1)}), ` +
        `median ${quiet?.toFixed(1)} → ${busy?.toFixed(1)} ms; answers ${JSON.stringify(answers)}`,
    );
    if (times <= MOST_TIMES_ALONE) return;
  }
  proof.deviation(`${name}: p99 is × ${times.toFixed(1)} of alone`);
}

const LONG = { timeout: 600_000 };

proves(
  'F7',
  'beside 500 slow calls at once of one caller another has twice its p99 of alone at most',
  async (proof) => {
    await turn(proof);
    await compare(proof, '500 slow calls', { callers: hostile.slice(0, 1), atOnce: 500, calls: slow });
  },
  LONG,
);

proves(
  'F7',
  'beside forty changes at once of one prompt another has twice its p99 of alone at most',
  async (proof) => {
    const calls = Array.from({ length: 40 }, (_, index) => ({
      method: 'PUT',
      path: `/prompts/${changed}`,
      body: { content: `Text ${index} of many.` },
    }));
    await compare(proof, 'forty changes', { callers: hostile.slice(0, 1), atOnce: 40, calls });
  },
  LONG,
);

proves(
  'F7',
  'beside ten callers of five slow calls at once another has twice its p99 of alone at most',
  async (proof) => {
    await compare(proof, 'ten callers', { callers: hostile, atOnce: 5, calls: slow.slice(0, 2) });
  },
  LONG,
);
