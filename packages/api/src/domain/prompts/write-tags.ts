import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Spelt } from './first-spellings.ts';

/** Makes `tags` the tags of a prompt; those that stay are not written again, and keep their spelling. */
export async function writeTags(
  trx: Transaction<Database>,
  { promptId, ownerId }: { readonly promptId: string; readonly ownerId: string },
  tags: readonly Spelt[],
): Promise<void> {
  const keys = tags.map(({ key }) => key);
  await trx
    .deleteFrom('tags')
    .where('prompt_id', '=', promptId)
    .where(sql<boolean>`name_key <> ALL(${keys}::text[])`)
    .execute();
  if (tags.length === 0) return;
  const names = tags.map(({ name }) => name);
  await trx
    .insertInto('tags')
    .columns(['prompt_id', 'name', 'name_key', 'user_id'])
    .expression(
      sql`SELECT ${promptId}::uuid, name, key, ${ownerId}::uuid FROM unnest(${names}::text[], ${keys}::text[]) AS given (name, key)`,
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
