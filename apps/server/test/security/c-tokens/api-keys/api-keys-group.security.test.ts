import { givenApp } from '../../../harness/boot.ts';
import { givenWorld, type World } from '../../../harness/given-world.ts';
import { callProcedure, type Headers, type Input, type Transport, transports } from '../../../harness/transports.ts';
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
      ['prompts.list', { q: 'about' }],
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
    const exported = JSON.stringify((await callProcedure(server, transport, 'transfer.export', {}, key)).result);
    const holds = (title: string): boolean => exported.includes(`"${title}"`);
    proof.check(
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
    proof.check(listedGroups.has(group), () => `its own group is not listed, ${transport}`);
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
      { title: 'Shared too', content: 'About it' },
      everything,
    );
    ids.push((made.result as { id: string }).id);
    await callProcedure(server, 'REST', 'favorites.add', { promptId: ids[0] }, everything);
    await checkWithin(proof, world, await server.as.key(alice, { group_id: world.group }), ids);
  }
});
