import { type Kysely, sql } from 'kysely';
import { storeWordsOf } from '../search/stored-words.ts';

/** Batches that are committed one by one; they lock no prompt but against its removal. */
export const transaction = false;

const ROWS_A_BATCH = 100;

// Done again, it goes on where it stopped, and with what was changed since.
export async function up(db: Kysely<unknown>): Promise<void> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ id: string; isMissing: boolean }>`
      SELECT id, NOT EXISTS (
        SELECT FROM prompt_words WHERE prompt_id = prompts.id AND indexed_at = prompts.updated_at
      ) AS "isMissing"
      FROM prompts WHERE id > ${last}::uuid ORDER BY id LIMIT ${ROWS_A_BATCH}
    `.execute(db);
    const missing = rows.filter(({ isMissing }) => isMissing).map(({ id }) => id);
    if (missing.length > 0) await storeWordsOf(db, missing);
    const end = rows.at(-1);
    if (end === undefined) break;
    last = end.id;
  }
  await sql`ANALYZE prompt_words`.execute(db);
}

/** They go with their table. */
export async function down(): Promise<void> {}
