import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from './index.ts';

const test = await givenDatabase();

it('says of every table what it holds, those included that are made month by month', async () => {
  await sql`SELECT public.ensure_usage_partitions(4)`.execute(test.db);
  const silent = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND obj_description(oid, 'pg_class') IS NULL AND relname NOT LIKE 'kysely%'
  `.execute(test.db);
  expect(silent.rows).toEqual([]);
});
