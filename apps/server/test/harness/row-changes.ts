import type { TestDatabase } from '@promptory/db/testing';

/** One row that a committed transaction wrote. */
export interface RowChange {
  readonly table: string;
  readonly operation: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly transaction: string;
}

// Attempts to prove who one is are recorded also where nothing else may be written; that an import runs says nothing of
// what it does; what a version promises follows from it, so that whoever reads it first may keep it, and so do the words by which a prompt
// is found, which an import writes behind its rows; and what is reported follows from the rows that are watched.
const UNWATCHED = [
  ...[
    'auth_attempts',
    'running_imports',
    'prompt_signatures',
    'prompt_words',
    'changes',
    'name_counts',
    'name_count_changes',
  ],
  ...['row_changes', 'kysely_migration', 'kysely_migration_lock'],
];

/**
 * Has the database itself record every row that is written from now on, in the writing transaction, so that what is
 * rolled back is not recorded. The queue of mails is watched too.
 */
export async function watchRows({ pool }: TestDatabase): Promise<void> {
  await pool.query(`
    CREATE TABLE row_changes (
      id bigserial PRIMARY KEY, transaction text NOT NULL DEFAULT pg_current_xact_id()::text,
      changed text NOT NULL, operation text NOT NULL
    );
    CREATE FUNCTION record_row_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO row_changes (changed, operation) VALUES (TG_TABLE_NAME, TG_OP);
      RETURN NULL;
    END $$;
  `);
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', nspname, relname) AS name
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL($1)
       AND (nspname = 'public' OR (nspname, relname) = ('graphile_worker', '_private_jobs'))`,
    [UNWATCHED],
  );
  for (const { name } of rows) {
    await pool.query(
      `CREATE TRIGGER zz_record_row_change AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION record_row_change()`,
    );
  }
}

/** What was written since the last time, in order. */
export async function takeChanges({ pool }: TestDatabase): Promise<RowChange[]> {
  const { rows } = await pool.query<RowChange>(`
    WITH taken AS (DELETE FROM row_changes RETURNING *)
    SELECT changed AS "table", operation, transaction FROM taken ORDER BY id
  `);
  return rows;
}
