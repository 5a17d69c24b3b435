import { givenApp } from '../../../harness/boot.ts';
import { givenWorld, type World } from '../../../harness/given-world.ts';
import { callProcedure, type Headers, type Input, type Transport, transports } from '../../../harness/transports.ts';
import type { Caller } from '../../../harness/world-callers.ts';
import { type Proof, proves } from '../../harness/proof.ts';

// What a key that is limited to one group finds, by every way of finding.

const server = await givenApp();

/** Everything that an answer names, however deep. */
const idsIn = (value: unknown): Set<string> =>
  new Set(JSON.stringify(value ?? null).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));

/** All pages of a list. */
async function listed(transport: Transport, path: string, input: Input, key: Headers): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 20; page += 1) {
    const asked: Input = { ...input, limit: 1, ...(cursor === null ? {} : { cursor }) };
    const { result } = await callProcedure(server, transport, path, asked, key);
    const answer = result as { items?: unknown[]; nextCursor?: string | null } | undefined;
    items.push(...(answer?.items ?? []));
    cursor = answer?.nextCursor ?? null;
    if (cursor === null) break;
  }
  return items;
}

async function checkWithin(proof: Proof, world: World, key: Headers, own: readonly string[]): Promise<void> {
  const { published, group, foreign, trashed } = world;
  const outside = [trashed, published, ...foreign.values(), own[0] ?? ''];
  for (const transport of transports) {
    const lists: Array<[string, Input]> = [
      ['prompts.list', {}],
      ['prompts.list', { q: 'topic' }],
      ['prompts.list', { owner: 'me' }],
      ['prompts.list', { sort: 'title' }],
      ['prompts.list', { visibility: 'public' }],
      ['prompts.templates', {}],
      ['groups.list', {}],
      ['favorites.list', {}],
      ['library.list', {}],
      ['history.list', {}],
    ];
    for (const [path, input] of lists) {
      const ids = idsIn(await listed(transport, path, input, key));
      const strays = outside.filter((id) => ids.has(id));
      proof.check(strays.length === 0, () => `${path} ${JSON.stringify(input)}, ${transport}: ${strays.join()}`);
    }
    const exported = JSON.stringify(
      (await callProcedure(server, transport, 'transfer.export', { scope: 'readable' }, key)).result,
    );
    const holds = (title: string): boolean => exported.includes(`"${title}"`);
    proof.works(
      holds('Shared') && holds('Second'),
      () => `the export lacks what is its own, ${transport}: ${exported}`,
    );
    const more = ['Shared too', 'Trashed', 'Published', 'Hidden'].filter(holds);
    proof.check(more.length === 0, () => `the export holds ${more.join()}, ${transport}`);
    for (const id of outside) {
      const { code } = await callProcedure(server, transport, 'prompts.get', { id }, key);
      proof.check(code === 'prompt.not_found', () => `prompts.get, ${transport}: ${code}`);
    }
    const listedGroups = idsIn(await listed(transport, 'groups.list', {}, key));
    proof.works(listedGroups.has(group), () => `its own group is not listed, ${transport}`);
  }
}

proves('C5', 'a key of one group finds that group alone, by list, search, cursor, export and id', async (proof) => {
  for (let round = proof.share(4); round > 0; round -= 1) {
    const world = await givenWorld(server);
    const { alice } = world.people;
    const ids: string[] = [];
    const everything = await server.as.key(alice);
    // Of the same owner and of the same words, and not in the group.
    const made = await callProcedure(
      server,
      'REST',
      'prompts.create',
      { title: 'Shared too', content: 'About the topic' },
      everything,
    );
    ids.push((made.result as { id: string }).id);
    await callProcedure(server, 'REST', 'favorites.add', { promptId: ids[0] }, everything);
    await checkWithin(proof, world, await server.as.key(alice, { group_id: world.group }), ids);
  }
});

/** Every way by which a prompt of the group is found, and how an answer names it. */
const finders: ReadonlyArray<readonly [path: string, input: (world: World) => Input, name: (world: World) => string]> =
  [
    ['prompts.list', () => ({ limit: 100 }), ({ shared }) => shared],
    ['prompts.list', () => ({ q: 'topic', limit: 100 }), ({ shared }) => shared],
    ['prompts.list', ({ group }) => ({ groupId: group }), ({ shared }) => shared],
    ['prompts.templates', () => ({ limit: 100 }), ({ shared }) => shared],
    ['library.list', () => ({ limit: 100 }), ({ shared }) => shared],
    ['transfer.export', () => ({ scope: 'readable' }), () => '"Shared"'],
    ['groups.get', ({ group }) => ({ id: group }), ({ shared }) => shared],
    ['groups.list', () => ({}), ({ group }) => group],
    ['prompts.get', ({ shared }) => ({ id: shared }), ({ shared }) => shared],
    ['versions.get', ({ shared }) => ({ id: shared, version: 1 }), () => '"content"'],
  ];

interface Event {
  readonly what: string;
  readonly by: Caller;
  readonly call: (world: World) => { readonly path: string; readonly input: Input };
  /** What the key is answered where it finds nothing any more; undefined where it goes on as before. */
  readonly after: RegExp | undefined;
  /** Whether the group itself is still there for the key. */
  readonly keepsGroup?: boolean;
}

const events: readonly Event[] = [
  {
    what: 'its owner is removed from the group',
    by: 'owner',
    call: ({ group, people }) => ({ path: 'members.remove', input: { id: group, userId: people.bob.id } }),
    after: /^ok$|not_found$/,
  },
  {
    what: 'its owner leaves the group',
    by: 'editor',
    call: ({ group, people }) => ({ path: 'members.remove', input: { id: group, userId: people.bob.id } }),
    after: /^ok$|not_found$/,
  },
  {
    what: 'the group changes hands',
    by: 'owner',
    call: ({ group, people }) => ({
      path: 'members.update',
      input: { id: group, userId: people.carol.id, role: 'owner' },
    }),
    after: undefined,
  },
  {
    what: 'the prompt is put into the trash',
    by: 'owner',
    call: ({ shared }) => ({ path: 'prompts.delete', input: { id: shared } }),
    after: /^ok$|not_found$/,
    keepsGroup: true,
  },
  {
    what: 'the prompt is taken out of the group',
    by: 'owner',
    call: ({ group, shared }) => ({ path: 'groups.removePrompt', input: { id: group, promptId: shared } }),
    after: /^ok$|not_found$/,
    keepsGroup: true,
  },
  {
    what: 'the group is deleted',
    by: 'owner',
    call: ({ group }) => ({ path: 'groups.delete', input: { id: group } }),
    after: /^auth\.invalid_token$/,
  },
];

for (const transport of transports) {
  proves(
    'C5',
    `what befalls its group befalls a key of one group at once, by every way of finding: ${transport}`,
    async (proof) => {
      proof.atLeast(events.length * finders.length);
      for (const { what, by, call, after, keepsGroup = false } of events) {
        const world = await givenWorld(server);
        const key = await server.as.key(world.people.bob, { group_id: world.group });
        const ask = async ([path, input, name]: (typeof finders)[number]) => {
          const { code, result } = await callProcedure(server, transport, path, input(world), key);
          const text = JSON.stringify(result ?? null);
          return { path, code, isNamed: text.includes(name(world)), isOutside: text.includes(world.published) };
        };
        for (const finder of finders) {
          const { path, code, isNamed, isOutside } = await ask(finder);
          proof.works(
            code === 'ok' && isNamed && !isOutside,
            () => `${path} before ${what}: ${code}, named ${isNamed}`,
          );
        }
        const { path, input } = call(world);
        const done = await callProcedure(server, 'REST', path, input, await world.headersOf(by));
        proof.works(done.code === 'ok', () => `${what}: ${done.code}`);
        for (const finder of finders) {
          const { path: asked, code, isNamed, isOutside } = await ask(finder);
          const isKept = after === undefined || (keepsGroup && asked === 'groups.list');
          const isFine = isKept ? code === 'ok' && isNamed : after.test(code) && !isNamed;
          proof.check(isFine && !isOutside, () => `${asked} after ${what}: ${code}, named ${isNamed}`);
        }
      }
    },
  );
}

proves(
  'C5',
  'a key of one group does in it what its owner may at that moment, also once it changed hands',
  async (proof) => {
    proof.atLeast(12);
    for (const transport of transports) {
      const world = await givenWorld(server);
      const { alice, bob } = world.people;
      const { group: id } = world;
      const keys = {
        former: await server.as.key(alice, { group_id: id }),
        next: await server.as.key(bob, { group_id: id }),
      };
      const share = (key: Headers) =>
        callProcedure(server, transport, 'members.update', { id, userId: world.people.carol.id, role: 'editor' }, key);
      proof.works((await share(keys.former)).code === 'ok', () => `${transport}: the owner's key does not share it`);
      const early = await share(keys.next);
      proof.check(early.code === 'group.forbidden', () => `${transport}: an editor's key shares it: ${early.code}`);
      const handed = { id, userId: bob.id, role: 'owner' };
      const done = await callProcedure(server, 'REST', 'members.update', handed, await world.headersOf('owner'));
      proof.works(done.code === 'ok', () => `handing it over: ${done.code}`);
      const late = await share(keys.former);
      proof.check(
        late.code === 'group.forbidden',
        () => `${transport}: the former owner's key shares it: ${late.code}`,
      );
      const gone = await callProcedure(server, transport, 'groups.delete', { id }, keys.former);
      proof.check(
        gone.code === 'group.forbidden',
        () => `${transport}: the former owner's key deletes it: ${gone.code}`,
      );
      proof.works((await share(keys.next)).code === 'ok', () => `${transport}: the next owner's key does not share it`);
    }
  },
);
