import { sql } from 'kysely';
import type { Db } from '../../context.ts';

const ROWS_A_STATEMENT = 5_000;

/**
 * Removes what was told of changes more than an hour ago, which every server has read by then or counts as missed. For an hourly job.
 * @returns how many rows were removed
 */
export async function forgetChanges(db: Db): Promise<number> {
  for (let all = 0; ; ) {
    const { rows } = await sql<{ removed: number }>`
      SELECT public.forget_changes(${ROWS_A_STATEMENT}::integer) AS removed
    `.execute(db);
    const removed = rows[0]?.removed ?? 0;
    all += removed;
    if (removed < ROWS_A_STATEMENT) return all;
  }
}
