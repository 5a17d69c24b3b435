import type { BootedApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';

// A world in which everything is as large as it can be. A control character has six bytes in JSON, so texts are made of
// those: what is written has then up to six times the bytes of what is stored.

/** More than a page holds. */
const MANY = 120;
/** With the two that the group has, as many as a group may have. */
const FILLERS = 498;
const CONTENT = 133_000;
const MESSAGE = 99_000;
const CONFIG = 32_000;

/** SQL in SQL; everything else that stands in a statement is a parameter. */
class Fragment {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const wide = (length: number) => new Fragment(`repeat(chr(1), ${length})`);
const json = (length: number) => new Fragment(`jsonb_build_object('note', ${wide(length).text})`);
const numbered = (length: number) => new Fragment(`i || ${wide(length - 4).text}`);
const many = new Fragment(`generate_series(1, ${MANY}) AS i`);

const chat = {
  content: new Fragment(`'user:' || chr(10) || ${wide(MESSAGE).text}`),
  messages: new Fragment(`jsonb_build_array(jsonb_build_object('role', 'user', 'content', ${wide(MESSAGE).text}))`),
};

/** Runs statements on the app's own database. */
function sqlOn({ database }: BootedApp) {
  return async (parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<void> => {
    const parameters: unknown[] = [];
    const place = (value: unknown): string => {
      if (value instanceof Fragment) return value.text;
      parameters.push(value);
      return `$${parameters.length}`;
    };
    const text = parts.map((part, at) => part + (at < values.length ? place(values[at]) : '')).join('');
    await database.pool.query(text, parameters);
  };
}

/** A world whose people, prompts and groups are as large as they can be; each prompt has a third version. */
export async function givenLargeWorld(server: BootedApp): Promise<World> {
  const world = await givenWorld(server);
  const sql = sqlOn(server);
  const people = Object.values(world.people).map(({ id }) => id);
  await sql`UPDATE users SET name = ${wide(100)}, avatar_url = ${wide(2048)} WHERE id = ANY(${people}::uuid[])`;
  await sql`UPDATE groups SET name = ${wide(100)}, description = ${wide(5000)} WHERE user_id = ANY(${people}::uuid[])`;
  await sql`
    UPDATE prompts SET title = ${wide(200)}, description = ${wide(5000)}, category = ${wide(60)}, version = 3,
      config = ${json(CONFIG)}, input_schema = ${json(CONFIG)}, kind = CASE WHEN id = ${world.published}::uuid THEN 'text' ELSE 'chat' END,
      content = CASE WHEN id = ${world.published}::uuid THEN ${wide(CONTENT)} ELSE ${chat.content} END,
      messages = CASE WHEN id = ${world.published}::uuid THEN NULL ELSE ${chat.messages} END
    WHERE user_id = ANY(${people}::uuid[])
  `;
  await sql`
    INSERT INTO prompt_versions (prompt_id, version, title, description, content, messages, config, input_schema,
      author_id, change_note, content_hash)
    SELECT id, 3, title, description, content, messages, config, input_schema, user_id, ${wide(500)}, content_hash
    FROM prompts WHERE user_id = ANY(${people}::uuid[])
  `;
  await sql`
    INSERT INTO tags (prompt_id, name) SELECT prompts.id, ${numbered(50)} FROM prompts, generate_series(1, 19) AS i
    WHERE prompts.user_id = ANY(${people}::uuid[])
  `;
  return world;
}

/** A large world of which alice has as much as an account can, or more than any page holds. */
export async function givenFullWorld(server: BootedApp): Promise<World> {
  const world = await givenLargeWorld(server);
  const sql = sqlOn(server);
  const { alice, bob } = world.people;
  const now = server.services.clock.now();
  // A few at a time: a statement has its limit, as each of the app's has.
  for (let first = 1; first <= FILLERS; first += 83) {
    await sql`
      INSERT INTO prompts (id, user_id, slug, title, description, category, kind, content, messages, config,
        input_schema, content_hash, is_template)
      SELECT gen_random_uuid(), ${alice.id}::uuid, 'filler-' || i, ${numbered(200)}, ${wide(5000)}, ${numbered(60)},
        CASE WHEN i % 2 = 0 THEN 'text' ELSE 'chat' END,
        CASE WHEN i % 2 = 0 THEN ${wide(CONTENT)} ELSE ${chat.content} END,
        CASE WHEN i % 2 = 0 THEN NULL ELSE ${chat.messages} END,
        ${json(CONFIG)}, ${json(CONFIG)}, sha256(i::text::bytea), true
      FROM generate_series(${first}::int, ${first + 82}::int) AS i
    `;
  }
  await sql`
    WITH made AS (SELECT id, slug, user_id FROM prompts WHERE user_id = ${alice.id}::uuid AND slug LIKE 'filler-%'), entries AS (
      INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
      SELECT ${world.group}::uuid, id, 1 + row_number() OVER (ORDER BY slug), user_id FROM made
    ), tagged AS (
      INSERT INTO tags (prompt_id, name) SELECT id, left(slug || repeat(chr(1), 50), 50) FROM made
    )
    INSERT INTO favorites (user_id, prompt_id) SELECT user_id, id FROM made
  `;
  await sql`
    WITH groups AS (
      INSERT INTO groups (id, name, description, user_id)
      SELECT gen_random_uuid(), ${wide(100)}, ${wide(5000)}, ${alice.id}::uuid FROM ${many} RETURNING id, user_id
    ), members AS (
      INSERT INTO group_members (group_id, user_id, role) SELECT id, ${bob.id}::uuid, 'viewer' FROM groups
    )
    INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT id, ${world.shared}::uuid, 0, user_id FROM groups
  `;
  await sql`
    WITH people AS (
      INSERT INTO users (id, email, name, avatar_url, handle, email_verified_at)
      SELECT gen_random_uuid(), lpad('-' || i || ${world.mark}::text || '@example.com', 254, 'm'), ${wide(100)}, ${wide(2048)},
        'member-' || i || '-' || ${world.mark}::text, ${now}::timestamptz FROM ${many} RETURNING id
    )
    INSERT INTO group_members (group_id, user_id, role) SELECT ${world.group}::uuid, id, 'viewer' FROM people
  `;
  await sql`
    INSERT INTO group_invitations (id, group_id, email, role, created_at, expires_at)
    SELECT gen_random_uuid(), ${world.group}::uuid, lpad('-' || i || '@example.com', 254, 'g'), 'viewer', ${now}::timestamptz,
      ${now}::timestamptz + interval '720 hours' FROM ${many}
  `;
  await sql`
    INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, change_note, content_hash)
    SELECT ${world.shared}::uuid, 3 + i, ${wide(200)}, '', 'x', '{}', ${alice.id}::uuid, ${wide(500)}, sha256(i::text::bytea) FROM ${many}
  `;
  await sql`UPDATE prompts SET version = ${3 + MANY}::int WHERE id = ${world.shared}`;
  await sql`
    WITH moved AS (
      INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, reason, moved_at)
      SELECT gen_random_uuid(), ${world.shared}::uuid, 1 + i, 'production', i, i + 1, ${alice.id}::uuid, ${wide(500)}, ${now}::timestamptz
      FROM ${many} RETURNING prompt_id, to_version
    )
    INSERT INTO prompt_labels (prompt_id, label, version) SELECT prompt_id, lpad('-' || to_version, 36, 'l'), to_version FROM moved
  `;
  await sql`
    INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, kind, consumer)
    SELECT gen_random_uuid(), ${now}::timestamptz, ${world.shared}::uuid, 1, ${alice.id}::uuid, 'read', ${wide(100)} FROM ${many}
  `;
  await sql`
    INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
    SELECT ${world.shared}::uuid, ${now}::timestamptz::date, i, ${wide(100)}, 1 FROM ${many}
  `;
  await sql`
    INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
    SELECT ${world.shared}::uuid, i, ${wide(100)}, 1, ${now}::timestamptz, ${now}::timestamptz FROM ${many}
  `;
  await sql`
    INSERT INTO audit_log (id, occurred_at, actor_id, action, target_type, details, request_id)
    SELECT gen_random_uuid(), ${now}::timestamptz, ${alice.id}::uuid, ${wide(100)}, ${wide(50)}, ${json(5000)}, ${wide(100)} FROM ${many}
  `;
  await sql`
    INSERT INTO auth_attempts (id, kind, succeeded, reason, email, user_id, user_agent, occurred_at)
    SELECT gen_random_uuid(), 'login', false, ${wide(100)}, ${wide(254)}, ${alice.id}::uuid, ${wide(512)}, ${now}::timestamptz FROM ${many}
  `;
  await sql`
    INSERT INTO sessions (id, secret_hash, user_id, refresh_hash, carrier, user_agent, created_at, last_used_at,
      idle_expires_at, absolute_expires_at)
    SELECT gen_random_uuid(), sha256(('s' || i || template.id)::bytea), user_id, refresh_hash, carrier, ${wide(512)},
      created_at, last_used_at, idle_expires_at, absolute_expires_at
    FROM sessions AS template, generate_series(1, 90) AS i WHERE template.id = ${world.spareSession.id}
  `;
  await sql`
    INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, created_at)
    SELECT gen_random_uuid(), ${alice.id}::uuid, ${wide(100)}, sha256(('k' || i || ${world.mark}::text)::bytea), ${wide(32)},
      ARRAY['prompts:read', 'prompts:write', 'groups:read', 'groups:write', 'usage:read', 'account:read'], ${now}::timestamptz
    FROM generate_series(1, 90) AS i
  `;
  return world;
}
