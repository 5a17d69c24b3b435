import { type TestDatabase, withClient, withoutUpkeep } from '@promptory/db/testing';
import type { World } from '../harness/given-world.ts';

/** One that alice has received, as she has many. */
export const FURTHER_INVITATION = '01900000-0000-7000-8000-0000000000f1';

/** Of which many are made: triggers count at the end what they would have counted row by row. */
const GROWING = [
  'prompts',
  'prompt_versions',
  'prompt_words',
  'prompt_totals',
  'tags',
  'favorites',
  'groups',
  'group_prompts',
  'group_members',
  'group_invitations',
];

/**
 * Puts so many of each thing around alice and her group as `size` says, by statements that make all of a kind at once: other
 * people, prompts of one title in all places that list them, versions, groups, members, invitations, favorites, tags, keys,
 * sessions, links, uses, entries of the logs, jobs, kept answers. A group has as many prompts as it may.
 */
export async function enlarge(
  { connectionString }: Pick<TestDatabase, 'connectionString'>,
  world: World,
  size: number,
): Promise<void> {
  const { alice, mallory } = world.people;
  const { shared, group, published } = world;
  await withClient(connectionString, async (client) => {
    const uuid = (id: string): string => client.escapeLiteral(id).concat('::uuid');
    const [hers, theirs, sharedId, groupId] = [alice.id, mallory.id, shared, group].map(uuid);
    const each = `generate_series(1, ${Number(size)}) AS n`;
    const run = async (statement: string): Promise<void> => void (await client.query(statement));
    await run(`INSERT INTO users (id, email, name, handle, email_verified_at)
      SELECT gen_random_uuid(), 'other-' || n || '@example.com', 'Other ' || n, 'other-' || n, now() FROM ${each}`);
    await run(`CREATE TEMPORARY TABLE others AS
      SELECT id, row_number() OVER (ORDER BY handle)::integer AS n FROM users WHERE handle LIKE 'other-%'`);
    await withoutUpkeep(client, GROWING, async () => {
      // Those of alice have one title and one slug, numbered; a tenth is in the trash. Those of mallory are public.
      await run(`INSERT INTO prompts
          (id, user_id, slug, trashed_slug, title, search_title, content, content_hash, category, category_key, visibility, is_template,
          stored_bytes, deleted_at, updated_at, created_at)
        SELECT gen_random_uuid(), ${hers}, CASE WHEN in_trash THEN slug || '/gone' ELSE slug END, CASE WHEN in_trash THEN slug END,
          'New', 'new', 'Say ' || n, sha256(n::text::bytea), 'Category ' || n % 50, 'category ' || n % 50, 'private', n % 2 = 0,
          20, CASE WHEN in_trash THEN now() END, now() - n * interval '1 s', now() - n * interval '1 s'
        FROM (SELECT n, n % 10 = 0 AS in_trash, CASE n WHEN 1 THEN 'new' ELSE 'new-' || n END AS slug FROM ${each}) AS made`);
      await run(`INSERT INTO prompts
          (id, user_id, slug, title, search_title, content, content_hash, category, category_key, visibility, stored_bytes, updated_at,
          created_at)
        SELECT gen_random_uuid(), ${theirs}, 'public-' || n, 'Public ' || n, 'public ' || n, 'Say ' || n, sha256(n::text::bytea),
          'Category ' || n % 50, 'category ' || n % 50, 'public', 20, now() - n * interval '1 s', now() - n * interval '1 s' FROM ${each}`);
      await run(`INSERT INTO prompt_words (prompt_id, indexed_at, names, texts)
        SELECT id, updated_at, setweight(to_tsvector('simple', title), 'A'),
          setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', content), 'D')
        FROM prompts ON CONFLICT DO NOTHING`);
      await run(`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
        SELECT id, 1, title, '', content, '{}', user_id, content_hash FROM prompts
        WHERE user_id IN (${hers}, ${theirs}) AND (slug LIKE 'new%' OR slug LIKE 'public-%')`);
      await run(`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
        SELECT ${sharedId}, n + 2, 'Shared', '', 'Version ' || n, '{}', ${hers}, sha256(n::text::bytea) FROM ${each}`);
      await run(`UPDATE prompts SET version = ${Number(size)} + 2 WHERE id = ${sharedId}`);
      await run(`INSERT INTO tags (prompt_id, name, name_key, user_id, is_live, is_public, listed_at)
        SELECT id, name, name, user_id, deleted_at IS NULL, visibility = 'public', updated_at
        FROM prompts, LATERAL (SELECT CASE visibility WHEN 'public' THEN 'useful' ELSE 'tag ' || right(content, 6) END AS name) AS named
        WHERE slug LIKE 'new%' OR slug LIKE 'public-%'`);
      await run(`INSERT INTO prompt_totals (prompt_id, uses, is_public)
        SELECT id, CASE visibility WHEN 'public' THEN 1 ELSE 0 END, visibility = 'public' FROM prompts
        WHERE slug LIKE 'new%' OR slug LIKE 'public-%' ON CONFLICT DO NOTHING`);
      await run(`INSERT INTO favorites (user_id, prompt_id, created_at)
        SELECT ${hers}, id, updated_at FROM prompts WHERE slug LIKE 'public-%' UNION ALL
        SELECT id, ${uuid(published)}, now() FROM others`);
      await run(`INSERT INTO groups (id, name, user_id, made_by, updated_at)
        SELECT gen_random_uuid(), 'Group ' || n, ${hers}, ${hers}, now() - n * interval '1 s' FROM ${each}`);
      await run(`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
        SELECT ${groupId}, id, 1 + row_number() OVER (ORDER BY slug), user_id
        FROM prompts WHERE slug LIKE 'new%' AND deleted_at IS NULL ORDER BY slug LIMIT 400`);
      await run(`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
        SELECT id, ${sharedId}, 0, ${hers} FROM groups WHERE name LIKE 'Group %'`);
      await run(`INSERT INTO group_members (group_id, user_id, role)
        SELECT ${groupId}, id, 'viewer' FROM others WHERE n % 2 = 0`);
      await run(`INSERT INTO group_members (group_id, user_id, role)
        SELECT groups.id, others.id, 'viewer' FROM groups JOIN others ON groups.name = 'Group ' || others.n`);
      await run(`INSERT INTO group_invitations (id, group_id, email, role, invited_by)
        SELECT gen_random_uuid(), ${groupId}, 'invited-' || n || '@example.com', 'viewer', ${hers} FROM ${each}`);
      await run(`INSERT INTO group_invitations (id, group_id, email, role, invited_by)
        SELECT gen_random_uuid(), id, ${client.escapeLiteral(world.people.nina.email)}, 'viewer', ${hers} FROM groups WHERE name LIKE 'Group %'`);
      await run(`INSERT INTO group_invitations (id, group_id, email, role, invited_by)
        SELECT CASE name WHEN 'Group 1' THEN ${uuid(FURTHER_INVITATION)} ELSE gen_random_uuid() END, id,
          ${client.escapeLiteral(alice.email)}, 'viewer', ${hers} FROM groups WHERE name LIKE 'Group %'`);
    });
    for (const owner of [hers, theirs]) await run(`SELECT public.recount_account(${owner})`);
    await run('SELECT public.correct_name_counts()');
    await run(`INSERT INTO api_keys (id, user_id, name, hint, key_hash, scopes, revoked_at)
      SELECT gen_random_uuid(), ${hers}, 'Key ' || n, 'pty_live_abcd…wxyz', sha256(('key' || n)::bytea), '{prompts:read}',
        now() - n * interval '1 s' FROM ${each}`);
    await run(`INSERT INTO sessions (id, user_id, secret_hash, refresh_hash, carrier, created_at, last_used_at,
        idle_expires_at, absolute_expires_at)
      SELECT gen_random_uuid(), ${hers}, sha256(('secret' || n)::bytea), sha256(('refresh' || n)::bytea), 'token',
        now() - n * interval '1 s', now(), now() + interval '1 day', now() + interval '2 days' FROM ${each}`);
    await run(`INSERT INTO auth_attempts (id, kind, succeeded, email, user_id, occurred_at)
      SELECT gen_random_uuid(), 'login', true, ${client.escapeLiteral(alice.email)}, ${hers}, now() - interval '1 day' - n * interval '1 s' FROM ${each}`);
    await run(`INSERT INTO audit_log (id, action, target_type, target_id, actor_id, occurred_at)
      SELECT gen_random_uuid(), 'prompt.updated', 'prompt', ${sharedId}, ${hers}, now() - n * interval '1 s' FROM ${each}`);
    await run(`SELECT graphile_worker.add_job('job_of_a_test') FROM ${each}`);
    await run(`INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, release_id, moved_at)
      SELECT gen_random_uuid(), ${sharedId}, 1 + n, 'staging', 1 + n % 2, 2 - n % 2, ${hers}, gen_random_uuid(), now() FROM ${each}`);
    // By one of the keys that go when a further one is revoked.
    await run(`INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, api_key_id, kind, consumer)
      SELECT gen_random_uuid(), now() - n * interval '1 s', ${sharedId}, 1, ${hers},
        (SELECT id FROM api_keys WHERE name = 'Key 150'), 'read', 'web' FROM ${each}`);
    await run(`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
      SELECT ${sharedId}, current_date, n, 'web', 1 FROM ${each}`);
    await run(`INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
      SELECT ${sharedId}, n, 'web', 1, now(), now() FROM ${each}`);
    await run(`INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at)
      SELECT sha256(('idempotency' || n)::bytea), sha256('answer'), now() FROM ${each}`);
    await run(`SELECT public.add_up_name_counts(2000000000)`);
    await run(`VACUUM (ANALYZE)`);
  });
}
