import type { ApiKeyParts } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { Scope } from '@promptory/schemas';
import { rows } from '../../../contract/access-matrix.rows.ts';
import { type BootedApp, givenApp } from '../../../harness/boot.ts';
import { givenWorld, type World } from '../../../harness/given-world.ts';
import { takeChanges, watchRows } from '../../../harness/row-changes.ts';
import { callProcedure, type Input, transports } from '../../../harness/transports.ts';
import { proves } from '../../harness/proof.ts';

// What a key may do is never more than its owner may at that moment, on every server, and never what only a person may.

const first = await givenApp();
const second = await givenApp({ beside: first });
await watchRows(first.database);

const keyOf = (userId: string, parts?: ApiKeyParts) => first.as.key({ id: userId }, parts);

/** Something that is taken from a key's owner, a call that the key could make before, and how it is refused after. */
interface Loss {
  readonly what: string;
  readonly owner: (world: World) => string;
  readonly parts?: (world: World) => ApiKeyParts;
  readonly call: (world: World) => { procedure: string; input: Input };
  readonly take: (world: World) => Promise<unknown>;
  readonly refusal: string;
}

const database = () => first.services.db;

const suspend = (userId: string) =>
  database().updateTable('users').set({ status: 'suspended' }).where('id', '=', userId).execute();

const leave = (groupId: string, userId: string) =>
  database().deleteFrom('group_members').where('group_id', '=', groupId).where('user_id', '=', userId).execute();

const makeViewer = (groupId: string, userId: string) =>
  database()
    .updateTable('group_members')
    .set({ role: 'viewer' })
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .execute();

const readShared = ({ shared }: World) => ({ procedure: 'prompts.get', input: { id: shared } });
const editShared = ({ shared }: World) => ({
  procedure: 'prompts.update',
  input: { id: shared, category: `C ${newId().slice(-8)}` },
});
const renameGroup = ({ group }: World) => ({
  procedure: 'groups.update',
  input: { id: group, description: newId().slice(-8) },
});

const losses: readonly Loss[] = [
  {
    what: 'the owner is suspended',
    owner: ({ people }) => people.alice.id,
    call: readShared,
    take: ({ people }) => suspend(people.alice.id),
    refusal: 'auth.invalid_token',
  },
  {
    what: 'a viewer leaves the group',
    owner: ({ people }) => people.carol.id,
    call: readShared,
    take: ({ people, group }) => leave(group, people.carol.id),
    refusal: 'prompt.not_found',
  },
  {
    what: 'an editor leaves the group',
    owner: ({ people }) => people.bob.id,
    call: editShared,
    take: ({ people, group }) => leave(group, people.bob.id),
    refusal: 'prompt.not_found',
  },
  {
    what: 'an editor is made a viewer',
    owner: ({ people }) => people.bob.id,
    call: editShared,
    take: ({ people, group }) => makeViewer(group, people.bob.id),
    refusal: 'prompt.forbidden',
  },
  {
    what: 'an editor of the group itself is made a viewer',
    owner: ({ people }) => people.bob.id,
    call: renameGroup,
    take: ({ people, group }) => makeViewer(group, people.bob.id),
    refusal: 'group.forbidden',
  },
  {
    what: 'a key of the group, whose owner leaves it',
    owner: ({ people }) => people.bob.id,
    parts: ({ group }) => ({ group_id: group }),
    call: readShared,
    take: ({ people, group }) => leave(group, people.bob.id),
    refusal: 'prompt.not_found',
  },
  {
    what: 'a key of the group, from which the prompt is taken',
    owner: ({ people }) => people.alice.id,
    parts: ({ group }) => ({ group_id: group }),
    call: readShared,
    take: ({ group, shared }) =>
      database().deleteFrom('group_prompts').where('group_id', '=', group).where('prompt_id', '=', shared).execute(),
    refusal: 'prompt.not_found',
  },
  {
    what: 'the key is revoked',
    owner: ({ people }) => people.alice.id,
    call: readShared,
    take: ({ people }) =>
      database()
        .updateTable('api_keys')
        .set({ revoked_at: new Date() })
        .where('user_id', '=', people.alice.id)
        .execute(),
    refusal: 'auth.invalid_token',
  },
  {
    what: 'the key runs out',
    owner: ({ people }) => people.alice.id,
    call: readShared,
    take: ({ people }) =>
      database()
        .updateTable('api_keys')
        .set({ expires_at: first.services.clock.now() })
        .where('user_id', '=', people.alice.id)
        .execute(),
    refusal: 'auth.invalid_token',
  },
  {
    what: 'its scope is taken',
    owner: ({ people }) => people.alice.id,
    call: readShared,
    take: ({ people }) =>
      database()
        .updateTable('api_keys')
        .set({ scopes: ['groups:read'] })
        .where('user_id', '=', people.alice.id)
        .execute(),
    refusal: 'auth.scope_missing',
  },
  {
    what: 'a public prompt turns private',
    owner: ({ people }) => people.carol.id,
    call: ({ published }) => ({ procedure: 'prompts.get', input: { id: published } }),
    take: ({ published }) =>
      database().updateTable('prompts').set({ visibility: 'private' }).where('id', '=', published).execute(),
    refusal: 'prompt.not_found',
  },
];

proves(
  'C5',
  'what its owner loses a key loses with the next call, on both servers and through every transport',
  async (proof) => {
    for (const loss of proof.sample(losses, 4)) {
      for (const transport of transports) {
        const world = await givenWorld(first);
        const key = await keyOf(loss.owner(world), loss.parts?.(world));
        const ask = async (server: BootedApp) => {
          const { procedure, input } = loss.call(world);
          return (await callProcedure(server, transport, procedure, input, key)).code;
        };
        for (const server of [first, second]) {
          const code = await ask(server);
          proof.works(code === 'ok', () => `${loss.what}: before it, the call is answered ${code}`);
        }
        await loss.take(world);
        for (const [name, server] of Object.entries({ first, second })) {
          const code = await ask(server);
          proof.check(code === loss.refusal, () => `${loss.what}, ${name} server, ${transport}: ${code}`);
        }
      }
    }
  },
);

proves('C5', 'an admin’s key is nobody’s but a user’s: promoted or demoted, it sees no more', async (proof) => {
  proof.atLeast(30);
  for (const transport of transports) {
    const world = await givenWorld(first);
    const { root, dave } = world.people;
    const keys = { root: await keyOf(root.id), dave: await keyOf(dave.id) };
    const check = async (when: string): Promise<void> => {
      for (const [name, key] of Object.entries(keys)) {
        const read = await callProcedure(second, transport, 'prompts.get', { id: world.shared }, key);
        proof.check(read.code === 'prompt.not_found', () => `${name}'s key, ${when}, ${transport}: ${read.code}`);
        const own = await callProcedure(first, transport, 'me.get', {}, key);
        proof.works(own.code === 'ok', () => `${name}'s key for its own, ${when}, ${transport}: ${own.code}`);
        const users = await callProcedure(first, transport, 'admin.users.list', {}, key);
        proof.check(
          users.code === 'auth.session_required',
          () => `${name}'s key, ${when}, ${transport}: ${users.code}`,
        );
      }
    };
    await check('before');
    await database().updateTable('users').set({ role: 'admin' }).where('id', '=', dave.id).execute();
    await database().updateTable('users').set({ role: 'user' }).where('id', '=', root.id).execute();
    await check('after');
  }
});

/** Procedures that a person alone may call. */
const personal = Object.entries(rows).filter(
  ([, { expected }]) => expected !== 'anyone' && expected['full key'] === 'auth.session_required',
);

proves('C5', 'no key makes keys, changes an address, a password or a factor, or administers', async (proof) => {
  const must = ['apiKeys.create', 'apiKeys.list', 'apiKeys.revoke', 'me.update', 'auth.changePassword'];
  const names = personal.map(([path]) => path);
  const missing = must.filter((path) => !names.includes(path));
  const totp = names.filter((path) => path.startsWith('auth.totp.')).length;
  const admin = Object.keys(rows).filter((path) => path.startsWith('admin.') && !names.includes(path));
  if (missing.length + admin.length > 0 || totp < 6)
    throw new Error(`A key may call ${[...missing, ...admin].join()}.`);
  const world = await givenWorld(first);
  const { alice, root } = world.people;
  const keys = [
    await keyOf(alice.id),
    await keyOf(root.id),
    await keyOf(alice.id, { group_id: world.group }),
    ...(await Promise.all(Scope.options.map((scope) => keyOf(alice.id, { scopes: [scope] })))),
  ];
  await takeChanges(first.database);
  for (const [path, row] of proof.sample(personal, 8)) {
    for (const transport of transports) {
      for (const key of keys) {
        const sent = [key, { authorization: `Bearer ${key['x-api-key']}` }];
        const { code } = await callProcedure(first, transport, path, row.input(world), proof.pick(sent));
        const isRefused =
          code === 'auth.session_required' || (transport === 'tRPC batch' && code === 'request.batch_refused');
        proof.check(isRefused, () => `${path}, ${transport}: ${code}`);
      }
    }
  }
  for (const key of keys.slice(0, 3)) {
    const { code } = await callProcedure(first, proof.pick(transports), 'prompts.list', {}, key);
    proof.works(code === 'ok', () => `a key for what it is for: ${code}`);
  }
  const written = await takeChanges(first.database);
  if (written.length > 0) proof.deviation(`wrote ${written.map(({ table }) => table).join()}`);
});

proves('C5', 'each scope opens what it names and nothing else', async (proof) => {
  proof.atLeast(250);
  const world = await givenWorld(first);
  const reads: Readonly<Record<string, Scope>> = {
    'me.get': 'account:read',
    'preferences.get': 'account:read',
    'prompts.list': 'prompts:read',
    'prompts.get': 'prompts:read',
    'versions.list': 'prompts:read',
    'transfer.export': 'prompts:read',
    'transfer.exportFiles': 'prompts:read',
    'categories.list': 'prompts:read',
    'groups.list': 'groups:read',
    'groups.get': 'groups:read',
    'prompts.usage': 'usage:read',
    'prompts.create': 'prompts:write',
    'groups.create': 'groups:write',
  };
  for (const scope of Scope.options) {
    const key = await keyOf(world.people.alice.id, { scopes: [scope] });
    for (const [path, needed] of Object.entries(reads)) {
      for (const transport of transports) {
        const { code } = await callProcedure(first, transport, path, rows[path]?.input(world) ?? {}, key);
        const due = scope === needed ? 'ok' : 'auth.scope_missing';
        proof.worksIf(due === 'ok', code === due, () => `${path} with ${scope}, ${transport}: ${code}`);
      }
    }
  }
});

proves('C5', 'a key runs out to the millisecond, and a revoked or expired one opens nothing', async (proof) => {
  const world = await givenWorld(first);
  const { clock } = first.services;
  for (let round = proof.share(10, 2); round > 0; round -= 1) {
    const lifetime = 1_000 + proof.below(1_000_000);
    const key = await keyOf(world.people.alice.id, { expires_at: new Date(clock.now().getTime() + lifetime) });
    for (const [step, due] of [
      [lifetime - 1, 'ok'],
      [1, 'auth.invalid_token'],
      [1, 'auth.invalid_token'],
    ] as const) {
      clock.advance(step);
      for (const transport of transports) {
        const { code } = await callProcedure(second, transport, 'me.get', {}, key);
        proof.worksIf(due === 'ok', code === due, () => `${step} ms later, ${transport}: ${code}`);
      }
    }
  }
  const gone = [
    await keyOf(world.people.alice.id, { revoked_at: clock.now() }),
    await keyOf(world.people.alice.id, { revoked_at: new Date(0), expires_at: new Date(clock.now().getTime() + 1e9) }),
    await keyOf(world.people.sam.id),
  ];
  for (const key of gone) {
    for (const path of Object.keys(rows).filter((each) => rows[each]?.expected !== 'anyone')) {
      const { status } = await callProcedure(first, 'REST', path, rows[path]?.input(world) ?? {}, key);
      proof.check(status === 401, () => `${path}: ${status}`);
    }
  }
});
