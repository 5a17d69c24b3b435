import type pg from 'pg';
import { withoutUpkeep } from './without-upkeep.ts';

/** How large a made world is. What one person owns, is given and marks is the same in all of them. */
export interface WorldSize {
  readonly prompts: number;
  /** Another seed is another world; the same seed and size make the same rows. Default 1. */
  readonly seed?: number;
  /** Of a hundred prompts so many are public. Default 10. */
  readonly publicPercent?: number;
}

/** People of a made world. */
export interface PromptWorld {
  /** Owns a hundred prompts and five groups, and is a member of some twenty. */
  readonly ordinary: string;
  /** Is a member of 500 groups with 20 prompts each, as far as there are so many. */
  readonly joiner: string;
  /** Owns nothing. */
  readonly stranger: string;
  /** A category, and tags, of many prompts and of few. */
  readonly category: string;
  readonly commonTag: string;
  readonly rareTag: string;
}

const PROMPTS_A_PERSON = 100;
const GROUPS_A_PERSON = 5;
const JOINED = 500;
/** As many have the rare tag, however many there are. */
const RARE = 80;
const FIRST_MS = Date.UTC(2025, 0, 1);

/** Ids in the order of their numbers, as those of version 7 are. */
const uuid = (kind: number, n: string): string =>
  `(lpad(to_hex(${FIRST_MS} + ${n}::bigint * 1000), 12, '0') || '7${kind.toString(16).padStart(3, '0')}8' || lpad(to_hex(${n}::bigint), 15, '0'))::uuid`;
const user = (n: string): string => uuid(1, n);
const prompt = (n: string): string => uuid(2, n);
const group = (n: string): string => uuid(3, n);

/**
 * Fills a migrated, empty database with people, prompts, tags, groups, members, favourites and uses: a statement for each
 * kind of thing. Indexes and references are made anew behind the rows, and triggers sleep meanwhile, so that a hundred thousand
 * prompts take seconds. What triggers would have counted is counted at the end.
 */
export async function fillPromptWorld(
  client: Pick<pg.ClientBase, 'query'>,
  { prompts, seed = 1, publicPercent = 10 }: WorldSize,
): Promise<PromptWorld> {
  const people = Math.max(4, Math.ceil(prompts / PROMPTS_A_PERSON));
  const groups = people * GROUPS_A_PERSON;
  const run = async (statement: string): Promise<void> => void (await client.query(statement));
  // Evenly spread over [0, 1), by the number of the row and which of its properties is asked for.
  await run(`CREATE FUNCTION pg_temp.spread(n bigint, what integer) RETURNS float8 LANGUAGE sql IMMUTABLE
    RETURN (hashint8extended(n, ${Number(seed)} * 1000 + what) & 1073741823) / 1073741824.0`);
  await run(`SET statement_timeout = 0`);
  await run(`SET maintenance_work_mem = '256MB'`);
  const tables = ['prompts', 'tags', 'groups', 'group_prompts', 'group_members', 'favorites', 'prompt_totals'];
  await run(`INSERT INTO users (id, email, name, handle, email_verified_at)
    SELECT ${user('n')}, 'person-' || n || '@example.com', 'Person ' || n, 'person-' || n, now()
    FROM generate_series(0, ${people + 1}) AS n`);
  await withoutUpkeep(client, tables, async () => {
    await run(
      `INSERT INTO prompts (id, user_id, slug, title, content, content_hash, category, category_key, visibility,
        is_template, deleted_at, trashed_slug, created_at, updated_at, stored_bytes,
        search_title, search_title_vector, search_vector)
      SELECT ${prompt('n')}, ${user(`(n % ${people})`)}, CASE WHEN in_trash THEN 'p-' || n || '/gone' ELSE 'p-' || n END, title, 'Say ' || n,
        sha256(n::text::bytea), category, lower(category), CASE WHEN spread(n, 1) < ${publicPercent / 100} THEN 'public' ELSE 'private' END,
        spread(n, 2) < 0.1, CASE WHEN in_trash THEN now() END, CASE WHEN in_trash THEN 'p-' || n END,
        created, created + spread(n, 4) * interval '300 days', 20,
        lower(title), to_tsvector('simple', title), to_tsvector('simple', title)
      FROM (
        SELECT n, spread(n, 3) < 0.02 AS in_trash,
          CASE WHEN spread(n, 5) < 0.95 THEN 'Category ' || lpad(floor(power(spread(n, 6), 2) * 25)::text, 2, '0') END AS category,
          'Prompt ' || substr(md5(n::text), 1, 6) || ' for ' || floor(spread(n, 7) * 500) AS title,
          to_timestamp(${FIRST_MS / 1000}) + n * interval '1 s' AS created
        FROM generate_series(0, ${prompts - 1}) AS n
      ) AS made`.replaceAll(/\bspread\(/g, 'pg_temp.spread('),
    );
    await run(`INSERT INTO tags (prompt_id, name, name_key, user_id, is_live, is_public, listed_at)
      SELECT DISTINCT prompts.id, 'Tag ' || tag, 'tag ' || tag, user_id, deleted_at IS NULL,
        deleted_at IS NULL AND visibility = 'public', updated_at
      FROM (
        SELECT n, lpad(floor(power(pg_temp.spread(n, 10 + place), 4) * 2000)::text, 4, '0') AS tag
        FROM generate_series(0, ${prompts - 1}) AS n, generate_series(0, 2) AS place
        UNION ALL
        SELECT n, 'rare' FROM generate_series(0, ${prompts - 1}, ${Math.max(1, Math.floor(prompts / RARE))}) AS n
      ) AS made JOIN prompts ON prompts.id = ${prompt('n')}`);
    await run(`INSERT INTO groups (id, name, user_id, made_by, created_at, updated_at)
      SELECT ${group('n')}, 'Group ' || n, ${user(`(n % ${people})`)}, ${user(`(n % ${people})`)},
        to_timestamp(${FIRST_MS / 1000}) + n * interval '1 s',
        to_timestamp(${FIRST_MS / 1000}) + n * interval '1 s' + pg_temp.spread(n, 20) * interval '300 days'
      FROM generate_series(0, ${groups - 1}) AS n`);
    // Each prompt is in one group of its owner, at the end of which stand two public prompts of others.
    await run(`INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
      SELECT group_id, prompt_id, (row_number() OVER (PARTITION BY group_id ORDER BY foreigner, prompt_id))::integer - 1, added_by
      FROM (
        SELECT ${group(`(n % ${people} + ${people} * ((n / ${people}) % ${GROUPS_A_PERSON}))`)} AS group_id,
          ${prompt('n')} AS prompt_id, ${user(`(n % ${people})`)} AS added_by, 0 AS foreigner
        FROM generate_series(0, ${prompts - 1}) AS n
        UNION ALL
        SELECT ${group(`(n % ${groups})`)}, ${prompt('n')}, ${user(`(n % ${groups} % ${people})`)}, 1
        FROM generate_series(0, ${Math.min(prompts, 2 * groups) - 1}) AS n
        WHERE pg_temp.spread(n, 1) < ${publicPercent / 100} AND n % ${people} <> n % ${groups} % ${people}
      ) AS made`);
    await run(`INSERT INTO group_members (group_id, user_id, role)
      SELECT DISTINCT ${group('n')}, ${user('person')}, CASE WHEN n % 3 = 0 THEN 'editor' ELSE 'viewer' END
      FROM (
        SELECT n, floor(pg_temp.spread(n * 4 + place, 30) * ${people})::bigint AS person
        FROM generate_series(0, ${groups - 1}) AS n, generate_series(0, 3) AS place
        UNION ALL
        SELECT n * ${Math.max(1, Math.floor(groups / JOINED))}, 1 FROM generate_series(0, ${Math.min(groups, JOINED) - 1}) AS n
      ) AS made WHERE person <> n % ${people}`);
    await run(`INSERT INTO favorites (user_id, prompt_id, created_at)
      SELECT DISTINCT ON (person, favorite) ${user('person')}, ${prompt('favorite')},
        to_timestamp(${FIRST_MS / 1000}) + person * interval '1 s' + place * interval '1 day'
      FROM (
        SELECT person, place, floor(pg_temp.spread(person * 32 + place, 40) * ${prompts})::bigint AS favorite
        FROM generate_series(0, ${people - 1}) AS person, generate_series(0, 29) AS place
      ) AS made ORDER BY person, favorite, place`);
    await run(`INSERT INTO prompt_totals (prompt_id, uses, is_public)
      SELECT prompts.id, CASE WHEN pg_temp.spread(n, 51) < 0.3 THEN floor(power(pg_temp.spread(n, 50), 8) * 10000)::bigint ELSE 0 END,
        deleted_at IS NULL AND visibility = 'public'
      FROM generate_series(0, ${prompts - 1}) AS n JOIN prompts ON prompts.id = ${prompt('n')}`);
  });
  await run(`INSERT INTO account_resources AS held (user_id, prompts, versions, stored_bytes, groups)
    SELECT users.id, (SELECT count(*) FROM prompts WHERE user_id = users.id), 0, 0,
      (SELECT count(*) FROM groups WHERE made_by = users.id) FROM users
    ON CONFLICT (user_id) DO UPDATE SET prompts = excluded.prompts, groups = excluded.groups`);
  await run('SELECT public.correct_name_counts()');
  await run('SELECT public.add_up_name_counts(2000000000)');
  await run('VACUUM (ANALYZE)');
  const idOf = async (expression: string): Promise<string> => {
    const { rows } = await client.query<{ id: string }>(`SELECT ${expression} AS id`);
    return rows[0]?.id ?? '';
  };
  return {
    ordinary: await idOf(user('2')),
    joiner: await idOf(user('1')),
    stranger: await idOf(user(String(people))),
    category: 'Category 03',
    commonTag: 'tag 0000',
    rareTag: 'tag rare',
  };
}
