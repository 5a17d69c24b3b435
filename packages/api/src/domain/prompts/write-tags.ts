import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';

/** Makes `tags` the tags of a prompt; those that stay are not written again. Repeated ones count once. */
export async function writeTags(trx: Transaction<Database>, promptId: string, tags: readonly string[]): Promise<void> {
  const wanted = [...new Set(tags)];
  await trx
    .deleteFrom('tags')
    .where('prompt_id', '=', promptId)
    .where(sql<boolean>`name <> ALL(${wanted}::text[])`)
    .execute();
  if (wanted.length === 0) return;
  await trx
    .insertInto('tags')
    .columns(['prompt_id', 'name'])
    .expression(sql`SELECT ${promptId}::uuid, name FROM unnest(${wanted}::text[]) AS name`)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
