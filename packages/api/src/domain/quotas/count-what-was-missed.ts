import { retryTransaction } from '@promptory/db';
import { sql } from 'kysely';
import type { Db } from '../../context.ts';

const ROWS_A_TRANSACTION = 100;

/**
 * Counts prompts and groups that were locked all the while the migration counted what was there, and so count as nothing. For
 * a daily job: waits for nobody, so that what is locked again is left for the next day.
 * @returns how many were counted
 */
export async function countWhatWasMissed(db: Db): Promise<number> {
  let counted = 0;
  for (const step of [measurePrompts, markGroups]) {
    for (let rows = ROWS_A_TRANSACTION; rows === ROWS_A_TRANSACTION; counted += rows) {
      rows = await retryTransaction(db, step);
    }
  }
  return counted;
}

/** A trigger adds what is measured to what the owner holds. */
async function measurePrompts(trx: Db): Promise<number> {
  const { numAffectedRows } = await sql`
    WITH unmeasured AS (
      SELECT id FROM prompts WHERE stored_bytes IS NULL ORDER BY id LIMIT ${ROWS_A_TRANSACTION} FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE prompts SET stored_bytes = (
      SELECT coalesce(sum(public.text_bytes(title, description, content, messages, config, input_schema, output_schema)), 0)
      FROM prompt_versions WHERE prompt_id = prompts.id
    )
    FROM unmeasured WHERE prompts.id = unmeasured.id
  `.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

/** No trigger counts a group that was there: its maker is counted anew. */
async function markGroups(trx: Db): Promise<number> {
  const { rows } = await sql<{ groups: number }>`
    WITH unmarked AS (
      SELECT id FROM groups WHERE made_by IS NULL ORDER BY id LIMIT ${ROWS_A_TRANSACTION} FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
      UPDATE groups SET made_by = user_id FROM unmarked WHERE groups.id = unmarked.id RETURNING made_by
    )
    INSERT INTO account_resources AS held (user_id, groups)
    SELECT made_by, count(*) FROM marked GROUP BY made_by ORDER BY made_by
    ON CONFLICT (user_id) DO UPDATE SET groups = held.groups + excluded.groups
    RETURNING (SELECT count(*) FROM marked) AS groups
  `.execute(trx);
  return Number(rows[0]?.groups ?? 0);
}
