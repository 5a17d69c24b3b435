import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { readablePrompts } from '../../../access/visibility.ts';
import type { Db, Who } from '../../../context.ts';

export interface OrderedEntry {
  readonly promptId: string;
  readonly addedBy: string | null;
  /** Whether the caller may know of it. */
  readonly readable: boolean;
}

/** Every entry of the group in order, those included that the caller may not read. */
export async function listOrder(db: Db, who: Who, groupId: string): Promise<OrderedEntry[]> {
  return await db
    .selectFrom('group_prompts as entry')
    .innerJoin('prompts', 'prompts.id', 'entry.prompt_id')
    .select(['entry.prompt_id as promptId', 'entry.added_by as addedBy', readablePrompts(who).as('readable')])
    .where('entry.group_id', '=', groupId)
    .orderBy('entry.position')
    .execute();
}

/** Gives every entry its place in `promptIds`, which names them all, and the group its time of change. */
export async function writeOrder(
  trx: Transaction<Database>,
  groupId: string,
  promptIds: readonly string[],
  now: Date,
): Promise<void> {
  await sql`
    UPDATE group_prompts SET position = wanted.place - 1
    FROM unnest(${promptIds}::uuid[]) WITH ORDINALITY AS wanted(prompt_id, place)
    WHERE group_prompts.group_id = ${groupId} AND group_prompts.prompt_id = wanted.prompt_id
      AND group_prompts.position <> wanted.place - 1
  `.execute(trx);
  await trx.updateTable('groups').set({ updated_at: now }).where('id', '=', groupId).execute();
}
