import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenDatabase } from './index.ts';

const test = await givenDatabase();
beforeAll(async () => {
  // As many groups and entries as make a wrong plan look cheap.
  await sql`INSERT INTO users (id, email, name, handle)
    SELECT gen_random_uuid(), i || '@example.com', 'User', 'u' || i FROM generate_series(1, 50) AS i`.execute(test.db);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    SELECT gen_random_uuid(), users.id, 'p-' || i, 'Title', 'Text', sha256(''::bytea)
    FROM users, generate_series(1, 60) AS i`.execute(test.db);
  await sql`INSERT INTO groups (id, name, user_id)
    SELECT gen_random_uuid(), 'Group', users.id FROM users, generate_series(1, 4)`.execute(test.db);
  await sql`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT groups.id, prompts.id, row_number() OVER (PARTITION BY groups.id) - 1, prompts.user_id
    FROM groups JOIN prompts ON prompts.user_id = groups.user_id`.execute(test.db);
  await sql`INSERT INTO audit_log (id, action, target_type, occurred_at)
    SELECT gen_random_uuid(), 'prompt.updated', 'prompt', now() - i * interval '1 s'
    FROM generate_series(1, 5000) AS i`.execute(test.db);
  await sql`INSERT INTO auth_attempts (id, kind, succeeded, email, user_id, occurred_at)
    SELECT gen_random_uuid(), 'login', true, '1@example.com', users.id, now() - i * interval '1 s'
    FROM generate_series(1, 5000) AS i, users WHERE users.handle = 'u1'`.execute(test.db);
  await sql`ANALYZE`.execute(test.db);
});

const planOf = async (query: string): Promise<string> => {
  const { rows } = await test.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};
const nobody = "'01900000-0000-7000-8000-000000000000'";

it('finds what a prompt’s owner added to groups by one descent of an index', async () => {
  const plan = await planOf(`SELECT FROM group_prompts WHERE prompt_id = ${nobody} AND added_by = ${nobody}`);
  expect(plan).toMatch(/using group_prompts_prompt .*\n\s+Index Cond: .*prompt_id.*added_by/);
});

describe('a filter of an administrators’ list', () => {
  it.each([
    ['audit_log', 'actor_id', nobody],
    ['audit_log', 'target_id', nobody],
    ['audit_log', 'action', "'group.deleted'"],
    ['auth_attempts', 'email', "'nobody@example.com'"],
    ['auth_attempts', 'user_id', nobody],
    ['auth_attempts', 'kind', "'reset_password'"],
  ])('reads no other rows, and sorts none: %s by %s', async (table, column, value) => {
    const order = 'ORDER BY occurred_at DESC, id DESC LIMIT 21';
    const plan = await planOf(`SELECT id FROM ${table} WHERE ${column} = ${value} ${order}`);
    expect(plan).toMatch(new RegExp(`Index Cond: \\(${column} = `));
    expect(plan).not.toContain('Sort');
  });
});
