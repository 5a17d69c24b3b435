import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { newAddress, PASSWORD } from '@promptory/api/testing';
import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll } from 'vitest';
import { runServer, type ServerProcess } from '../../e2e/harness/run-server.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Hashing is the dearest thing that a stranger can ask for. A server in a process of its own is asked for far more of it
// than it can do, and must stay able to say that it lives.

const LOG_INS = 200;
const PROBES = 400;
const LEAST_PROBES = 150;
const MOST_MS = 100;
/** What a server says on one core and on three: hashes at once, and a hundred that wait. */
const LEAST_HASHED = 100;

const wide = '1000000/60';
let database: TestDatabase;
let server: ServerProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  server = await runServer({
    NODE_ENV: 'test',
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET: randomBytes(48).toString('base64url'),
    SMTP_CONFIG: 'smtp://127.0.0.1:9',
    PUBLIC_URL: 'http://127.0.0.1',
    RATE_LIMIT_ANONYMOUS: wide,
    // All of them come from one address here, and more than the queue of hashes takes.
    CALLS_IN_FLIGHT: String(LOG_INS),
    RATE_LIMIT_LOGIN: wide,
    RATE_LIMIT_LOGIN_ADDRESS: wide,
  });
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
});

interface Reply {
  readonly status: number;
  readonly retryAfter: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: LOG_INS + 1 });
afterAll(() => agent.destroy());

function send(method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length };
    const sent = request(server.url + path, { method, agent, headers }, (answer) => {
      answer.resume();
      const reply = { status: answer.statusCode ?? 0, retryAfter: Number(answer.headers['retry-after'] ?? 0) };
      answer.once('end', () => resolve(reply));
    });
    sent.once('error', reject);
    sent.end(payload);
  });
}

const paths = ['/auth/login', '/trpc/auth.login'] as const;

/** Logs 200 in at once again and again while it asks whether the server lives. */
async function floodWithLogIns(
  proof: Proof,
  probes: number,
): Promise<{ p99: number; hashed: number; refused: number }> {
  const times: number[] = [];
  const all: Reply[] = [];
  while (times.length < probes) {
    let isOver = false;
    const flood = Promise.all(
      Array.from({ length: LOG_INS }, (_, index) =>
        send('POST', paths[index % 2] ?? '/auth/login', { email: newAddress(), password: PASSWORD }),
      ),
    ).finally(() => {
      isOver = true;
    });
    while (!isOver && times.length < probes) {
      const start = performance.now();
      const { status } = await send('GET', '/health/live');
      times.push(performance.now() - start);
      proof.works(status === 200, () => `/health/live answered ${status}`);
      await sleep(5);
    }
    all.push(...(await flood));
  }
  proof.cases(all.length);
  const hashed = all.filter(({ status }) => status === 401).length;
  const refused = all.filter(({ status, retryAfter }) => status === 503 && retryAfter > 0).length;
  const others = all.length - hashed - refused;
  if (others > 0)
    proof.deviation(`${others} of ${all.length} log-ins were answered neither 401 nor 503 with Retry-After`);
  if (refused === 0) proof.deviation('no log-in was refused: the queue has no end');
  if (hashed * LOG_INS < LEAST_HASHED * all.length)
    proof.deviation(`only ${hashed} of ${all.length} log-ins were served`);
  const sorted = times.toSorted((a, b) => a - b);
  return { p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0, hashed, refused };
}

proves(
  'B3',
  'of 200 log-ins at once the queue takes a hundred, the others get 503; /health/live p99 < 100 ms',
  async (proof) => {
    const probes = proof.share(PROBES, LEAST_PROBES);
    await send('GET', '/health/live');
    let p99 = Number.POSITIVE_INFINITY;
    for (const tried of [probes, 2 * probes]) {
      const found = await floodWithLogIns(proof, tried);
      p99 = found.p99;
      const { hashed, refused } = found;
      proof.remark(
        `${hashed} log-ins hashed, ${refused} refused, /health/live p99 ${p99.toFixed(1)} ms of ${tried} calls`,
      );
      if (p99 < MOST_MS) return;
    }
    proof.deviation(`/health/live p99 ${p99.toFixed(1)} ms, ${MOST_MS} ms are allowed`);
  },
);
