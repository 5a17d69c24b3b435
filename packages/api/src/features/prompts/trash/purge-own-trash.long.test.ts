import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { codeOf, givenApi, givenGroup, givenPerson, keyPrincipal, type Person } from '../../../../test/index.ts';
import { purgeTrash } from './purge-trash.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });
const { alice, bob, mallory, root } = cast;

async function givenTrashed(owner: Person, title = 'Trashed'): Promise<string> {
  const { id } = await as(owner).prompts.create({ title, content: 'x' });
  await as(owner).prompts.update({ id, content: 'y' });
  await as(owner).prompts.delete({ id });
  return id;
}

/** So many prompts in the trash of somebody, made in one statement. */
const pileUp = (owner: Person, count: number) =>
  sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, deleted_at)
    SELECT gen_random_uuid(), ${owner.id}::uuid, 'old-' || n, 'Old', 'x', sha256(''::bytea), now()
    FROM generate_series(1, ${count}::integer) AS n`.execute(db);

/** A prompt in the trash with so many versions, and as many moves of a label. */
async function givenVersions(owner: Person, count: number): Promise<string> {
  const { id } = await as(owner).prompts.create({ title: 'Versioned', content: 'x' });
  await sql`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
    SELECT prompt_id, n, title, description, content, config, author_id, content_hash
    FROM prompt_versions, generate_series(2, ${count}::integer) AS n WHERE prompt_id = ${id}`.execute(db);
  await sql`UPDATE prompts SET version = ${count} WHERE id = ${id}`.execute(db);
  await sql`INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, moved_at)
    SELECT gen_random_uuid(), ${id}::uuid, n, 'production', n, n + 1, ${owner.id}::uuid, now()
    FROM generate_series(1, ${count - 1}::integer) AS n`.execute(db);
  await as(owner).prompts.delete({ id });
  return id;
}

/** What is there of a prompt: its row, its versions, and whatever hangs on it. */
async function rowsOf(id: string): Promise<number> {
  const tables = ['prompt_versions', 'favorites', 'usage_events', 'usage_daily', 'group_prompts'];
  const counts = tables.map((table) => sql`SELECT FROM ${sql.table(table)} WHERE prompt_id = ${id}`);
  const all = sql.join([sql`SELECT FROM prompts WHERE id = ${id}`, ...counts], sql` UNION ALL `);
  return (
    (await sql<{ rows: number }>`SELECT count(*)::integer AS rows FROM (${all}) AS found`.execute(db)).rows[0]?.rows ??
    -1
  );
}

const heldBy = ({ id }: Person) =>
  db
    .selectFrom('account_resources')
    .select(['prompts', 'versions', 'stored_bytes'])
    .where('user_id', '=', id)
    .executeTakeFirstOrThrow();

const auditOf = async (targetId: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', targetId).orderBy('id').execute()).map(
    ({ action }) => action,
  );

describe('purging one', () => {
  it('removes it with its versions, closes the gap in its groups, gives its quota back, and is written down', async () => {
    const owner = await givenPerson(services, { handle: 'purger' });
    const before = await heldBy(owner);
    const [first, second, third] = [
      await as(owner).prompts.create({ title: '1', content: 'x' }),
      await as(owner).prompts.create({ title: '2', content: 'x' }),
      await as(owner).prompts.create({ title: '3', content: 'x' }),
    ];
    const held = await heldBy(owner);
    const groupId = await givenGroup(services, { owner, promptIds: [first.id, second.id, third.id] });
    await as(owner).prompts.delete({ id: second.id });
    await as(owner).prompts.purge({ id: second.id });
    expect(await rowsOf(second.id)).toBe(0);
    expect(await auditOf(second.id)).toEqual(['prompt.created', 'prompt.deleted', 'prompt.purged']);
    const left = await heldBy(owner);
    expect([before.prompts, held.prompts, left.prompts]).toEqual([0, 3, 2]);
    expect([before.versions, held.versions, left.versions]).toEqual([0, 3, 2]);
    expect(Number(left.stored_bytes) * 3).toBe(Number(held.stored_bytes) * 2);
    const { prompts: entries } = await as(owner).groups.get({ id: groupId });
    expect(entries.map(({ position, prompt }) => [position, prompt.id])).toEqual([
      [0, first.id],
      [1, third.id],
    ]);
    expect(await codeOf(as(owner).prompts.purge({ id: second.id }))).toBe('prompt.not_found');
    expect(await codeOf(as(owner).prompts.restore({ id: second.id }))).toBe('prompt.not_found');
    expect(await codeOf(as(owner).prompts.purge({ id: first.id }))).toBe('prompt.not_in_trash');
  });

  it('is its owner’s alone, in a session', async () => {
    const id = await givenTrashed(alice);
    for (const person of [bob, mallory, root]) {
      expect(await codeOf(as(person).prompts.purge({ id }))).toBe('prompt.not_found');
    }
    const key = { principal: keyPrincipal(alice, ['prompts:read', 'prompts:write']) };
    expect(await codeOf(as(key).prompts.purge({ id }))).toBe('auth.session_required');
    expect(await codeOf(as(key).prompts.purgeTrash())).toBe('auth.session_required');
    expect(await rowsOf(id)).toBe(3);
    const { id: open } = await as(alice).prompts.create({ title: 'Open', content: 'x', visibility: 'public' });
    expect(await codeOf(as(mallory).prompts.purge({ id: open }))).toBe('prompt.forbidden');
    expect(await codeOf(as(alice).prompts.purge({ id }))).toBe('ok');
  });

  it('takes in steps what others piled up on it, and copies stay', async () => {
    const id = await givenTrashed(alice, 'Popular');
    await sql`INSERT INTO users (id, email, name, handle)
      SELECT gen_random_uuid(), 'fan-' || n || '@example.com', 'Fan', 'fan-' || n FROM generate_series(1, 2500) AS n`.execute(
      db,
    );
    await sql`INSERT INTO favorites (user_id, prompt_id) SELECT id, ${id}::uuid FROM users WHERE handle LIKE 'fan-%'`.execute(
      db,
    );
    await sql`INSERT INTO usage_events (id, occurred_at, prompt_id, version, kind, consumer)
      SELECT gen_random_uuid(), now(), ${id}::uuid, 1, 'read', 'web' FROM generate_series(1, 2500)`.execute(db);
    await sql`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
      SELECT ${id}::uuid, now()::date - n, 1, 'web', 1 FROM generate_series(1, 2500) AS n`.execute(db);
    await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, origin_prompt_id, origin_version)
      SELECT gen_random_uuid(), ${mallory.id}::uuid, 'copy-' || n, 'Copy', 'x', sha256(''::bytea), ${id}::uuid, 1
      FROM generate_series(1, 620) AS n`.execute(db);
    // More than one call does: the next goes on.
    const answers: string[] = [];
    while (answers.at(-1) !== 'ok' && answers.length < 9) answers.push(await codeOf(as(alice).prompts.purge({ id })));
    expect(answers).toEqual(['server.busy', 'ok']);
    expect(await rowsOf(id)).toBe(0);
    const { rows } = await sql`SELECT FROM prompts WHERE slug LIKE 'copy-%' AND origin_prompt_id IS NULL`.execute(db);
    expect(rows.length).toBe(620);
  });

  it('takes in steps the versions and moves of labels that are many, and nothing restores what has begun to go', async () => {
    const owner = await givenPerson(services, { handle: 'versioned' });
    const before = await heldBy(owner);
    const [ends, waits] = [await givenVersions(owner, 2_500), await givenVersions(owner, 1_200)];
    expect(await codeOf(as(owner).prompts.purge({ id: ends }))).toBe('ok');
    expect(await rowsOf(ends)).toBe(0);
    expect(await auditOf(ends)).toEqual(['prompt.created', 'prompt.deleted', 'prompt.purged']);

    await sql`SELECT public.remove_versions(${owner.id}::uuid, ARRAY[${waits}]::uuid[], 500)`.execute(db);
    expect(await rowsOf(waits)).toBe(1 + 700);
    expect(await codeOf(as(owner).prompts.restore({ id: waits }))).toBe('prompt.not_found');
    expect(await purgeTrash(db, services.clock.now())).toBe(1);
    expect(await rowsOf(waits)).toBe(0);
    expect(await heldBy(owner)).toEqual(before);
  });

  it('or restoring: of both at once one is done', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await givenTrashed(alice, 'Either');
      const [purged, restored] = await Promise.all([
        codeOf(as(alice).prompts.purge({ id })),
        codeOf(as(alice).prompts.restore({ id })),
      ]);
      expect([
        ['ok', 'prompt.not_found'],
        ['prompt.not_in_trash', 'ok'],
      ]).toContainEqual([purged, restored]);
    }
  });
});

describe('purging all', () => {
  it('empties the trash of its owner, a thousand with a call, and nothing else', async () => {
    const owner = await givenPerson(services, { handle: 'hoarder' });
    const kept = await as(owner).prompts.create({ title: 'Kept', content: 'x' });
    const hers = await givenTrashed(mallory);
    await pileUp(owner, 2_300);
    const answers = [];
    for (let more = true; more; ) {
      const answer = await as(owner).prompts.purgeTrash();
      answers.push(answer);
      more = answer.more;
    }
    expect(answers).toEqual([
      { purged: 1_000, more: true },
      { purged: 1_000, more: true },
      { purged: 300, more: false },
    ]);
    expect(await as(owner).prompts.purgeTrash()).toEqual({ purged: 0, more: false });
    expect(await heldBy(owner)).toMatchObject({ prompts: 1, versions: 1 });
    expect(await rowsOf(kept.id)).toBe(2);
    expect(await rowsOf(hers)).toBe(3);
    const entries = await db
      .selectFrom('audit_log')
      .select('target_id')
      .where('actor_id', '=', owner.id)
      .where('action', '=', 'prompt.purged')
      .execute();
    expect(new Set(entries.map((entry) => entry.target_id)).size).toBe(2_300);
  });

  it('takes no more versions at once than a statement has time for', async () => {
    const owner = await givenPerson(services, { handle: 'versioner' });
    await pileUp(owner, 6);
    await sql`UPDATE prompts SET version = 900 WHERE user_id = ${owner.id}`.execute(db);
    const { rows } = await sql<{ purged: string[] }>`
      SELECT public.purge_own_trash(${owner.id}::uuid, (SELECT array_agg(id) FROM prompts WHERE user_id = ${owner.id})) AS purged
    `.execute(db);
    expect(rows[0]?.purged).toHaveLength(2);
    expect(await as(owner).prompts.purgeTrash()).toEqual({ purged: 4, more: false });
  });

  it('by two at once counts each prompt once', async () => {
    const owner = await givenPerson(services, { handle: 'twice' });
    await pileUp(owner, 500);
    const answers = await Promise.all([as(owner).prompts.purgeTrash(), as(owner).prompts.purgeTrash()]);
    expect(answers.reduce((sum, { purged }) => sum + purged, 0)).toBe(500);
    expect((await as(owner).prompts.list({ trashed: true })).items).toEqual([]);
  });
});

it('wants the second factor again, and looks at the session under the lock of the account', async () => {
  const owner = await givenPerson(services, { handle: 'factored' });
  const id = await givenTrashed(owner);
  await db
    .insertInto('user_totp')
    .values({
      user_id: owner.id,
      sealed_key: Buffer.alloc(64),
      started_at: new Date(),
      confirmed_at: new Date(),
      last_step: 1,
    })
    .execute();
  expect(await codeOf(as(owner).prompts.purge({ id }))).toBe('auth.second_factor_required');
  expect(await codeOf(as(owner).prompts.purgeTrash())).toBe('auth.second_factor_required');
  await db.deleteFrom('user_totp').where('user_id', '=', owner.id).execute();
  await db.deleteFrom('sessions').where('user_id', '=', owner.id).execute();
  expect(await codeOf(as(owner).prompts.purge({ id }))).toBe('auth.session_ended');
  expect(await rowsOf(id)).toBe(3);
});

it('is done by the daily job in steps too', async () => {
  const owner = await givenPerson(services, { handle: 'expired' });
  await pileUp(owner, 230);
  await sql`UPDATE prompts SET deleted_at = now() - interval '31 days' WHERE user_id = ${owner.id}`.execute(db);
  const { rows } = await sql<{ id: string }>`
    UPDATE prompts SET version = 900 WHERE user_id = ${owner.id} AND slug < 'old-104' RETURNING id
  `.execute(db);
  expect(rows.length).toBeGreaterThan(3);
  await sql`INSERT INTO usage_events (id, occurred_at, prompt_id, version, kind, consumer)
    SELECT gen_random_uuid(), now(), ${rows[0]?.id}::uuid, 1, 'read', 'web' FROM generate_series(1, 2500)`.execute(db);
  expect(await purgeTrash(db, services.clock.now())).toBe(230);
  expect(await heldBy(owner)).toMatchObject({ prompts: 0 });
});
