import { setTimeout as sleep } from 'node:timers/promises';
import { givenGroup, givenPerson, ManualClock, PASSWORD, type Person } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { openEvents } from '../../harness/open-events.ts';
import { callProcedure, type Headers, type Input } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

// Somebody reads a stream slowly at one server, and loses the right to it at the other. Five seconds later its owner writes
// something into all there is, which the stream must not tell.

/** The machine's own time, by which what waits for its reader is read anew. */
class TickingClock extends ManualClock {
  override now(): Date {
    return new Date();
  }
}

const first = await givenApp({ clock: new TickingClock(), remembers: true });
const second = await givenApp({ beside: first, remembers: true });
const { db, pool } = { db: first.services.db, pool: first.database.pool };

const FELT_WITHIN_MS = 5_000;
/** Of each owner another one: an administrator reads what all have. */
const secretOf = ({ handle }: Person): string => `written for ${handle} after the right to it had ended`;
/** More than the buffers between two ends of a connection take. */
const PROMPTS = 80;
const LETTERS = 200_000;

interface Shared {
  readonly alice: Person;
  readonly carol: Person;
  readonly root: Person;
  readonly group: string;
  /** What alice's session sends, and carol's. */
  readonly asAlice: Headers;
  readonly asCarol: Headers;
}

/** A group of alice's with many long prompts, which carol views. */
async function givenShared(): Promise<Shared> {
  const { services } = first;
  const [alice, carol] = [await givenPerson(services), await givenPerson(services)];
  const root = await givenPerson(services, { role: 'admin' });
  const group = await givenGroup(services, { owner: alice, viewers: [carol] });
  await pool.query(
    `INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    SELECT gen_random_uuid(), $1, 'long-' || n, 'Long', repeat('x', $2), sha256('') FROM generate_series(1, $3::integer) AS n`,
    [alice.id, LETTERS, PROMPTS],
  );
  await writeVersion(alice, 1);
  await pool.query(
    `INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT $1, id, row_number() OVER () - 1, user_id FROM prompts WHERE user_id = $2`,
    [group, alice.id],
  );
  return { alice, carol, root, group, asAlice: await first.as.person(alice), asCarol: await first.as.person(carol) };
}

const writeVersion = (alice: Person, version: number) =>
  pool.query(
    `INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
    SELECT id, $2, title, description, content, config, user_id, content_hash FROM prompts WHERE user_id = $1`,
    [alice.id, version],
  );

async function writeSecret(alice: Person): Promise<void> {
  await pool.query('UPDATE prompts SET title = $2, content = $2, version = 2 WHERE user_id = $1', [
    alice.id,
    secretOf(alice),
  ]);
  await writeVersion(alice, 2);
}

/** Calls at the first server, which has to do it. */
async function act(headers: Headers, procedure: string, input: Input): Promise<unknown> {
  const { code, result } = await callProcedure(first, 'REST', procedure, input, headers);
  if (code !== 'ok') throw new Error(`${procedure} is answered ${code}.`);
  return result;
}

const exports: ReadonlyArray<readonly [what: string, path: string, headers: Headers]> = [
  ['lines', '/prompts/export?scope=readable', {}],
  ['CSV', '/prompts/export?scope=readable', { accept: 'text/csv' }],
  ['files', '/prompts/export/dotprompt?scope=readable', {}],
  ['a file of versions', '/prompts/export/langfuse?scope=readable', {}],
  [
    'tRPC',
    `/trpc/transfer.export?batch=1&input=${encodeURIComponent('{"0":{"scope":"readable"}}')}`,
    { 'trpc-accept': 'application/jsonl' },
  ],
];

/** Reads a beginning of an export at the second server, lets something happen, and reads what else there is. */
async function readAround(
  path: string,
  headers: Headers,
  happens: () => Promise<unknown>,
): Promise<{ text: string; end: 'complete' | 'cut off' }> {
  const answer = await fetch(`${await second.url()}${path}`, { headers });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined || !answer.ok) throw new Error(`no stream: ${answer.status}`);
  let text = (await reader.read()).value ?? '';
  await happens();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) text += step.value;
    return { text, end: 'complete' };
  } catch {
    return { text, end: 'cut off' };
  }
}

/** Of how many callers, what happens once all of them have begun. */
function once(callers: number, happens: () => Promise<unknown>): () => Promise<unknown> {
  let begun = 0;
  const all = Promise.withResolvers<void>();
  const done = all.promise.then(happens);
  return () => {
    begun += 1;
    if (begun === callers) all.resolve();
    return done;
  };
}

interface Loss {
  readonly what: string;
  /** What is taken is the credential: the stream is over. */
  readonly ends: boolean;
  /** What the reader sends, and how it loses its right. */
  prepare(shared: Shared): Promise<{ readonly headers: Headers; lose(): Promise<unknown> }>;
}

const ofRights = (what: string, lose: (shared: Shared) => Promise<unknown>): Loss => ({
  what,
  ends: false,
  prepare: async (shared) => ({ headers: shared.asCarol, lose: () => lose(shared) }),
});

const ofCredential = (what: string, lose: (shared: Shared) => Promise<unknown>): Loss => ({
  ...ofRights(what, lose),
  ends: true,
});

const losses: readonly Loss[] = [
  ofRights('a member is removed', ({ asAlice, group, carol }) =>
    act(asAlice, 'members.remove', { id: group, userId: carol.id }),
  ),
  ofRights('a member leaves', ({ asCarol, group, carol }) =>
    act(asCarol, 'members.remove', { id: group, userId: carol.id }),
  ),
  ofRights('the group is deleted', ({ asAlice, group }) => act(asAlice, 'groups.delete', { id: group })),
  {
    what: 'public prompts turn private',
    ends: false,
    async prepare({ alice, carol, asAlice, group, asCarol }) {
      await db.updateTable('prompts').set({ visibility: 'public' }).where('user_id', '=', alice.id).execute();
      await act(asAlice, 'members.remove', { id: group, userId: carol.id });
      const turn = () =>
        db.updateTable('prompts').set({ visibility: 'private' }).where('user_id', '=', alice.id).execute();
      return { headers: asCarol, lose: turn };
    },
  },
  ofCredential('one logs out', ({ asCarol }) => act(asCarol, 'auth.logout', {})),
  ofCredential('an account is deleted', ({ asCarol }) => act(asCarol, 'me.delete', { currentPassword: PASSWORD })),
  ofCredential('an account is suspended', async ({ root, carol }) =>
    act(await first.as.person(root), 'admin.users.update', { id: carol.id, status: 'suspended' }),
  ),
  ofCredential('a password is changed elsewhere', async ({ carol }) =>
    act(await first.as.person(carol), 'auth.changePassword', {
      currentPassword: PASSWORD,
      newPassword: 'a lantern in the third field',
    }),
  ),
  {
    what: 'a key is revoked',
    ends: true,
    async prepare({ asCarol }) {
      const made = await act(asCarol, 'apiKeys.create', { name: 'slow', scopes: ['prompts:read', 'groups:read'] });
      const { key, apiKey } = made as { key: string; apiKey: { id: string } };
      return { headers: { 'x-api-key': key }, lose: () => act(asCarol, 'apiKeys.revoke', { id: apiKey.id }) };
    },
  },
  {
    what: 'an administrator is demoted',
    ends: true,
    async prepare({ root, carol, asAlice, group }) {
      await act(asAlice, 'members.remove', { id: group, userId: carol.id });
      const another = await first.as.person(await givenPerson(first.services, { role: 'admin' }));
      return {
        headers: await first.as.person(root),
        lose: () => act(another, 'admin.users.update', { id: root.id, role: 'user' }),
      };
    },
  },
];

proves(
  'A6',
  'an export whose reader lost the right to it tells nothing that is written five seconds later',
  async (proof) => {
    const chosen = proof.sample(losses, 2);
    const shown = proof.demand(exports.length, 'exports showed those who may read on what was written');
    const begun = proof.demand(exports.length * chosen.length, 'exports were cut amid');
    const nothing = ofRights('nothing', async () => undefined);
    for (const { what, ends, prepare } of [nothing, ...chosen]) {
      const shared = await givenShared();
      const { headers, lose } = await prepare(shared);
      const happens = once(exports.length, async () => {
        await lose();
        await sleep(FELT_WITHIN_MS);
        await writeSecret(shared.alice);
      });
      await Promise.all(
        exports.map(async ([form, path, more]) => {
          const { text, end } = await readAround(path, { ...headers, ...more }, happens);
          const tells = text.includes(secretOf(shared.alice));
          if (what === 'nothing') {
            shown(tells && end === 'complete');
            return;
          }
          begun((text.match(/x{1000,}/g)?.length ?? 0) < PROMPTS);
          proof.check(!tells, () => `${what}: ${form} tells what was written after`);
          proof.check(end === (ends ? 'cut off' : 'complete'), () => `${what}: ${form} is ${end}`);
        }),
      );
      // What is long is not needed any more.
      await db.deleteFrom('group_prompts').where('group_id', '=', shared.group).execute();
    }
  },
);

proves(
  'A6',
  'who watches what they lose the right to gets nothing that is written five seconds later',
  async (proof) => {
    const chosen = proof.sample(losses, 2);
    const shown = proof.demand(2, 'those who may watch on were shown what was written');
    const nothing = ofRights('nothing', async () => undefined);
    await Promise.all(
      [nothing, ...chosen].map(async ({ what, ends, prepare }) => {
        const shared = await givenShared();
        const { headers, lose } = await prepare(shared);
        const url = await second.url();
        const isAdmins = what === 'an administrator is demoted' || what === 'public prompts turn private';
        const paths = [
          `/prompts/watch?refs=${shared.alice.handle}/long-1@latest`,
          ...(isAdmins ? [] : [`/groups/${shared.group}/watch`]),
        ];
        const streams = await Promise.all(paths.map((path) => openEvents(`${url}${path}`, headers)));
        for (const stream of streams) await stream.until(() => true);
        await lose();
        await sleep(FELT_WITHIN_MS);
        const before = streams.map(({ events }) => events.length);
        await act(shared.asAlice, 'prompts.update', { id: await idOf(shared.alice), content: secretOf(shared.alice) });
        await db
          .updateTable('groups')
          .set({ name: secretOf(shared.alice) })
          .where('id', '=', shared.group)
          .execute();
        await sleep(FELT_WITHIN_MS);
        for (const [at, { events, over, close }] of streams.entries()) {
          const later = events.slice(before[at]).filter(({ data }) => Reflect.get(Object(data), 'type') !== 'none');
          if (what === 'nothing') shown(later.length > 0);
          else proof.check(later.length === 0, () => `${what}: ${paths[at]} tells ${JSON.stringify(later)}`);
          const end = await Promise.race([over, 'open']);
          if (what !== 'nothing') proof.check((end === 'open') !== ends, () => `${what}: ${paths[at]} is ${end}`);
          close();
        }
      }),
    );
  },
);

const idOf = async ({ id }: Person): Promise<string> =>
  (
    await db
      .selectFrom('prompts')
      .select('id')
      .where('user_id', '=', id)
      .where('slug', '=', 'long-1')
      .executeTakeFirstOrThrow()
  ).id;
