import { connect as openSocket, type Socket } from 'node:net';
import { givenPerson, type Person } from '@promptory/api/testing';
import { afterEach } from 'vitest';
import { type CallGate, createCallGate } from '../../../src/services/call-gate.ts';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { type Headers, requestOf } from '../../harness/transports.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { givenLongPrompts } from './readers/long-prompts.ts';

// One caller has so many calls in flight and no more, whatever they are made with and whoever reads their answers. Calls
// are slow here because a table that they read is locked.

const LIMITS = { calls: 4, streams: 2, waiting: 8 };
/** What callers share beyond the first call of each. */
const SHARED = 1;

let server: BootedApp;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** A slow call stays slow until its table is read again, on a machine however busy. */
const LONG_MS = 120_000;

const gateOf = (inFlight: number): CallGate =>
  createCallGate({ inFlight, shared: SHARED, waiting: LIMITS.waiting, waitMs: LONG_MS });

/** Nothing is given up because of the time that the attack takes: neither a turn that is waited for, nor a call. */
const boot = async (): Promise<BootedApp> => {
  const gates = { calls: gateOf(LIMITS.calls), streams: gateOf(LIMITS.streams), watches: gateOf(LIMITS.streams) };
  server = await bootApp({ gates, app: { callTimeoutMs: LONG_MS } });
  Object.assign(server.pool.options, { lock_timeout: LONG_MS, statement_timeout: LONG_MS, query_timeout: LONG_MS });
  return server;
};

const list = (headers: Headers) => requestOf('REST', 'prompts.list', {}, headers);

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 2_400; tries += 1) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

type State = 'running' | 'waiting';

/** Figures of /metrics, of one moment. */
async function inFlightNow(kind: 'calls' | 'streams'): Promise<Record<State, number>> {
  const { body } = await server.call({ url: '/metrics' });
  const figure = (state: State): number =>
    Number(new RegExp(`^promptory_calls_in_flight\\{kind="${kind}",state="${state}"\\} (\\d+)$`, 'm').exec(body)?.[1]);
  return { running: figure('running'), waiting: figure('waiting') };
}

const inFlight = async (kind: 'calls' | 'streams', state: State): Promise<number> => (await inFlightNow(kind))[state];

const waitingForLocks = async (): Promise<number> => {
  const { rows } = await server.database.pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND NOT granted`,
  );
  return rows[0]?.count ?? 0;
};

/** Runs `attack` while nobody can read prompts; they are read again before this returns. */
async function whilePromptsAreLocked(attack: () => Promise<void>): Promise<void> {
  const client = await server.database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE prompts IN ACCESS EXCLUSIVE MODE');
    await attack();
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function manyWays(person: Person): Promise<Headers[]> {
  const keys = await Promise.all(Array.from({ length: 8 }, () => server.as.key(person)));
  const ways = [await server.as.person(person), await server.as.cookie(person), ...keys];
  for (const headers of ways) await server.call({ url: '/users/me', headers });
  return ways;
}

proves(
  'F7',
  'of 60 slow calls of one person, by sessions and keys, no more are made and wait than one caller may, and another is served',
  async (proof) => {
    await boot();
    const mallory = await manyWays(await givenPerson(server.services));
    const bob = await server.as.person(await givenPerson(server.services));
    const tried = proof.share(60, 60);
    let calls: Promise<{ statusCode: number; headers: Record<string, unknown> }>[] = [];
    let answered = 0;
    await whilePromptsAreLocked(async () => {
      calls = Array.from({ length: tried }, (_, index) => server.call(list(mallory[index % mallory.length] ?? {})));
      for (const call of calls) void call.then(() => (answered += 1));
      // Each has a turn, waits for one, or is refused.
      const isSettled = await eventually(async () => {
        const { running, waiting } = await inFlightNow('calls');
        return answered + running + waiting === tried;
      });
      proof.check(isSettled, () => `${answered} of ${tried} are answered, and others are nowhere`);
      const { running, waiting } = await inFlightNow('calls');
      proof.works(running >= 1 && running <= LIMITS.calls, () => `${running} calls have a turn`);
      proof.works(waiting >= 1 && waiting <= LIMITS.waiting, () => `${waiting} calls wait their turn`);
      await eventually(async () => (await waitingForLocks()) >= 1);
      const made = await waitingForLocks();
      proof.works(made >= 1 && made <= LIMITS.calls, () => `${made} calls wait in the database`);
      for (const url of ['/users/me', '/health/live', '/health/ready', '/metrics']) {
        const { statusCode } = await server.call({ url, headers: bob });
        proof.check(statusCode === 200, () => `${url} of another is answered ${statusCode}`);
      }
    });
    const answers = await Promise.all(calls);
    const refused = answers.filter(
      ({ statusCode, headers }) => statusCode === 429 && ['1', '2', '3'].includes(String(headers['retry-after'])),
    );
    proof.cases(tried);
    const served = tried - refused.length;
    proof.works(served >= 1 && served <= LIMITS.calls + LIMITS.waiting, () => `${served} are served`);
    const others = answers.filter(({ statusCode }) => statusCode !== 429 && statusCode !== 200);
    proof.check(others.length === 0, () => `answered ${others[0]?.statusCode}`);
    proof.check(await eventually(async () => (await inFlight('calls', 'running')) === 0), () => 'turns were lost');
  },
);

proves(
  'F7',
  'a batch of twenty takes its turn call by call, and no batch waits for another without end',
  async (proof) => {
    proof.atLeast(14);
    await boot();
    const headers = await server.as.person(await givenPerson(server.services));
    const paths = Array.from({ length: 20 }, () => 'prompts.list');
    const input = encodeURIComponent(JSON.stringify(Object.fromEntries(paths.map((_, index) => [index, {}]))));
    const batch = `/trpc/${paths.join(',')}?batch=1&input=${input}`;
    let calls: Promise<{ statusCode: number; body: string }>[] = [];
    await whilePromptsAreLocked(async () => {
      calls = Array.from({ length: LIMITS.calls + LIMITS.waiting }, () => server.call({ url: batch, headers }));
      await eventually(async () => (await waitingForLocks()) === LIMITS.calls);
      const made = await waitingForLocks();
      proof.works(made === LIMITS.calls, () => `${made} calls of batches wait in the database`);
    });
    for (const { statusCode, body } of await Promise.all(calls)) {
      const answered = statusCode === 200 ? (JSON.parse(body) as unknown[]).length : 0;
      proof.works(answered === 20, () => `a batch is answered ${statusCode} with ${answered} results`);
    }
    proof.check(await eventually(async () => (await inFlight('calls', 'running')) === 0), () => 'turns were lost');
  },
);

/** Asks over a connection of its own, several times in a row, and reads nothing of the answers. */
async function askAndNotRead(path: string, { authorization = '' }: Headers, times: number): Promise<Socket> {
  const { hostname, port } = new URL(await server.url());
  const socket = openSocket({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  socket.pause();
  sockets.push(socket);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\n\r\n`.repeat(times));
  return socket;
}

/** Long enough that no buffer of the system takes all of an export, or of twenty pages. */
const PROMPTS = 120;

async function unreadAnswersCount(proof: Proof, kind: 'calls' | 'streams', path: string): Promise<void> {
  const headers = await givenLongPrompts(server, PROMPTS);
  const most = LIMITS[kind];
  const unread = Array.from({ length: most + 1 }, () => askAndNotRead(path, headers, 20));
  const asked = await Promise.all(unread);
  const isFull = await eventually(async () => (await inFlight(kind, 'waiting')) > 0);
  proof.works(isFull, () => `unread answers of ${kind} are not counted`);
  const running = await inFlight(kind, 'running');
  proof.check(running === most, () => `${running} turns of ${kind} are used up`);
  const bob = await server.as.person(await givenPerson(server.services));
  for (const { statusCode } of await Promise.all([1, 2, 3].map(() => server.call(list(bob))))) {
    proof.works(statusCode === 200, () => `another, who makes several calls, is answered ${statusCode}`);
  }
  if (kind === 'streams') {
    const { statusCode } = await server.call({ url: '/users/me', headers });
    proof.check(statusCode === 200, () => `an ordinary call is answered ${statusCode}`);
  }
  for (const socket of asked) socket.destroy();
  const isFree = await eventually(async () => (await inFlight(kind, 'running')) === 0);
  proof.check(isFree, () => `turns of ${kind} were lost when the connections closed`);
}

proves(
  'F7',
  'answers that nobody reads use up the turns of their caller only, until their connection closes',
  async (proof) => {
    proof.atLeast(6);
    await boot();
    await unreadAnswersCount(proof, 'calls', '/prompts?limit=100');
  },
);

proves(
  'F7',
  'streams have turns of their own: unread exports leave ordinary calls of the same account theirs',
  async (proof) => {
    proof.atLeast(7);
    await boot();
    await unreadAnswersCount(proof, 'streams', '/prompts/export');
  },
);

proves('F7', 'a caller that goes away at once keeps its turn until its call is done', async (proof) => {
  await boot();
  const mallory = await server.as.person(await givenPerson(server.services));
  await server.call({ url: '/users/me', headers: mallory });
  await whilePromptsAreLocked(async () => {
    for (let round = proof.share(5, 3); round > 0; round -= 1) {
      const asked = await Promise.all(Array.from({ length: 10 }, () => askAndNotRead('/prompts', mallory, 1)));
      await eventually(async () => (await waitingForLocks()) === LIMITS.calls);
      for (const socket of asked) socket.destroy();
      const made = await waitingForLocks();
      proof.works(made >= 1 && made <= LIMITS.calls, () => `${made} calls wait in the database`);
    }
  });
  proof.check(await eventually(async () => (await inFlight('calls', 'running')) === 0), () => 'turns were lost');
});

proves(
  'F7',
  'of 48 changes of one group by twelve members, each within its bounds, one waits in the database; another is served',
  async (proof) => {
    await boot();
    const owner = await givenPerson(server.services);
    const headers = await server.as.person(owner);
    const made = await server.call(requestOf('REST', 'groups.create', { name: 'Shared' }, headers));
    const { id } = JSON.parse(made.body);
    const members = await Promise.all(Array.from({ length: 12 }, () => givenPerson(server.services)));
    for (const { email } of members) {
      await server.call(requestOf('REST', 'members.add', { id, email, role: 'editor' }, headers));
    }
    const bob = await server.as.person(await givenPerson(server.services));
    const sessions = await Promise.all(members.map((member) => server.as.person(member)));
    for (const session of [bob, ...sessions]) await server.call({ url: '/users/me', headers: session });
    const holder = await server.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM groups WHERE id = $1 FOR UPDATE', [id]);
    const changes = sessions.flatMap((session) =>
      Array.from({ length: LIMITS.calls }, (_, index) =>
        server.call(requestOf('REST', 'groups.update', { id, name: `Shared ${index}` }, session)),
      ),
    );
    const held = (): number => server.pool.totalCount - server.pool.idleCount;
    // Each asks once whether it is its turn; from then on one at a time asks for the lock.
    await eventually(async () => (await waitingForLocks()) === 1 && held() === 1);
    const seen: number[] = [];
    for (let look = proof.share(20, 10); look > 0; look -= 1) {
      const { statusCode } = await server.call(list(bob));
      proof.check(statusCode === 200, () => `another is answered ${statusCode}`);
      seen.push(held());
    }
    // The next one takes its turn while the one before is undone.
    proof.check(Math.max(...seen) <= 3, () => `${Math.max(...seen)} connections are held`);
    await holder.query('ROLLBACK');
    holder.release();
    const statuses = (await Promise.all(changes)).map(({ statusCode }) => statusCode);
    proof.works(
      statuses.every((status) => status === 200),
      () => `the changes are answered ${[...new Set(statuses)].join()}`,
    );
  },
);
