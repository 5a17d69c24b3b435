import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type { Database } from '../src/tables/rows.ts';

/** The same database, with a count of the queries that reach it. Ends with the pool, not by `destroy`. */
export function countedQueries(pool: PostgresPool): { db: Kysely<Database>; queries: () => string[] } {
  const seen: string[] = [];
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => {
      seen.push(event.query.sql);
    },
  });
  return { db, queries: () => seen };
}
