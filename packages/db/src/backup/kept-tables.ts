import type pg from 'pg';

export type Querier = Pick<pg.ClientBase, 'query'>;

/** A table whose rows a backup holds. Names are quoted where they must be, ready for a statement. */
export interface KeptTable {
  /** Such as `public.prompts`. */
  readonly name: string;
  /** Without those that PostgreSQL works out of others. */
  readonly columns: readonly string[];
}

/** A month of uses, as its partition was made. */
export interface Partition {
  readonly name: string;
  readonly bound: string;
}

/**
 * What a backup leaves out: which migrations have run, as a restored database has run them itself; and the feed of changes,
 * whose rows mean something only beside the transactions of the server that wrote them.
 */
const LEFT_OUT = [
  'public.kysely_migration',
  'public.kysely_migration_lock',
  'graphile_worker.migrations',
  'public.changes',
];

/** The tables that a backup holds, the job queue's too, by name. A partitioned table is one. */
export async function keptTables(client: Querier): Promise<KeptTable[]> {
  const { rows } = await client.query<KeptTable>(
    `SELECT name, array_agg(quote_ident(attname) ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '',
       format('%I.%I', nspname, relname) AS name
     WHERE nspname IN ('public', 'graphile_worker') AND relkind IN ('r', 'p') AND NOT relispartition
       AND name <> ALL ($1::text[])
     GROUP BY name
     ORDER BY name COLLATE "C"`,
    [LEFT_OUT],
  );
  return rows;
}

/** The partitions of uses but the default one, which migrations make. */
export async function usagePartitions(client: Querier): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(
    `SELECT format('%I.%I', nspname, relname) AS name, pg_get_expr(relpartbound, pg_class.oid) AS bound
     FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE inhparent = 'public.usage_events'::regclass AND pg_get_expr(relpartbound, pg_class.oid) <> 'DEFAULT'
     ORDER BY relname COLLATE "C"`,
  );
  return rows;
}

/** How COPY shows a table's rows, the same on every server: by {@link PLAIN_FORMS}. */
export const copyOut = ({ name, columns }: KeptTable): string =>
  `COPY (SELECT ${columns.join(', ')} FROM ${name}) TO STDOUT`;

export const copyIn = ({ name, columns }: KeptTable): string => `COPY ${name} (${columns.join(', ')}) FROM STDIN`;

/** What the texts of values depend on; for the transaction. Takes its time, too. */
export const PLAIN_FORMS = `
  SET LOCAL client_encoding = 'UTF8';
  SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'iso_8601';
  SET LOCAL timezone = 'UTC';
  SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
`;
