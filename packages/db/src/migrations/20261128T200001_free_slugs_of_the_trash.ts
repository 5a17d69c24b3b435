import { type Kysely, sql } from 'kysely';

/** Batches that are committed one by one, so that who restores waits for fifty rows at most. */
export const transaction = false;

const ROWS_A_BATCH = 50;

// What lay in the trash before it gave up slugs. Done again, it changes nothing.
export async function up(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      WITH batch AS (
        SELECT id FROM prompts WHERE deleted_at IS NOT NULL AND trashed_slug IS NULL LIMIT ${ROWS_A_BATCH} FOR UPDATE
      )
      UPDATE prompts SET trashed_slug = slug, slug = rtrim(left(slug, 113), '/') || '/' || gen_random_uuid()
      FROM batch WHERE prompts.id = batch.id
    `.execute(db);
    if ((numAffectedRows ?? 0n) === 0n) break;
  }
}

/** The migration before this one gives slugs back. */
export async function down(): Promise<void> {}
