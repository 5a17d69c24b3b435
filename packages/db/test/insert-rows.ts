import { CompiledQuery, type Kysely } from 'kysely';
import { storeWordsOf } from '../src/search/stored-words.ts';
import type { Database } from '../src/tables/rows.ts';

/** A row as it is stored, by column name. Bytes are written as `bytea()` makes them. */
export type StoredRow = Readonly<Record<string, unknown>>;

/**
 * Inserts rows of several tables in one statement. They may refer to each other, for references are checked when the
 * statement ends. The rows of one table all name the columns that its first one names.
 */
export async function insertRows(
  db: Kysely<Database>,
  tables: Readonly<Partial<Record<keyof Database, readonly StoredRow[]>>>,
): Promise<void> {
  const inserts = Object.entries(tables).flatMap(([table, rows = []]) => {
    const [first] = rows;
    if (first === undefined) return [];
    const columns = Object.keys(first).join(', ');
    const given = `jsonb_populate_recordset(NULL::public.${table}, $1::jsonb->'${table}')`;
    return [`into_${table} AS (INSERT INTO public.${table} (${columns}) SELECT ${columns} FROM ${given})`];
  });
  await db.executeQuery(CompiledQuery.raw(`WITH ${inserts.join(', ')} SELECT 1`, [JSON.stringify(tables)]));
  // As the application does, so that searches find them.
  const prompts = (tables.prompts ?? []).map(({ id }) => String(id));
  if (prompts.length > 0) await storeWordsOf(db, prompts);
}

/** Bytes as `insertRows` takes them. */
export const bytea = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
