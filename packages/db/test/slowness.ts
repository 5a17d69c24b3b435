import { type Kysely, sql } from 'kysely';
import type { Database } from '../src/tables/rows.ts';

/** What the work below takes on two quiet cores. */
const QUIET_MS = 200;

/**
 * How many times slower PostgreSQL works just now than on a quiet machine, and 1 at least: by this a test of a time tells
 * its code from what else the machine does.
 */
export async function slowness(db: Kysely<Database>): Promise<number> {
  const started = performance.now();
  await sql`select sum(length(md5(n::text))) from generate_series(1, 300000) n`.execute(db);
  return Math.max(1, (performance.now() - started) / QUIET_MS);
}
