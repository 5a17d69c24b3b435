import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

// Rows as the first release wrote them: more than any migration takes in one batch.

/** The first migration that the first release did not have. */
export const FIRST_OF_LATER = '20261128T140001_account_resources';

const id = (kind: number, n: string) =>
  sql.raw(`('0190000${kind}-0000-7000-8000-' || lpad(${n}::text, 12, '0'))::uuid`);
export const ANN = '01900001-0000-7000-8000-000000000001';
export const [USERS, GROUPS, PROMPTS, TRASHED] = [201, 201, 510, 60];

/** What the application makes of the content that all prompts have. */
export const CONTENT_HASH = createHash('sha256')
  .update('{"config":{"b":1},"content":"x","description":"","inputSchema":null,"messages":null,"title":"Ode"}')
  .digest('hex');

export async function insertOldRows(db: Kysely<unknown>): Promise<void> {
  await sql`INSERT INTO users (id, email, name, handle)
    SELECT ${id(1, 'n')}, n || '@a.org', 'User', 'u' || n FROM generate_series(1, ${USERS}) AS n`.execute(db);
  await sql`INSERT INTO groups (id, name, user_id)
    SELECT ${id(2, 'n')}, 'Poets', ${ANN} FROM generate_series(1, ${GROUPS}) AS n`.execute(db);
  // Every second one is public; the last ones are in the trash, and one of them from tomorrow on.
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, category, config, visibility, deleted_at)
    SELECT ${id(3, 'n')}, ${ANN}, 'p-' || n, 'Ode', 'x', sha256('old'), 'Verse', '{"b":1}',
      CASE n % 2 WHEN 0 THEN 'public' ELSE 'private' END,
      CASE WHEN n = ${PROMPTS} THEN now() + interval '1 day' WHEN n > ${PROMPTS - TRASHED} THEN now() END
    FROM generate_series(1, ${PROMPTS}) AS n`.execute(db);
  await sql`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
    SELECT id, version, title, description, content, config, user_id, content_hash FROM prompts`.execute(db);
  await sql`INSERT INTO tags (prompt_id, name) SELECT id, 'Rose' FROM prompts`.execute(db);
  await sql`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
    SELECT ${id(3, '1')}, day::date, version, consumer, uses FROM (VALUES
      ('2026-01-01', 1, 'web', 2), ('2026-01-03', 1, 'web', 3), ('2026-01-02', 2, 'web', 5), ('2026-01-02', 1, 'CI', 7)
    ) AS made (day, version, consumer, uses)`.execute(db);
  await insertCredentials(db);
}

/** Ends that are too late, and times that have not come, beside such as may stay. */
async function insertCredentials(db: Kysely<unknown>): Promise<void> {
  const start = sql`now() - interval '1 hour'`;
  await sql`INSERT INTO sessions (id, user_id, secret_hash, refresh_hash, carrier, created_at, last_used_at, idle_expires_at,
      absolute_expires_at)
    SELECT ${id(4, 'n')}, ${ANN}, sha256(n::text::bytea), sha256('x'), 'token', ${start}, ${start}, ${start} + idle, ${start} + most
    FROM (VALUES (1, interval '800 hours', interval '900 hours'), (2, interval '300 hours', interval '721 hours'),
      (3, interval '300 hours', interval '720 hours')) AS made (n, idle, most)`.execute(db);
  await sql`INSERT INTO email_tokens (id, user_id, purpose, email, token_hash, created_at, expires_at)
    SELECT ${id(5, 'n')}, ${ANN}, purpose, '1@a.org', sha256(n::text::bytea), ${start}, ${start} + lasts
    FROM (VALUES (1, 'reset_password', interval '20 minutes'), (2, 'reset_password', interval '14 minutes'),
      (3, 'verify_email', interval '25 hours'), (4, 'verify_email', interval '23 hours')) AS made (n, purpose, lasts)`.execute(
    db,
  );
  await sql`INSERT INTO group_invitations (id, group_id, email, role, created_at)
    SELECT ${id(6, 'n')}, ${id(2, '1')}, n || '@b.org', 'viewer', now() - n * interval '60 days'
    FROM generate_series(0, 1) AS n`.execute(db);
  await sql`INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, revoked_at)
    SELECT ${id(7, '(n + 1)')}, ${ANN}, 'CI', sha256(n::text::bytea), 'pty', '{prompts:read}', now() + n * interval '1 day'
    FROM generate_series(-1, 1) AS n`.execute(db);
  await sql`INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at)
    SELECT sha256(n::text::bytea), decode(repeat('00', 28), 'hex'), now() + n * interval '1 day'
    FROM generate_series(-1, 1) AS n`.execute(db);
}
