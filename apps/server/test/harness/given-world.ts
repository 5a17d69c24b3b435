import { randomBytes } from 'node:crypto';
import {
  type ApiKeyParts,
  choiceToken,
  emailTokenRow,
  newApiKey,
  newGroup,
  newPeople,
  newSession,
  PASSWORD,
  type Person,
  promptRow,
  type TestServices,
  totpRow,
  versionRows,
} from '@promptory/api/testing';
import { totpCodeAt } from '@promptory/auth';
import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import { Scope } from '@promptory/schemas';
import type { BootedApp } from './boot.ts';
import type { Headers } from './transports.ts';
import { type Caller, headersIn } from './world-callers.ts';

// A small world in which every kind of caller has its place: alice owns a group with two of her prompts, which bob
// edits, carol views, dave was once a member of, and sam would edit were he not suspended. mallory has a world of her
// own of the same shape. root administers, with a second factor. nina has not yet verified her address. Worlds share a
// database and no rows.

const names = ['alice', 'bob', 'carol', 'dave', 'mallory', 'root', 'sam', 'nina', 'erin'] as const;
type Name = (typeof names)[number];

export interface World {
  /** Different in every world; in its addresses and handles. */
  readonly mark: string;
  readonly people: Readonly<Record<Name, Person>>;
  readonly password: string;
  /** Of alice, in the group at 0 and 1, and of two versions. */
  readonly shared: string;
  readonly second: string;
  /** Of alice, in the trash. */
  readonly trashed: string;
  /** The move that brought the label `production` of `shared` to its first version; `old` is there too, and `kept` is protected. */
  readonly labelMove: string;
  /** Of alice, which brought `production` of `second` to its version. */
  readonly release: string;
  /** Of mallory, public. */
  readonly published: string;
  readonly group: string;
  readonly invitation: string;
  /** To alice's address, into mallory's group. */
  readonly received: string;
  /** Of alice, unused by any caller. */
  readonly spareKey: string;
  readonly spareSession: { readonly id: string; readonly refreshToken: string };
  /** Alice's link to reset her password. */
  readonly resetToken: string;
  /** Nina's link to verify her address. */
  readonly verifyToken: string;
  /** Of the link by which alice turns mails off. */
  readonly mailChoiceToken: string;
  /** What root's authenticator shows now, and alice's, with which she has yet to confirm it. */
  readonly codes: { readonly root: string; readonly alice: string };
  /** What mallory has in place of what alice has, or is in place of who is in the group. */
  readonly foreign: ReadonlyMap<string, string>;
  /** What a caller sends along with each call. */
  headersOf(caller: Caller): Promise<Headers>;
}

const readScopes: Scope[] = ['prompts:read', 'groups:read', 'usage:read', 'account:read'];

const secret = (): string => randomBytes(32).toString('base64url');

let worlds = 0;

/** Makes a world, in one statement. */
export async function givenWorld(server: BootedApp): Promise<World> {
  const [world] = await givenWorlds(server, 1);
  if (world === undefined) throw new Error('No world was made.');
  return world;
}

/** Makes several worlds, in one statement, which costs much less than one for each. */
async function givenWorlds({ services }: BootedApp, count: number): Promise<World[]> {
  const made = await Promise.all(Array.from({ length: count }, () => newWorld(services)));
  const tables = Object.keys(made[0]?.rows ?? {}) as Array<keyof Rows>;
  const all = tables.map((table) => [table, made.flatMap(({ rows }) => rows[table] ?? [])]);
  await insertRows(services.db, Object.fromEntries(all));
  return made.map(({ world }) => world);
}

/** Gives another world each time, of which eight are made at once. */
export function worldsOf(server: BootedApp): () => Promise<World> {
  const spare: World[] = [];
  return async () => {
    if (spare.length === 0) spare.push(...(await givenWorlds(server, 8)));
    return spare.pop() ?? givenWorld(server);
  };
}

type Rows = Parameters<typeof insertRows>[1];

async function newWorld(services: TestServices): Promise<{ world: World; rows: Rows }> {
  const now = services.clock.now();
  worlds += 1;
  const mark = worlds.toString(36);
  const made = newPeople(
    now,
    names.map((name) => ({
      handle: `${name}-${mark}`,
      name: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      role: name === 'root' ? 'admin' : 'user',
      status: name === 'sam' ? 'suspended' : 'active',
      verified: name !== 'nina',
    })),
  );
  const people = Object.fromEntries(names.map((name, at) => [name, made.people[at]])) as Record<Name, Person>;
  const { alice, bob, carol, dave, mallory, root, sam, nina, erin } = people;

  const shared = promptRow(alice, 'shared', { version: 2, is_template: true });
  const second = promptRow(alice, 'second', { category: 'Writing' });
  const trashed = promptRow(alice, 'trashed', { deleted_at: now });
  const published = promptRow(mallory, 'published', { visibility: 'public' });
  const hidden = promptRow(mallory, 'hidden');
  // So that who empties their trash has something in it.
  const thrownAway = [bob, carol, dave, mallory, root].map((person) => promptRow(person, 'gone', { deleted_at: now }));
  const prompts = [shared, second, trashed, published, hidden, ...thrownAway];
  const team = newGroup(now, {
    owner: alice,
    name: 'Team',
    editors: [bob, sam],
    viewers: [carol],
    promptIds: [shared.id, second.id],
  });
  const empty = newGroup(now, { owner: alice, name: 'Empty' });
  const hers = newGroup(now, { owner: mallory, name: 'Hers', viewers: [erin], promptIds: [hidden.id] });
  const groups = [team, empty, hers].map(({ rows }) => rows);
  const expires_at = new Date(now.getTime() + 30 * 24 * 3_600_000);
  const guest = { email: `guest-${mark}@example.com`, role: 'viewer', created_at: now, expires_at };
  const [invitation, herInvitation, received, herReceived] = [newId(), newId(), newId(), newId()];
  const [release, herRelease] = [newId(), newId()];
  const production = { number: 1, label: 'production', to_version: 1, moved_at: now };
  const ofAlice = { ...production, moved_by: alice.id, release_id: null };
  const labelMove = { ...ofAlice, id: newId(), prompt_id: shared.id };
  const released = { ...ofAlice, id: newId(), prompt_id: second.id, release_id: release };
  const herLabelMove = {
    ...production,
    id: newId(),
    prompt_id: hidden.id,
    moved_by: mallory.id,
    release_id: herRelease,
  };
  const labelled = { prompt_id: shared.id, version: 1, is_protected: false };

  const keyOf = (owner: Person, parts: ApiKeyParts = {}) => newApiKey(owner, now, { scopes: Scope.options, ...parts });
  const keys = {
    'reading key': keyOf(alice, { scopes: readScopes }),
    'full key': keyOf(alice),
    'group key': keyOf(alice, { group_id: team.id }),
    'other group key': keyOf(alice, { group_id: empty.id }),
    "stranger's key": keyOf(mallory),
    "admin's key": keyOf(root),
    'revoked key': keyOf(alice, { revoked_at: now }),
    'expired key': keyOf(alice, { expires_at: now }),
    'key of the suspended': keyOf(sam),
    spare: keyOf(alice),
  };
  const spare = newSession(alice, now);
  const [resetToken, verifyToken] = [secret(), secret()];
  const [rootsKey, alicesKey] = [randomBytes(20), randomBytes(20)];
  const factor = { box: services.secretBox, now };

  const rows: Rows = {
    ...made.rows,
    sessions: [...made.rows.sessions, spare.row].map((row) => ({
      ...row,
      second_factor_at: row.user_id === root.id ? now : null,
    })),
    user_totp: [
      totpRow(root, { ...factor, key: rootsKey, confirmedAt: now }),
      totpRow(alice, { ...factor, key: alicesKey, confirmedAt: null }),
    ],
    prompts,
    prompt_versions: prompts.flatMap(versionRows),
    prompt_labels: [
      { ...labelled, label: 'production' },
      { ...labelled, label: 'old' },
      { ...labelled, label: 'kept', is_protected: true },
      { ...labelled, label: 'production', prompt_id: second.id },
      { ...labelled, label: 'production', prompt_id: hidden.id },
    ],
    label_moves: [labelMove, released, herLabelMove],
    tags: [shared, second].map(({ id }) => ({ prompt_id: id, name: 'useful' })),
    favorites: [alice, bob, carol, dave, root].map(({ id }) => ({
      user_id: id,
      prompt_id: second.id,
      created_at: now,
    })),
    groups: groups.flatMap((rows) => rows.groups),
    group_members: groups.flatMap((rows) => rows.group_members),
    group_prompts: groups.flatMap((rows) => rows.group_prompts),
    group_invitations: [
      { ...guest, id: invitation, group_id: team.id },
      { ...guest, id: herInvitation, group_id: hers.id },
      { ...guest, id: received, group_id: hers.id, email: alice.email, invited_by: mallory.id },
      { ...guest, id: herReceived, group_id: empty.id, email: mallory.email, invited_by: alice.id },
    ],
    api_keys: Object.values(keys).map(({ row }) => row),
    email_tokens: [
      emailTokenRow(alice, { purpose: 'reset_password', token: resetToken, now }),
      emailTokenRow(nina, { purpose: 'verify_email', token: verifyToken, now }),
    ],
  };

  const world: World = {
    mark,
    people,
    password: PASSWORD,
    shared: shared.id,
    second: second.id,
    trashed: trashed.id,
    labelMove: labelMove.id,
    release,
    published: published.id,
    group: team.id,
    invitation,
    received,
    spareKey: keys.spare.row.id,
    spareSession: { id: spare.row.id, refreshToken: spare.refreshToken },
    resetToken,
    verifyToken,
    mailChoiceToken: choiceToken(services, { notification: 'labelMoves', userId: alice.id, email: alice.email }),
    codes: { root: await totpCodeAt(rootsKey, now), alice: await totpCodeAt(alicesKey, now) },
    foreign: new Map([
      [shared.id, hidden.id],
      [second.id, hidden.id],
      [team.id, hers.id],
      [labelMove.id, herLabelMove.id],
      [release, herRelease],
      [invitation, herInvitation],
      [received, herReceived],
      [carol.id, erin.id],
      [keys.spare.row.id, keys["stranger's key"].row.id],
      [spare.row.id, mallory.principal.sessionId],
    ]),
    headersOf: headersIn({ services, people, keys, spare }),
  };
  return { world, rows };
}
