import { measuredQueries } from '@promptory/db/testing';
import { type RawBuilder, sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenApi, givenPrompt } from '../../../test/index.ts';
import { removeDependents, removeVersions } from './remove-dependents.ts';

const { db, pool, services, cast } = await givenApi();
const { alice, mallory } = cast;

const ROWS_A_STEP = 1_000;

await sql`INSERT INTO users (id, email, name, handle)
  SELECT gen_random_uuid(), 'fan-' || n || '@example.com', 'Fan', 'fan-' || n
  FROM generate_series(1, ${ROWS_A_STEP + 1}::integer) AS n`.execute(db);

/** A prompt in the trash, with a row of its own. */
async function givenTrashed(title: string): Promise<string> {
  const { id } = await givenPrompt(services, alice, title);
  await sql`UPDATE prompts SET deleted_at = now() WHERE id = ${id}`.execute(db);
  return id;
}

/** So many of what others pile up on a prompt, as one kind of it. */
type PileUp = (id: string, count: number) => RawBuilder<unknown>;

const kinds: readonly [string, number, PileUp, (id: string) => RawBuilder<unknown>][] = [
  [
    'favorites',
    ROWS_A_STEP,
    (id, count) => sql`INSERT INTO favorites (user_id, prompt_id)
      SELECT id, ${id}::uuid FROM users WHERE handle LIKE 'fan-%' LIMIT ${count}::integer`,
    (id) => sql`favorites WHERE prompt_id = ${id}`,
  ],
  [
    'uses',
    ROWS_A_STEP,
    (id, count) => sql`INSERT INTO usage_events (id, occurred_at, prompt_id, version, kind, consumer)
      SELECT gen_random_uuid(), now(), ${id}::uuid, 1, 'read', 'web' FROM generate_series(1, ${count}::integer)`,
    (id) => sql`usage_events WHERE prompt_id = ${id}`,
  ],
  [
    'days of uses',
    ROWS_A_STEP,
    (id, count) => sql`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
      SELECT ${id}::uuid, now()::date - n, 1, 'web', 1 FROM generate_series(1, ${count}::integer) AS n`,
    (id) => sql`usage_daily WHERE prompt_id = ${id}`,
  ],
  [
    'uses of versions',
    ROWS_A_STEP,
    (id, count) => sql`INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
      SELECT ${id}::uuid, n, 'web', 1, now(), now() FROM generate_series(1, ${count}::integer) AS n`,
    (id) => sql`version_uses WHERE prompt_id = ${id}`,
  ],
  [
    'includes by others',
    ROWS_A_STEP,
    (id, count) => sql`INSERT INTO prompt_includes (prompt_id, version, name, included_prompt_id, label)
      SELECT (SELECT id FROM prompts WHERE title = 'Includes'), 1, ${id} || '/' || n, ${id}::uuid, 'production'
      FROM generate_series(1, ${count}::integer) AS n`,
    (id) => sql`prompt_includes WHERE included_prompt_id = ${id}`,
  ],
  [
    'copies',
    10,
    (
      id,
      count,
    ) => sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, origin_prompt_id, origin_version)
      SELECT gen_random_uuid(), ${mallory.id}::uuid, ${id} || '-' || n, 'Copy', 'x', sha256(''::bytea), ${id}::uuid, 1
      FROM generate_series(1, ${count}::integer) AS n`,
    (id) => sql`prompts WHERE origin_prompt_id = ${id}`,
  ],
];

await givenPrompt(services, mallory, 'Includes');

const countOf = async (rows: RawBuilder<unknown>): Promise<number> =>
  (await sql<{ count: number }>`SELECT count(*)::integer AS count FROM ${rows}`.execute(db)).rows[0]?.count ?? -1;

it.each(kinds)('leaves few %s to go with their prompt, and takes many away before it in steps', async (...kind) => {
  const [name, fewest, pileUp, rowsOf] = kind;
  const [few, many, other] = [await givenTrashed(name), await givenTrashed(name), await givenTrashed(name)];
  await pileUp(few, fewest).execute(db);
  const left = { steps: 3 };
  expect(await removeDependents(db, [few], left)).toBe(true);
  expect([left.steps, await countOf(rowsOf(few))]).toEqual([3, fewest]);
  await pileUp(many, fewest + 1).execute(db);
  await pileUp(other, 1).execute(db);
  expect(await removeDependents(db, [many], { steps: 0 })).toBe(false);
  expect(await countOf(rowsOf(many))).toBe(fewest + 1);
  // One step takes them, and another finds that none is left.
  expect(await removeDependents(db, [many], left)).toBe(true);
  expect([left.steps, await countOf(rowsOf(many)), await countOf(rowsOf(other))]).toEqual([1, 0, 1]);
});

it('takes nothing of a prompt that is not in the trash', async () => {
  const id = await givenTrashed('Restored');
  await sql`INSERT INTO favorites (user_id, prompt_id) SELECT id, ${id}::uuid FROM users WHERE handle LIKE 'fan-%'`.execute(
    db,
  );
  await sql`UPDATE prompts SET deleted_at = NULL WHERE id = ${id}`.execute(db);
  expect(await removeDependents(db, [id], { steps: 3 })).toBe(true);
  expect(await countOf(sql`favorites WHERE prompt_id = ${id}`)).toBe(ROWS_A_STEP + 1);
});

it.each([
  ['a thousand versions and as many moves of labels', 1_000, 1_000, true],
  ['more versions', 1_001, 0, false],
  ['more moves of labels', 1, 1_001, false],
])('takes versions away in steps only where they are many: %s', async (_, versions, moves, isDone) => {
  const id = await givenTrashed('Versioned');
  await sql`UPDATE prompts SET version = ${versions} WHERE id = ${id}`.execute(db);
  await sql`INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, moved_at)
    SELECT gen_random_uuid(), ${id}::uuid, n, 'production', n, n + 1, ${alice.id}::uuid, now()
    FROM generate_series(1, ${moves}::integer) AS n`.execute(db);
  const other = await givenTrashed('Other');
  expect(await removeVersions(db, alice.id, [other, id], { left: { steps: 0 } })).toBe(isDone);
});

it('looks for many moves of labels by an index, also where nearly all are of one prompt', async () => {
  const moved = await givenPrompt(services, alice, 'Moved');
  await sql`INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, moved_at)
    SELECT gen_random_uuid(), ${moved.id}::uuid, n, 'production', n, n + 1, ${alice.id}::uuid, now()
    FROM generate_series(1, 20000) AS n`.execute(db);
  await sql`ANALYZE label_moves`.execute(db);
  const ids: string[] = [];
  for (let at = 0; at < 50; at += 1) ids.push(await givenTrashed(`Unmoved ${at}`));
  const measured = measuredQueries(pool);
  expect(await removeVersions(measured.db, alice.id, ids, { left: { steps: 0 } })).toBe(true);
  expect(measured.take().pages).toBeLessThan(1_000);
});
