import { retryTransaction } from '@promptory/db';
import type { BundleGroup } from '@promptory/schemas';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { contextOf, givenApi, givenGroup, givenPrompts, type Person } from '../../../../../test/index.ts';
import type { SignedInContext } from '../../../../context.ts';
import { joinGroups, lockOwnGroups } from './bundle-groups.ts';

const { db, services, cast, as } = await givenApi();
const { alice, bob } = cast;
const prompts = (await givenPrompts(services, alice, 6)).map(({ id }) => id);
const [first = '', second = '', third = ''] = prompts;

const groupOf = (name: string, refs: readonly string[], description = ''): BundleGroup => ({
  ...{ name, description },
  prompts: [...refs],
});

/** What becomes of prompts that a bundle calls by their places: `0`, `1` and so on. */
async function join(person: Person, groups: readonly BundleGroup[]) {
  const ctx = { ...contextOf(services, person.principal), who: person.principal } as unknown as SignedInContext;
  const imported = new Map(prompts.map((id, at) => [String(at), id]));
  const { joined, left } = await retryTransaction(db, async (trx) =>
    joinGroups(trx, ctx, groups, await lockOwnGroups(trx, ctx.who.userId, groups), imported),
  );
  const placeOf = (id: string): number => prompts.indexOf(id);
  return {
    joined: [...joined].map(placeOf),
    left: [...left].map(([id, why]) => [placeOf(id), ...why]),
  };
}

async function heldBy(person: Person, name: string): Promise<number[][]> {
  const { rows } = await sql<{ held: string[] }>`
    SELECT ARRAY(SELECT prompt_id FROM group_prompts WHERE group_id = groups.id ORDER BY position) AS held
    FROM groups WHERE user_id = ${person.id} AND name = ${name} ORDER BY created_at, id`.execute(db);
  return rows.map(({ held }) => held.map((id) => prompts.indexOf(id)));
}

const audited = async (): Promise<unknown[]> =>
  (
    await sql<{ entry: unknown }>`
    SELECT jsonb_build_array(action, details->>'promptId', details->'grantsAccess') AS entry FROM audit_log
    WHERE target_type = 'group' AND actor_id = ${alice.id} ORDER BY id`.execute(db)
  ).rows.map(({ entry }) => entry);

it('makes a group that is not there, with its prompts in their order and each once, and writes both down', async () => {
  const before = (await audited()).length;
  expect(await join(alice, [groupOf(' New ', ['1', '0', '1', 'unknown'], 'All')])).toEqual({
    joined: [1, 0],
    left: [],
  });
  expect(await heldBy(alice, 'New')).toEqual([[1, 0]]);
  const { items } = await as(alice).groups.list({});
  expect(items.find(({ name }) => name === 'New')).toMatchObject({ description: 'All', promptCount: 2 });
  expect((await audited()).slice(before)).toEqual([
    ['group.created', null, null],
    ['group.prompt_added', second, true],
    ['group.prompt_added', first, true],
  ]);
});

it('puts what is missing behind what stands in the oldest group of the name, also for two groups of one name', async () => {
  await givenGroup(services, { owner: alice, name: 'Mine', promptIds: [third] });
  await givenGroup(services, { owner: alice, name: 'Mine', promptIds: [] });
  await givenGroup(services, { owner: bob, name: 'Mine', promptIds: [] });
  await sql`UPDATE groups SET updated_at = 'epoch' WHERE user_id = ${alice.id}`.execute(db);
  const groups = [groupOf('Mine', ['0', '2', '1']), groupOf('Mine', ['1', '3'])];
  expect(await join(alice, groups)).toEqual({ joined: [0, 1, 3], left: [] });
  expect([await heldBy(alice, 'Mine'), await heldBy(bob, 'Mine')]).toEqual([[[2, 0, 1, 3], []], [[]]]);
  const { rows } = await sql`SELECT FROM groups WHERE user_id = ${alice.id} AND updated_at > 'epoch'`.execute(db);
  expect(rows).toHaveLength(1);
  expect(await join(alice, groups)).toEqual({ joined: [], left: [] });
});

it('says why a prompt is put into no group: its name, its members, those who are asked, or that it is full', async () => {
  await givenGroup(services, { owner: alice, name: 'Shared', viewers: [bob] });
  const asked = await givenGroup(services, { owner: alice, name: 'Asked' });
  await as(alice).members.add({ id: asked, email: 'new@example.com', role: 'viewer' });
  const full = await givenGroup(services, { owner: alice, name: 'Full' });
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    SELECT gen_random_uuid(), ${alice.id}::uuid, 'full-' || n, 'Full', 'x', sha256(''::bytea) FROM generate_series(1, 499) AS n`.execute(
    db,
  );
  await sql`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT ${full}::uuid, id, row_number() OVER (ORDER BY slug) - 1, ${alice.id}::uuid FROM prompts WHERE slug LIKE 'full-%'`.execute(
    db,
  );
  const groups = [
    groupOf('\u200b', ['0']),
    groupOf('Shared', ['0', '1']),
    groupOf('Asked', ['2']),
    groupOf('Full', ['4', '5']),
  ];
  const said = (name: string, why: string) => `It is not put into the group "${name}": ${why}.`;
  const members = 'it has members, who would see it: add it yourself';
  expect(await join(alice, groups)).toEqual({
    joined: [4],
    left: [
      [0, said('\u200b', 'no group can have that name'), said('Shared', members)],
      [1, said('Shared', members)],
      [2, said('Asked', members)],
      [5, said('Full', 'it is full')],
    ],
  });
  expect([await heldBy(alice, 'Shared'), await heldBy(alice, 'Asked')]).toEqual([[[]], [[]]]);
});
