import { type Kysely, sql } from 'kysely';

/** Batches that are committed one by one, so that writes wait for five hundred rows at most. */
export const transaction = false;

const PROMPTS_A_BATCH = 500;

// What was there before the triggers. A prompt is locked while its places are written, as whoever changes it does; done
// again, it changes nothing.
export async function up(db: Kysely<unknown>): Promise<void> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ last: string | null }>`
      WITH batch AS MATERIALIZED (
        SELECT id, user_id, updated_at, deleted_at IS NULL AS is_live, deleted_at IS NULL AND visibility = 'public' AS is_public
        FROM prompts WHERE id > ${last}::uuid ORDER BY id LIMIT ${PROMPTS_A_BATCH} FOR NO KEY UPDATE
      ), placed AS (
        UPDATE tags SET is_live = batch.is_live, is_public = batch.is_public, listed_at = batch.updated_at, user_id = batch.user_id
        FROM batch WHERE prompt_id = batch.id
          AND (tags.is_live, tags.is_public, tags.listed_at, tags.user_id)
            IS DISTINCT FROM (batch.is_live, batch.is_public, batch.updated_at, batch.user_id)
      ), counted AS (
        INSERT INTO prompt_totals AS held (prompt_id, is_public) SELECT id, is_public FROM batch ORDER BY id
        ON CONFLICT (prompt_id) DO UPDATE SET is_public = excluded.is_public WHERE held.is_public <> excluded.is_public
      )
      SELECT max(id::text) AS last FROM batch
    `.execute(db);
    const end = rows[0]?.last ?? null;
    if (end === null) return;
    last = end;
  }
}

/** What is beside tags and uses goes with its columns; uses that are none say what no row does. */
export async function down(): Promise<void> {}
