import { type Kysely, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS_FOLDER, readMigrations } from '../src/migrate/migration-files.ts';
import { givenDatabase } from './index.ts';
import { ANN, CONTENT_HASH, FIRST_OF_LATER, GROUPS, insertOldRows, PROMPTS, TRASHED, USERS } from './old-rows.ts';
import { describedSchema } from './schema/described-schema.ts';
import { insertOneOfEach } from './schema/given-rows.ts';

// All migrations are taken back from a database with a row in each table, and run again over rows of the first release.
const test = await givenDatabase({ max: 1 });
const [before, after] = [new Map<string, string[]>(), new Map<string, string[]>()];
/** What each migration leaves set in its session, that was set otherwise before. */
const leftSet: string[] = [];

beforeAll(async () => {
  const db = test.db as unknown as Kysely<unknown>;
  const steps = Object.entries(await readMigrations(MIGRATIONS_FOLDER));
  await insertOneOfEach(test.pool);
  for (const [name, { down }] of steps.toReversed()) {
    await down?.(db);
    after.set(name, await describedSchema(db));
  }
  for (const [name, { up }] of steps) {
    before.set(name, await describedSchema(db));
    if (name === FIRST_OF_LATER) await insertOldRows(db);
    const settings = await settingsOf(db);
    await up(db);
    for (const setting of await settingsOf(db)) if (!settings.includes(setting)) leftSet.push(`${name}: ${setting}`);
  }
});

async function settingsOf(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`SELECT name || ' = ' || setting AS line FROM pg_settings`.execute(db);
  return rows.map(({ line }) => line);
}

it('leaves, with each migration that is taken back, the schema as it was before it', () => {
  expect(before.size).toBeGreaterThan(60);
  const without = (lines: readonly string[] = [], others: readonly string[] = []) =>
    lines.filter((line) => !others.includes(line));
  const differences = [...before].flatMap(([name, schema]) => {
    const left = after.get(name);
    return [
      ...without(schema, left).map((line) => `${name} loses ${line}`),
      ...without(left, schema).map((line) => `${name} leaves ${line}`),
    ];
  });
  expect(differences).toEqual([]);
});

it('leaves each session as it was, in which those that follow wait for locks no longer than before', () => {
  expect(leftSet).toEqual([]);
});

describe('rows of the first release', () => {
  const row = async (query: string): Promise<unknown> => (await test.pool.query(query)).rows[0];
  const lines = async (query: string): Promise<string[]> =>
    (await test.pool.query<{ line: string }>(query)).rows.map(({ line }) => line);

  it('are counted for their accounts, each of them', async () => {
    const held =
      'SELECT count(*)::int AS n, sum(prompts)::int AS prompts, sum(versions)::int AS versions, sum(groups)::int AS groups, sum(stored_bytes)::int AS bytes FROM account_resources';
    const all = { prompts: PROMPTS, versions: PROMPTS, groups: GROUPS, bytes: PROMPTS * 'Odex{"b": 1}'.length };
    expect(await row(held)).toEqual({ n: USERS, ...all });
    expect(await row(`${held} WHERE user_id = '${ANN}'`)).toEqual({ n: 1, ...all });
    expect(await row(`SELECT count(*)::int AS n FROM groups WHERE made_by = user_id`)).toEqual({ n: GROUPS });
  });

  it('are hashed as the application does it, and keep their documents', async () => {
    expect(
      await lines(
        `SELECT DISTINCT concat_ws(' ', encode(content_hash, 'hex'), sent_version, sent_config) AS line FROM prompts`,
      ),
    ).toEqual([`${CONTENT_HASH} 1 {"b":1}`]);
  });

  it('have names with keys, and their places in lists', async () => {
    const placed = `SELECT count(*)::int AS n FROM tags JOIN prompts ON prompts.id = prompt_id JOIN prompt_totals USING (prompt_id)
      WHERE name_key = 'rose' AND category_key = 'verse' AND tags.user_id = prompts.user_id AND listed_at = updated_at
        AND is_live = (deleted_at IS NULL) AND tags.is_public = (deleted_at IS NULL AND visibility = 'public')
        AND prompt_totals.is_public = tags.is_public AND uses = 0`;
    expect(await row(placed)).toEqual({ n: PROMPTS });
    const live = PROMPTS - TRASHED;
    const counts = ['00000000-0000-0000-0000-000000000000', ANN].flatMap((owner) => [
      `${owner} category verse ${live} ${live / 2}`,
      `${owner} tag rose ${live} ${live / 2}`,
    ]);
    expect(
      await lines(
        `SELECT concat_ws(' ', owner, kind, key, prompts, public) AS line FROM name_counts ORDER BY owner, kind`,
      ),
    ).toEqual(counts);
  });

  it('are found by their words', async () => {
    const worded = `SELECT count(*)::int AS n FROM prompt_words JOIN prompts ON prompts.id = prompt_id
      WHERE indexed_at = updated_at AND names @@ 'ode:A & rose:B & verse:B' AND texts @@ 'x:D'`;
    expect(await row(worded)).toEqual({ n: PROMPTS });
  });

  it('hold no slug in the trash, where nothing lies from a later time on', async () => {
    const freed = `SELECT count(*)::int AS n FROM prompts WHERE deleted_at <= now() AND trashed_slug ~ '^p-[0-9]+$'
      AND slug ~ ('^' || trashed_slug || '/[0-9a-f-]{36}$')`;
    expect(await row(freed)).toEqual({ n: TRASHED });
    expect(await row(`SELECT count(*)::int AS n FROM prompts WHERE slug ~ '^p-[0-9]+$'`)).toEqual({
      n: PROMPTS - TRASHED,
    });
  });

  it('say which consumer has used which version, from the first day to the last', async () => {
    expect(
      await lines(`SELECT concat_ws(' ', version, consumer, uses, to_char(first_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
        to_char(last_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')) AS line FROM version_uses ORDER BY version, consumer`),
    ).toEqual([
      '1 CI 7 2026-01-02 00:00 2026-01-02 00:00',
      '1 web 5 2026-01-01 00:00 2026-01-03 00:00',
      '2 web 5 2026-01-02 00:00 2026-01-02 00:00',
    ]);
  });

  it('let nobody in for longer than what is made now, and what may stay stays', async () => {
    const hours = (from: string, to: string) => `extract(epoch FROM ${to} - ${from}) / 3600`;
    expect(
      await lines(`SELECT concat_ws(' ', round(${hours('created_at', 'idle_expires_at')}),
        round(${hours('created_at', 'absolute_expires_at')})) AS line FROM sessions ORDER BY id`),
    ).toEqual(['720 720', '300 720', '300 720']);
    expect(
      await lines(
        `SELECT round(60 * ${hours('created_at', 'expires_at')})::text AS line FROM email_tokens ORDER BY id`,
      ),
    ).toEqual(['15', '14', '1440', '1380']);
    // Thirty days from now on, of which one is made now and the other counts as made now.
    expect(
      await lines(`SELECT concat_ws(' ', ${hours('created_at', 'expires_at')} = 720, round(${hours('now()', 'expires_at')})) AS line
        FROM group_invitations ORDER BY id`),
    ).toEqual(['t 720', 't 720']);
  });

  it('are of no time that has not come', async () => {
    const days = (time: string) => `round(extract(epoch FROM ${time} - now()) / 86400)::text`;
    expect(await lines(`SELECT ${days('revoked_at')} AS line FROM api_keys ORDER BY id`)).toEqual(['-1', '0', '0']);
    expect(await lines(`SELECT ${days('created_at')} AS line FROM idempotency_keys ORDER BY created_at`)).toEqual([
      '-1',
      '0',
      '0',
    ]);
  });
});
