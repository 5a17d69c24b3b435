import { type Database, retryTransaction } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Db } from '../../context.ts';
import { type StepsLeft, takeStep } from './steps-left.ts';

/** From so many groups at most prompts go when they are removed. */
const ENTRIES_LEFT = 10;
const ENTRIES_A_STEP = 1_000;
/** Of groups that are put in order within one step, so many entries together, or one group. */
const MOST_IN_ORDER = 5_000;

/**
 * Takes prompts in the trash out of groups in short steps, and closes the gaps, where they are in many. Whoever likes has a public
 * prompt in all of their groups, and in front of all that is in them.
 * @returns whether it is done; false where `left` was not enough, and the next call goes on
 */
export async function leaveGroups(db: Db, ids: readonly string[], left: StepsLeft): Promise<boolean> {
  for (;;) {
    const groups = await nextGroups(db, ids);
    if (groups.length === 0) return true;
    if (!takeStep(left)) return false;
    await retryTransaction(db, (trx) => leave(trx, ids, groups));
  }
}

const entriesOf = (ids: readonly string[]) => sql`group_prompts AS entry WHERE entry.prompt_id IN (
  SELECT id FROM prompts WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NOT NULL)`;

/** Groups that one step takes; none where the prompts are in few. The last position says how many entries a group has. */
async function nextGroups(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT id FROM (
      SELECT id, row_number() OVER these AS place, sum(size) OVER these AS sizes
      FROM (
        SELECT entry.group_id AS id, (
          SELECT position + 1 FROM group_prompts WHERE group_id = entry.group_id ORDER BY position DESC LIMIT 1
        ) AS size
        FROM ${entriesOf(ids)} LIMIT ${ENTRIES_A_STEP}
      ) AS sized WINDOW these AS (ORDER BY id ROWS UNBOUNDED PRECEDING)
    ) AS counted
    WHERE (place = 1 OR sizes <= ${MOST_IN_ORDER})
      AND (SELECT count(*) > ${ENTRIES_LEFT} FROM (SELECT FROM ${entriesOf(ids)} LIMIT ${ENTRIES_LEFT + 1}) AS first)
  `.execute(db);
  return rows.map(({ id }) => id);
}

async function leave(trx: Transaction<Database>, ids: readonly string[], groups: readonly string[]): Promise<void> {
  // The order of a group changes only under its row's lock.
  await sql`SELECT FROM groups WHERE id = ANY(${groups}::uuid[]) ORDER BY id FOR UPDATE`.execute(trx);
  await sql`DELETE FROM ${entriesOf(ids)} AND entry.group_id = ANY(${groups}::uuid[])`.execute(trx);
  await sql`
    UPDATE group_prompts SET position = moved.position
    FROM (
      SELECT group_id, prompt_id, row_number() OVER (PARTITION BY group_id ORDER BY position) - 1 AS position
      FROM group_prompts WHERE group_id = ANY(${groups}::uuid[])
    ) AS moved
    WHERE (group_prompts.group_id, group_prompts.prompt_id) = (moved.group_id, moved.prompt_id)
      AND group_prompts.position <> moved.position
  `.execute(trx);
}
