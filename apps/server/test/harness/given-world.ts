import { createHmac, randomBytes } from 'node:crypto';
import { totpCodeAt } from '@promptory/auth';
import { newId } from '@promptory/db';
import { Scope } from '@promptory/schemas';
import type { BootedApp } from './boot.ts';
import type { Headers } from './transports.ts';
import {
  bytea,
  groupRow,
  insertRows,
  keyRow,
  linkRow,
  promptRow,
  type Someone,
  secret,
  sessionRow,
  totpRow,
  versionRow,
} from './world-rows.ts';

// A small world in which every kind of caller has its place: alice owns a group with two of her prompts, which bob
// edits, carol views, dave was once a member of, and sam would edit were he not suspended. mallory has a world of her
// own of the same shape. root administers, with a second factor. nina has not yet verified her address. Worlds share a
// database and no rows.

const names = ['alice', 'bob', 'carol', 'dave', 'mallory', 'root', 'sam', 'nina', 'erin'] as const;
type Name = (typeof names)[number];

/** A caller whose credential, if any, is not accepted. */
export const rejectedCallers = [
  'anonymous',
  'garbage token',
  'expired token',
  'token signed by another key',
  'token with alg none',
  'refresh token as access token',
  'ended session',
  'suspended editor',
  'revoked key',
  'expired key',
  'mistyped key',
  'key of the suspended',
] as const;

/** A caller who is let in as somebody. The keys are alice's where they do not say whose. */
export const knownCallers = [
  'stranger',
  'ex-member',
  'viewer',
  'editor',
  'owner',
  'admin',
  'reading key',
  'full key',
  'group key',
  'other group key',
  "stranger's key",
  "admin's key",
] as const;

export type RejectedCaller = (typeof rejectedCallers)[number];
export type KnownCaller = (typeof knownCallers)[number];
export type Caller = RejectedCaller | KnownCaller;

export interface World {
  /** Different in every world; in its addresses and handles. */
  readonly mark: string;
  readonly people: Readonly<Record<Name, Someone>>;
  readonly password: string;
  /** Of alice, in the group at 0 and 1, and of two versions. */
  readonly shared: string;
  readonly second: string;
  /** Of alice, in the trash. */
  readonly trashed: string;
  /** Of mallory, public. */
  readonly published: string;
  readonly group: string;
  readonly invitation: string;
  /** Of alice, unused by any caller. */
  readonly spareKey: string;
  readonly spareSession: { readonly id: string; readonly refreshToken: string };
  /** Alice's link to reset her password. */
  readonly resetToken: string;
  /** Nina's link to verify her address. */
  readonly verifyToken: string;
  /** What root's authenticator shows now, and alice's, with which she has yet to confirm it. */
  readonly codes: { readonly root: string; readonly alice: string };
  /** What mallory has in place of what alice has, or is in place of who is in the group. */
  readonly foreign: ReadonlyMap<string, string>;
  /** What a caller sends along with each call. */
  headersOf(caller: Caller): Promise<Headers>;
}

const readScopes: Scope[] = ['prompts:read', 'groups:read', 'usage:read', 'account:read'];
const allScopes: Scope[] = [...Scope.options];
const PASSWORD = 'a password for tests only';
const HOUR = 3_600_000;

let worlds = 0;

/** Makes a world, in one statement. */
export async function givenWorld(server: BootedApp): Promise<World> {
  const now = server.services.clock.now();
  worlds += 1;
  const mark = worlds.toString(36);
  const people = Object.fromEntries(
    names.map((name) => [name, { id: newId(), email: `${name}-${mark}@example.com`, handle: `${name}-${mark}` }]),
  ) as Record<Name, Someone>;
  const { alice, bob, carol, dave, mallory, root, sam, nina, erin } = people;
  const [shared, second, trashed, published, hidden] = [newId(), newId(), newId(), newId(), newId()];
  const [group, emptyGroup, herGroup] = [newId(), newId(), newId()];
  const [invitation, herInvitation] = [newId(), newId()];
  const [resetToken, verifyToken] = [secret(), secret()];
  const [rootsKey, alicesKey] = [randomBytes(20), randomBytes(20)];

  const keys = {
    'reading key': keyRow(alice, readScopes, now),
    'full key': keyRow(alice, allScopes, now),
    'group key': keyRow(alice, allScopes, now, { group_id: group }),
    'other group key': keyRow(alice, allScopes, now, { group_id: emptyGroup }),
    "stranger's key": keyRow(mallory, allScopes, now),
    "admin's key": keyRow(root, allScopes, now),
    'revoked key': keyRow(alice, allScopes, now, { revoked_at: now }),
    'expired key': keyRow(alice, allScopes, now, { expires_at: now }),
    'key of the suspended': keyRow(sam, allScopes, now),
    spare: keyRow(alice, allScopes, now),
  };
  const sessions = new Map([alice, bob, carol, dave, mallory, root, sam].map(({ id }) => [id, sessionRow(id, now)]));
  const spare = sessionRow(alice.id, now);
  const prompts = [
    promptRow(shared, alice, 'shared', { version: 2, is_template: true }),
    promptRow(second, alice, 'second', { category: 'Writing' }),
    promptRow(trashed, alice, 'trashed', { deleted_at: now }),
    promptRow(published, mallory, 'published', { visibility: 'public' }),
    promptRow(hidden, mallory, 'hidden'),
  ];

  await insertRows(server, {
    users: names.map((name) => ({
      ...people[name],
      name: name[0]?.toUpperCase() + name.slice(1),
      role: name === 'root' ? 'admin' : 'user',
      status: name === 'sam' ? 'suspended' : 'active',
      email_verified_at: name === 'nina' ? null : now,
      preferences: {},
      created_at: now,
      updated_at: now,
    })),
    user_passwords: names.map((name) => ({ user_id: people[name].id, hash: `plain:${PASSWORD}`, changed_at: now })),
    user_totp: [totpRow(server, root, rootsKey, now, now), totpRow(server, alice, alicesKey, now, null)],
    sessions: [...sessions.values(), spare].map(({ row }) => ({
      ...row,
      second_factor_at: row.user_id === root.id ? now : null,
    })),
    prompts,
    prompt_versions: [
      {
        ...versionRow(promptRow(shared, alice, 'shared')),
        version: 1,
        content: 'First',
        content_hash: bytea(randomBytes(32)),
      },
      ...prompts.map(versionRow),
    ],
    tags: [shared, second].map((prompt_id) => ({ prompt_id, name: 'useful' })),
    favorites: [alice, bob, carol, dave, root].map(({ id }) => ({ user_id: id, prompt_id: second, created_at: now })),
    groups: [
      groupRow(group, alice, 'Team', now),
      groupRow(emptyGroup, alice, 'Empty', now),
      groupRow(herGroup, mallory, 'Hers', now),
    ],
    group_members: [
      { group_id: group, user_id: bob.id, role: 'editor', created_at: now },
      { group_id: group, user_id: carol.id, role: 'viewer', created_at: now },
      { group_id: group, user_id: sam.id, role: 'editor', created_at: now },
      { group_id: herGroup, user_id: erin.id, role: 'viewer', created_at: now },
    ],
    group_prompts: [
      { group_id: group, prompt_id: shared, position: 0, added_by: alice.id, created_at: now },
      { group_id: group, prompt_id: second, position: 1, added_by: alice.id, created_at: now },
      { group_id: herGroup, prompt_id: hidden, position: 0, added_by: mallory.id, created_at: now },
    ],
    group_invitations: [
      { id: invitation, group_id: group, email: `guest-${mark}@example.com`, role: 'viewer', created_at: now },
      { id: herInvitation, group_id: herGroup, email: `guest-${mark}@example.com`, role: 'viewer', created_at: now },
    ],
    api_keys: Object.values(keys).map(({ row }) => row),
    email_tokens: [linkRow(alice, 'reset_password', resetToken, now), linkRow(nina, 'verify_email', verifyToken, now)],
  });

  const tokenOf = async ({ id }: Someone, at = now, sessionId = sessions.get(id)?.row.id ?? ''): Promise<string> =>
    (await server.services.accessTokens.sign({ userId: id, sessionId, now: at })).token;
  const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
  const byKey = (name: keyof typeof keys): Headers => ({ 'x-api-key': keys[name].key });
  const headers: Record<Caller, () => Promise<Headers> | Headers> = {
    anonymous: () => ({}),
    'garbage token': () => bearer('garbage'),
    'expired token': async () => bearer(await tokenOf(alice, new Date(now.getTime() - HOUR))),
    'token signed by another key': async () => bearer(signedByAnother(await tokenOf(alice))),
    'token with alg none': async () => bearer(unsigned(await tokenOf(alice))),
    'refresh token as access token': () => bearer(spare.refreshToken),
    'ended session': async () => bearer(await tokenOf(alice, now, newId())),
    'suspended editor': async () => bearer(await tokenOf(sam)),
    'revoked key': () => byKey('revoked key'),
    'expired key': () => byKey('expired key'),
    'mistyped key': () => ({ 'x-api-key': keys['full key'].key.slice(0, -1) }),
    'key of the suspended': () => byKey('key of the suspended'),
    stranger: async () => bearer(await tokenOf(mallory)),
    'ex-member': async () => bearer(await tokenOf(dave)),
    viewer: async () => bearer(await tokenOf(carol)),
    editor: async () => bearer(await tokenOf(bob)),
    owner: async () => bearer(await tokenOf(alice)),
    admin: async () => bearer(await tokenOf(root)),
    'reading key': () => byKey('reading key'),
    'full key': () => byKey('full key'),
    'group key': () => byKey('group key'),
    'other group key': () => byKey('other group key'),
    "stranger's key": () => byKey("stranger's key"),
    "admin's key": () => byKey("admin's key"),
  };
  return {
    mark,
    people,
    password: PASSWORD,
    shared,
    second,
    trashed,
    published,
    group,
    invitation,
    spareKey: keys.spare.row.id,
    spareSession: { id: spare.row.id, refreshToken: spare.refreshToken },
    resetToken,
    verifyToken,
    codes: { root: await totpCodeAt(rootsKey, now), alice: await totpCodeAt(alicesKey, now) },
    foreign: new Map([
      [shared, hidden],
      [second, hidden],
      [group, herGroup],
      [invitation, herInvitation],
      [carol.id, erin.id],
      [keys.spare.row.id, keys["stranger's key"].row.id],
      [spare.row.id, sessions.get(mallory.id)?.row.id ?? ''],
    ]),
    headersOf: async (caller) => headers[caller](),
  };
}

/** The same claims under the same key id, signed by a key that is not ours. */
function signedByAnother(token: string): string {
  const [header, payload] = token.split('.');
  const text = `${header}.${payload}`;
  return `${text}.${createHmac('sha256', 'another key, of thirty-two bytes').update(text).digest('base64url')}`;
}

/** The same claims, said to need no signature. */
function unsigned(token: string): string {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}
