import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from './index.ts';

const { db } = await givenDatabase();
const [ANN, PROMPT] = ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-000000000001'];

/** The first moment of a month in UTC, so many after this one, or a little before it. */
const monthIn = (months: number, before = '0') =>
  sql`(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ${months})) AT TIME ZONE 'UTC' - ${before}::interval`;

const ahead = async (): Promise<number[]> => {
  const { rows } = await sql<{ months: number }>`
    SELECT months FROM generate_series(0, 9) AS months WHERE to_regclass('public.usage_events_'
      || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => months), 'YYYYMM')) IS NOT NULL
    ORDER BY months
  `.execute(db);
  return rows.map(({ months }) => months);
};

it('makes a month for uses unless one of them lies elsewhere already, of just this month', async () => {
  await sql`INSERT INTO users (id, email, name, handle) VALUES (${ANN}, 'ann@example.com', 'Ann', 'ann')`.execute(db);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    VALUES (${PROMPT}, ${ANN}, 'ode', 'Ode', 'x', sha256(''::bytea))`.execute(db);
  expect(await ahead()).toEqual([0, 1, 2]);
  for (const at of [monthIn(4), monthIn(8, '1 ms')])
    await sql`INSERT INTO usage_events (id, occurred_at, prompt_id, version, kind, consumer)
      VALUES (gen_random_uuid(), ${at}, ${PROMPT}, 1, 'read', 'web')`.execute(db);
  const made = async (months: number) =>
    (await sql<{ made: number }>`SELECT public.ensure_usage_partitions(${months}) AS made`.execute(db)).rows[0]?.made;
  expect([await made(3), await ahead()]).toEqual([1, [0, 1, 2, 3]]);
  expect([await made(9), await ahead()]).toEqual([4, [0, 1, 2, 3, 5, 6, 8, 9]]);
  expect([await made(9), await ahead()]).toEqual([0, [0, 1, 2, 3, 5, 6, 8, 9]]);
});
