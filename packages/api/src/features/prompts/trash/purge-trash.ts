import { retryTransaction } from '@promptory/db';
import { sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { removeInSteps } from '../../../domain/trash/remove-dependents.ts';
import { ENDLESS } from '../../../domain/trash/steps-left.ts';

/** How long a prompt in the trash can be restored. */
export const TRASH_DAYS = 30;
const PROMPTS_A_TRANSACTION = 200;

/** Before this time of deletion, nothing in the trash is left. */
export const trashHorizon = (now: Date): string => new Date(now.getTime() - TRASH_DAYS * 24 * 3_600_000).toISOString();

/**
 * Removes for good the prompts that were deleted more than 30 days before `now`, with their versions, and closes the gaps
 * they leave in groups. For a daily job. The database's owner does it, and leaves what its own clock says is younger.
 * @returns how many were removed.
 */
export async function purgeTrash(db: Db, now: Date): Promise<number> {
  const horizon = trashHorizon(now);
  for (let purged = 0; ; ) {
    const { rows: due } = await sql<{ id: string }>`
      SELECT id FROM prompts WHERE deleted_at < least(${horizon}::timestamptz, now() - ${TRASH_DAYS} * interval '1 day')
      ORDER BY deleted_at LIMIT ${PROMPTS_A_TRANSACTION}
    `.execute(db);
    const ids = due.map(({ id }) => id);
    if (ids.length > 0) await removeInSteps(db, null, ids, { left: ENDLESS });
    const count = await retryTransaction(db, async (trx) => {
      const { rows } = await sql<{ count: number }>`
        SELECT public.purge_trash(${horizon}, ${PROMPTS_A_TRANSACTION}) AS count
      `.execute(trx);
      return rows[0]?.count ?? 0;
    });
    purged += count;
    if (count === 0) return purged;
  }
}
