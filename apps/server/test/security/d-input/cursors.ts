import { newId } from '@promptory/db';
import type { BootedApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import { type Answer, callProcedure, type Headers, type Input, type Transport } from '../../harness/transports.ts';
import type { Caller } from '../../harness/world-callers.ts';
import type { Proof } from '../harness/proof.ts';

// Cursors that a list gave, and what somebody may make of them.

/** A list of more than one item, and its cursor after the first. */
export interface Opened {
  readonly procedure: string;
  readonly input: Input;
  readonly caller: Caller;
  readonly cursor: string;
}

/** What else may be asked of a list with the cursor of another question. */
export const otherFilters: Readonly<Record<string, readonly Input[]>> = {
  'prompts.list': [
    { q: 'shared' },
    { sort: 'title' },
    { sort: 'created' },
    { category: 'Writing' },
    { isTemplate: true },
  ],
  'prompts.templates': [{ q: 'shared' }, { sort: 'usage' }, { visibility: 'private' }],
  'tags.list': [{ q: 'u' }],
  'categories.list': [{ q: 'w' }],
  'groups.list': [{ role: 'owner' }, { q: 'e' }],
  'library.list': [{ reason: 'owned' }],
  'admin.users.list': [{ q: 'a' }, { role: 'user' }, { status: 'active' }],
  'admin.audit.list': [{ action: 'prompt.created' }],
  'admin.authAttempts.list': [{ succeeded: true }, { kind: 'login' }],
};

const lists = (world: World): ReadonlyArray<readonly [procedure: string, input: Input, caller: Caller]> => [
  ['auth.sessions.list', {}, 'owner'],
  ['apiKeys.list', {}, 'owner'],
  ['prompts.list', {}, 'owner'],
  ['prompts.list', { sort: 'title' }, 'owner'],
  ['prompts.list', { sort: 'usage' }, 'owner'],
  ['prompts.list', { q: 'topic' }, 'owner'],
  ['prompts.templates', {}, 'owner'],
  ['prompts.usage', { id: world.shared, from: '2020-01-01', to: '2020-01-09' }, 'owner'],
  ['versions.list', { id: world.shared }, 'owner'],
  ['categories.list', {}, 'owner'],
  ['tags.list', {}, 'owner'],
  ['groups.list', {}, 'owner'],
  ['members.list', { id: world.group }, 'owner'],
  ['invitations.list', { id: world.group }, 'owner'],
  ['me.invitations.list', {}, 'owner'],
  ['favorites.list', {}, 'owner'],
  ['library.list', {}, 'owner'],
  ['history.list', {}, 'owner'],
  ['admin.users.list', {}, 'admin'],
  ['admin.audit.list', {}, 'admin'],
  ['admin.authAttempts.list', {}, 'admin'],
  ['admin.jobs.list', {}, 'admin'],
];

/** A world in which every list has more than one item, and the cursor of each. */
export async function openLists(server: BootedApp): Promise<{ world: World; opened: Opened[] }> {
  const world = await givenWorld(server);
  await fillLists(server, world);
  const opened: Opened[] = [];
  for (const [procedure, input, caller] of lists(world)) {
    const headers = await world.headersOf(caller);
    const { code, result } = await callProcedure(server, 'REST', procedure, { ...input, limit: 1 }, headers);
    const cursor: unknown = Object(result).nextCursor;
    if (typeof cursor !== 'string') throw new Error(`${procedure} gave no cursor: ${code}.`);
    opened.push({ procedure, input: { ...input, limit: 1 }, caller, cursor });
  }
  return { world, opened };
}

async function fillLists(server: BootedApp, world: World): Promise<void> {
  const { pool } = server.database;
  const { alice } = world.people;
  const headers: Headers = await world.headersOf('owner');
  const calls: ReadonlyArray<readonly [string, Input]> = [
    ['prompts.update', { id: world.shared, category: 'Coding', tags: ['useful', 'other'] }],
    ['prompts.update', { id: world.second, isTemplate: true }],
    ['favorites.add', { promptId: world.shared }],
    ['members.add', { id: world.group, email: `another-${world.mark}@example.com`, role: 'viewer' }],
    ['auth.login', { email: alice.email, password: world.password }],
    ['auth.login', { email: alice.email, password: 'not her password' }],
  ];
  for (const [procedure, input] of calls) await callProcedure(server, 'REST', procedure, input, headers);
  await pool.query(
    `WITH made AS (INSERT INTO groups (id, name, user_id) VALUES ($1, 'Another of hers', $2) RETURNING id)
     INSERT INTO group_invitations (id, group_id, email, role) SELECT $3, id, $4, 'viewer' FROM made`,
    [newId(), world.people.mallory.id, newId(), alice.email],
  );
  for (let jobs = 0; jobs < 2; jobs += 1) await pool.query(`SELECT graphile_worker.add_job('job_of_a_test')`);
  for (const day of ['2020-01-01', '2020-01-02']) {
    await pool.query('INSERT INTO usage_daily (prompt_id, day, version, consumer, uses) VALUES ($1, $2, 1, $3, 5)', [
      world.shared,
      day,
      'test',
    ]);
    await pool.query(
      `INSERT INTO usage_events (id, prompt_id, version, user_id, consumer, kind, occurred_at)
       VALUES ($1, $2, 1, $3, 'test', 'read', $4)`,
      [newId(), world.shared, alice.id, server.services.clock.now()],
    );
  }
}

const bytesOf = (cursor: string): Buffer => Buffer.from(cursor, 'base64url');
/** The version, and what a cipher needs besides its key: what is encrypted follows. */
const HEAD_BYTES = 13;
const TAG_BYTES = 16;

/** The beginning of one with what another encrypted, and with its tag or one's own. */
export function withPartsOf(cursor: string, other: string): string[] {
  const [own, theirs] = [bytesOf(cursor), bytesOf(other)];
  return [
    Buffer.concat([own.subarray(0, HEAD_BYTES), theirs.subarray(HEAD_BYTES)]),
    Buffer.concat([own.subarray(0, -TAG_BYTES), theirs.subarray(-TAG_BYTES)]),
    Buffer.concat([own.subarray(0, HEAD_BYTES), theirs.subarray(HEAD_BYTES, -TAG_BYTES), own.subarray(-TAG_BYTES)]),
  ].map((mixed) => mixed.toString('base64url'));
}

/** A cursor that no list gave, made of one that a list did. */
export function tampered(proof: Proof, cursor: string): string {
  const bytes = bytesOf(cursor);
  const at = proof.below(bytes.length);
  const ways: ReadonlyArray<() => string> = [
    () => {
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << proof.below(8)), at);
      return bytes.toString('base64url');
    },
    () => cursor.slice(0, proof.below(cursor.length)),
    () => cursor.slice(1 + proof.below(cursor.length - 1)),
    () => `${cursor}${proof.pick(['A', 'AA', '=', '==', '%', ' ', '\0', cursor])}`,
    () => `${cursor.slice(0, at)}${proof.pick(['+', '/', '.', '-', '_', '\u200b', 'é'])}${cursor.slice(at)}`,
    () => Buffer.concat([bytes.subarray(0, HEAD_BYTES), Buffer.from(JSON.stringify([newId()]))]).toString('base64url'),
    () => Buffer.concat([bytes.subarray(0, 1), Buffer.alloc(12), bytes.subarray(HEAD_BYTES)]).toString('base64url'),
    () => Buffer.concat([bytes.subarray(0, -TAG_BYTES), Buffer.alloc(TAG_BYTES)]).toString('base64url'),
    // As a version before this one made them: signed, and readable.
    () => Buffer.concat([Buffer.of(1), bytes.subarray(0, 32), Buffer.from('[5]')]).toString('base64url'),
    () => Buffer.from(JSON.stringify(['2030-01-01T00:00:00.000Z', newId()])).toString('base64url'),
    () => cursor.toUpperCase(),
    () => cursor.split('').toReversed().join(''),
    () => bytes.toString('hex'),
    () => 'A'.repeat(1 + proof.below(5_000)),
  ];
  const made = proof.pick(ways)?.() ?? '';
  return made === cursor ? `${cursor}A` : made;
}

export async function turnPage(
  server: BootedApp,
  world: World,
  transport: Transport,
  page: Pick<Opened, 'procedure' | 'input' | 'caller' | 'cursor'>,
): Promise<Answer> {
  const { procedure, input, caller, cursor } = page;
  return callProcedure(server, transport, procedure, { ...input, cursor }, await world.headersOf(caller));
}
