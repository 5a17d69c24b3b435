import { type Database, retryTransaction } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Db } from '../../../context.ts';

/** How long a prompt in the trash can be restored. */
export const TRASH_DAYS = 30;
const PROMPTS_A_TRANSACTION = 200;

/** Before this time of deletion, nothing in the trash is left. */
export const trashHorizon = (now: Date): string => new Date(now.getTime() - TRASH_DAYS * 24 * 3_600_000).toISOString();

/**
 * Removes for good the prompts that were deleted more than 30 days before `now`, with their versions, and closes the gaps
 * they leave in groups. For a daily job.
 * @returns how many were removed.
 */
export async function purgeTrash(db: Db, now: Date): Promise<number> {
  for (let purged = 0; ; ) {
    const count = await retryTransaction(db, (trx) => purgeSome(trx, now));
    purged += count;
    if (count < PROMPTS_A_TRANSACTION) return purged;
  }
}

const isOneOf = (column: string, ids: readonly string[]) => sql<boolean>`${sql.ref(column)} = ANY(${[...ids]}::uuid[])`;

async function purgeSome(trx: Transaction<Database>, now: Date): Promise<number> {
  const due = await trx
    .selectFrom('prompts')
    .select('id')
    .where('deleted_at', '<', trashHorizon(now))
    .orderBy('id')
    .limit(PROMPTS_A_TRANSACTION)
    .forUpdate()
    .skipLocked()
    .execute();
  if (due.length === 0) return 0;
  const ids = due.map(({ id }) => id);
  // The order of a group changes only under its row's lock.
  const groups = await trx
    .selectFrom('groups')
    .select('id')
    .where('id', 'in', (query) => query.selectFrom('group_prompts').select('group_id').where(isOneOf('prompt_id', ids)))
    .orderBy('id')
    .forUpdate()
    .execute();
  await sql`SELECT set_config('promptory.purge', 'on', true)`.execute(trx);
  await trx.deleteFrom('prompts').where(isOneOf('id', ids)).execute();
  const groupIds = groups.map(({ id }) => id);
  await sql`
    UPDATE group_prompts SET position = moved.position
    FROM (
      SELECT group_id, prompt_id, row_number() OVER (PARTITION BY group_id ORDER BY position) - 1 AS position
      FROM group_prompts WHERE group_id = ANY(${groupIds}::uuid[])
    ) AS moved
    WHERE group_prompts.group_id = moved.group_id AND group_prompts.prompt_id = moved.prompt_id
      AND group_prompts.position <> moved.position
  `.execute(trx);
  return ids.length;
}
