import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { codeOf, givenApi, type Person } from '../../../test/index.ts';
import { purgeTrash } from '../../features/prompts/trash/purge-trash.ts';
import { leaveGroups } from './leave-groups.ts';

const { db, services, cast, as } = await givenApi();
const { alice, mallory } = cast;

const GROUPS = 50;
const ENTRIES = 300;
/** Of 5,000 entries that a step puts in order. */
const GROUPS_A_STEP = 16;

await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
  SELECT gen_random_uuid(), ${mallory.id}::uuid, 'behind-' || n, 'Behind', 'x', sha256(''::bytea)
  FROM generate_series(1, ${ENTRIES}::integer) AS n`.execute(db);

/** A prompt in the trash that mallory has put in front of all that is in her groups. */
async function givenInFront(owner: Person, name: string): Promise<string> {
  const { id } = await as(owner).prompts.create({ title: name, content: 'x', visibility: 'public' });
  await sql`INSERT INTO groups (id, name, user_id, made_by)
    SELECT gen_random_uuid(), ${name}, ${mallory.id}::uuid, ${mallory.id}::uuid FROM generate_series(1, ${GROUPS}::integer)`.execute(
    db,
  );
  await sql`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT groups.id, listed.id, listed.position, ${mallory.id}::uuid FROM groups, (
      SELECT ${id}::uuid AS id, 0 AS position UNION ALL
      SELECT id, substr(slug, 8)::integer FROM prompts WHERE slug LIKE 'behind-%'
    ) AS listed WHERE groups.name = ${name}`.execute(db);
  await as(owner).prompts.delete({ id });
  return id;
}

async function groupsWith(id: string): Promise<number> {
  return (await db.selectFrom('group_prompts').select('group_id').where('prompt_id', '=', id).execute()).length;
}

async function expectNoGaps(name: string): Promise<void> {
  const { rows } = await sql`
    SELECT count(*)::integer AS entries, max(position) AS last FROM group_prompts JOIN groups ON groups.id = group_id
    WHERE groups.name = ${name} GROUP BY group_id`.execute(db);
  expect(rows).toEqual(Array.from({ length: GROUPS }, () => ({ entries: ENTRIES, last: ENTRIES - 1 })));
}

it('takes a prompt out of the groups of others in steps, and closes the gaps', async () => {
  const id = await givenInFront(alice, 'Removed');
  const left = { steps: 2 };
  expect(await leaveGroups(db, [id], left)).toBe(false);
  expect(left.steps).toBe(0);
  expect(await groupsWith(id)).toBe(GROUPS - 2 * GROUPS_A_STEP);
  expect(await codeOf(as(alice).prompts.purge({ id }))).toBe('ok');
  expect(await groupsWith(id)).toBe(0);
  await expectNoGaps('Removed');
});

it('takes no further step once its time has gone by, and goes on where it left off', async () => {
  const id = await givenInFront(alice, 'Slow');
  let looks = 0;
  const left = { steps: 9, isLate: () => ++looks > 1 };
  expect(await leaveGroups(db, [id], left)).toBe(false);
  expect([left.steps, await groupsWith(id)]).toEqual([8, GROUPS - GROUPS_A_STEP]);
  expect(await leaveGroups(db, [id], { steps: 9, isLate: () => false })).toBe(true);
  expect(await groupsWith(id)).toBeLessThan(GROUPS_A_STEP);
  expect(await codeOf(as(alice).prompts.purge({ id }))).toBe('ok');
  await expectNoGaps('Slow');
});

it('does so before the daily job removes it, by no statement that puts more in order than a step', async () => {
  const id = await givenInFront(alice, 'Forgotten');
  await sql`CREATE TABLE moved_entries (moved bigint)`.execute(db);
  await sql`CREATE FUNCTION count_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO moved_entries SELECT count(*) FROM moved; RETURN NULL; END $$`.execute(db);
  await sql`CREATE TRIGGER count_moved AFTER UPDATE ON group_prompts REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION count_moved()`.execute(db);
  await sql`UPDATE prompts SET deleted_at = now() - interval '40 days' WHERE id = ${id}`.execute(db);
  expect(await purgeTrash(db, services.clock.now())).toBe(1);
  const { rows } = await sql<{ most: number; all: number }>`
    SELECT max(moved)::integer AS most, sum(moved)::integer AS all FROM moved_entries`.execute(db);
  expect(rows).toEqual([{ most: GROUPS_A_STEP * ENTRIES, all: GROUPS * ENTRIES }]);
  await expectNoGaps('Forgotten');
});

it('leaves a prompt that is not in the trash, or in few groups, where it is', async () => {
  const id = await givenInFront(alice, 'Restored');
  await as(alice).prompts.restore({ id });
  expect(await leaveGroups(db, [id], { steps: 9 })).toBe(true);
  expect(await groupsWith(id)).toBe(GROUPS);
});
