import { sql } from 'kysely';
import type { Db } from '../../../context.ts';

const CHANGES_A_STEP = 5_000;

/**
 * Adds to the counts of tags and categories what changes of prompts have noted, for a job that runs each minute: until then
 * readers add it up themselves. Where another is at it, there is nothing to do.
 * @returns how many changes were added.
 */
export async function addUpNameCounts(db: Db): Promise<number> {
  for (let all = 0; ; ) {
    const { rows } = await sql<{ added: number }>`SELECT public.add_up_name_counts(${CHANGES_A_STEP}) AS added`.execute(
      db,
    );
    const added = rows[0]?.added ?? 0;
    all += added;
    if (added < CHANGES_A_STEP) return all;
  }
}
