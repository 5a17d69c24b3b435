import { setTimeout as sleep } from 'node:timers/promises';
import { givenPerson, isAwaitingLock, openSide } from '@promptory/api/testing';
import { hashApiKey } from '@promptory/auth';
import { afterAll } from 'vitest';
import { type Row, rows } from '../../contract/access-matrix.rows.ts';
import { outcomeOf } from '../../contract/access-matrix.walk.ts';
import { bootApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import { takeChanges, watchRows } from '../../harness/row-changes.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  endpointOf,
  type Headers,
  type Input,
  type Transport,
  unbatchedTransports,
} from '../../harness/transports.ts';
import { type KnownCaller, knownCallers } from '../../harness/world-callers.ts';
import { proves } from '../harness/proof.ts';

// Every call that changes something is stopped before each of its statements, in turn. There its credential is ended on another
// server, by a call that runs whole or waits for it, and it goes on. What had written nothing before that end writes nothing.

const elsewhere = await bootApp();
await watchRows(elsewhere.database);
const side = openSide(elsewhere.database.applicationConnectionString, 'the overtaken');
const server = await bootApp({ beside: elsewhere, db: side.db });
afterAll(async () => {
  await server.close();
  await side.close();
  await elsewhere.close();
});
const { db } = elsewhere.database;
const POLL_MS = 2;

/** What ends a caller's credential, or what it may do. */
interface End {
  readonly what: string;
  readonly of: (caller: KnownCaller, procedure: string) => boolean;
  readonly call: (world: World, headers: Headers) => Promise<{ procedure: string; input: Input; headers: Headers }>;
}

/** Whether anybody who is signed in is served. */
const isOpen = (procedure: string): boolean => {
  const expected = rows[procedure]?.expected;
  return expected !== undefined && expected !== 'anyone' && expected.stranger === 'ok';
};

const isKey = (caller: KnownCaller): boolean => caller.endsWith('key');

const ownerOf = (caller: KnownCaller): keyof World['people'] => {
  const others = { stranger: 'mallory', 'ex-member': 'dave', viewer: 'carol', editor: 'bob', admin: 'root' } as const;
  const keys = { "stranger's key": 'mallory', "admin's key": 'root' } as const;
  const known: Readonly<Partial<Record<KnownCaller, keyof World['people']>>> = { ...others, ...keys };
  return known[caller] ?? 'alice';
};

/** An administrator who is nobody of the world. */
async function administrator(): Promise<Headers> {
  return elsewhere.as.person(await givenPerson(elsewhere.services, { role: 'admin' }));
}

const ends: readonly End[] = [
  {
    what: 'logs out',
    of: (caller) => !isKey(caller),
    call: async (_world, headers) => ({ procedure: 'auth.logout', input: {}, headers }),
  },
  {
    what: 'has the password changed',
    of: (caller) => caller === 'owner',
    call: async ({ people, password }) => ({
      procedure: 'auth.changePassword',
      input: { currentPassword: password, newPassword: 'what the owner chose at last' },
      headers: bearer((await elsewhere.session(people.alice)).accessToken),
    }),
  },
  {
    what: 'is demoted',
    // Of what is their own an administrator stays the owner.
    of: (caller, procedure) =>
      caller === 'admin' && /^(?:admin|prompts|versions)\./.test(procedure) && !isOpen(procedure),
    call: async ({ people }) => ({
      procedure: 'admin.users.update',
      input: { id: people.root.id, role: 'user' },
      headers: await administrator(),
    }),
  },
  {
    what: 'has the key revoked',
    of: isKey,
    call: async ({ people }, headers) => {
      const hash = hashApiKey(headers['x-api-key'] ?? '');
      const key = await db
        .selectFrom('api_keys')
        .select(['id', 'user_id as userId'])
        .where('key_hash', '=', hash)
        .executeTakeFirstOrThrow();
      const owner = Object.values(people).find(({ id }) => id === key.userId) ?? people.alice;
      const session = await elsewhere.session(owner);
      const at = elsewhere.services.clock.now();
      await db.updateTable('sessions').set({ second_factor_at: at }).where('id', '=', session.sessionId).execute();
      return { procedure: 'apiKeys.revoke', input: { id: key.id }, headers: bearer(session.accessToken) };
    },
  },
];

const suspension = (caller: KnownCaller): End => ({
  what: 'is suspended',
  of: (who) => who !== 'owner',
  call: async ({ people }) => ({
    procedure: 'admin.users.update',
    input: { id: people[ownerOf(caller)].id, status: 'suspended' },
    headers: await administrator(),
  }),
});

/** Who calls what, and what ends it: every kind of credential that a procedure serves, and every end of it. */
interface Case {
  readonly procedure: string;
  readonly row: Row;
  readonly caller: KnownCaller;
  readonly end: End;
}

const cases: readonly Case[] = Object.entries(rows).flatMap(([procedure, row]) => {
  const { expected, reads } = row;
  if (expected === 'anyone' || reads === true || endpointOf(procedure).type !== 'mutation') return [];
  const served = knownCallers.filter((caller) => expected[caller] === 'ok');
  const first = (kind: (caller: KnownCaller) => boolean) => served.filter(kind).slice(0, 1);
  const callers = new Set([
    ...(served.includes('owner') ? ['owner' as const] : first((caller) => !isKey(caller))),
    ...served.filter((caller) => caller === 'admin' || caller === 'group key'),
    ...(served.includes('full key') ? ['full key' as const] : first(isKey)),
  ]);
  return Array.from(callers, (caller) =>
    [...ends, suspension(caller)].flatMap((end) =>
      end.of(caller, procedure) ? [{ procedure, row, caller, end }] : [],
    ),
  ).flat();
});

interface Overtaken {
  readonly answer: Answer;
  readonly end: Answer;
  /** Whether the end was done before the call went on, and before the call had written anything. */
  readonly isFirst: boolean;
  /** What the call wrote after the end. */
  readonly written: readonly string[];
}

/** @returns false when it waits for a lock */
async function untilDoneOrWaiting(running: Promise<unknown>): Promise<boolean> {
  let isDone = false;
  void running.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    if (await isAwaitingLock(elsewhere.services.db)) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** @returns null when the call is done before it comes to where it was to stop */
async function overtake(
  { procedure, row, caller, end }: Case,
  transport: Transport,
  stop: number,
): Promise<Overtaken | null> {
  const world = await givenWorld(elsewhere);
  const headers = await world.headersOf(caller);
  const ending = await end.call(world, headers);
  await takeChanges(elsewhere.database);
  const input = row.input(world);
  const { paused, resume } = side.restart(stop);
  const calling = callProcedure(server, transport, procedure, input, headers);
  const isPaused = await Promise.race([paused.then(() => true), calling.then(() => false)]);
  if (!isPaused) return null;
  const before = await takeChanges(elsewhere.database);
  const ended = callProcedure(elsewhere, 'tRPC', ending.procedure, ending.input, ending.headers);
  const isDone = await untilDoneOrWaiting(ended);
  const isFirst = isDone && before.length === 0;
  if (isDone) await takeChanges(elsewhere.database);
  resume();
  const [answer, endAnswer] = await Promise.all([calling, ended]);
  const after = await takeChanges(elsewhere.database);
  return { answer, end: endAnswer, isFirst, written: after.map(({ table, operation }) => `${operation} ${table}`) };
}

proves(
  'B7',
  'a change whose session or key is ended while it is made writes nothing after that end',
  async (proof) => {
    const chosen = proof.sample(cases, 12);
    const isOvertaken = proof.demand(4 * chosen.length, 'calls overtaken before they wrote');
    for (const one of chosen) {
      // One call alone: of a batch another would go on while this one stands.
      const transport = proof.pick(unbatchedTransports);
      for (let stop = 0; ; stop += 1) {
        const done = await overtake(one, transport, stop);
        if (done === null) break;
        const { answer, end, isFirst, written } = done;
        const outcome = outcomeOf(answer, one.row);
        if (isFirst) isOvertaken();
        const isRight = !isFirst || (outcome !== 'ok' && written.length === 0);
        // A call that was first may have ended the session, or the key, in or of which the end was asked for.
        const isForestalled = !isFirst && outcome === 'ok' && /^(?:auth|api_key)\./.test(end.code);
        const isEnded = end.code === 'ok' || isForestalled;
        proof.check(isRight && isEnded, () => {
          const what = `${one.procedure}, ${transport}, of the ${one.caller}, who ${one.end.what} before statement ${stop}`;
          return `${what}: ${outcome}, its end ${end.code}, wrote ${written.join(', ') || 'nothing'}`;
        });
      }
    }
    proof.remark(`${cases.length} procedures by caller and end`);
  },
  { timeout: 1_800_000 },
);
