import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { givenDatabase } from '../given-database.ts';
import { insertOneOfEach } from './given-rows.ts';

/** What became of a statement: the constraint that refused it, another error's text, or how many rows it touched. */
export type Outcome = { readonly refusedBy: string } | { readonly touched: number };

/** Tries statements in a transaction that is never committed. */
export interface Trial {
  run(sql: string): Promise<Outcome>;
  value(sql: string): Promise<unknown>;
  plan(sql: string): Promise<string>;
}

/** For one test file, at its top: a database with a row in each table, changed by nobody but a trial. */
export async function givenSchema() {
  const { pool } = await givenDatabase();
  let client: pg.PoolClient;
  beforeAll(async () => {
    await insertOneOfEach(pool);
    client = await pool.connect();
  });
  afterAll(() => client.release());

  const trial: Trial = {
    async run(sql) {
      await client.query('SAVEPOINT before');
      try {
        const { rowCount } = await client.query(sql);
        await client.query('SET CONSTRAINTS ALL IMMEDIATE');
        return { touched: rowCount ?? 0 };
      } catch (error) {
        const { constraint, message } = error as pg.DatabaseError;
        return { refusedBy: constraint ?? message };
      } finally {
        await client.query('ROLLBACK TO before');
      }
    },
    async value(sql) {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return Object.values(rows[0] ?? {})[0];
    },
    async plan(sql) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    },
  };

  return {
    /** What the catalogue of the public schema answers, without what belongs to the migrator and to months. */
    async list(sql: string): Promise<string[]> {
      const { rows } = await pool.query<Record<string, string>>(sql);
      return rows.map((row) => String(Object.values(row)[0])).sort();
    },
    /** Runs `attempt` with the schema as it is but for `preparation`, and undoes everything. */
    async tried<T>(preparation: readonly string[], attempt: (trial: Trial) => Promise<T>): Promise<T> {
      await client.query('BEGIN');
      try {
        for (const statement of preparation) await client.query(statement);
        return await attempt(trial);
      } finally {
        await client.query('ROLLBACK');
      }
    },
  };
}

/** Tables that are ours to prove: neither the migrator's nor a month of a partitioned one. */
export const OURS = (table: string): string => `
  ${table}.relnamespace = 'public'::regnamespace AND NOT ${table}.relispartition AND ${table}.relname NOT LIKE 'kysely%'`;

/** As one statement, what it inserts being a copy of the table's row but for some columns. */
export const copyOf = (table: string, changes: Readonly<Record<string, string>> = {}): string => `
  DO $$
  DECLARE columns text; chosen text;
  BEGIN
    SELECT string_agg(quote_ident(attname), ', '),
      string_agg(coalesce('${JSON.stringify(changes).replaceAll("'", "''")}'::jsonb ->> attname, quote_ident(attname)), ', ')
    INTO columns, chosen FROM pg_attribute
    WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('INSERT INTO ${table} (%s) SELECT %s FROM (SELECT * FROM ${table} LIMIT 1) AS one', columns, chosen);
  END $$`;
