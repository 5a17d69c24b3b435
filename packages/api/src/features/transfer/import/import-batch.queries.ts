import type { Database, RowChange } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Db } from '../../../context.ts';
import { writeTags } from '../../../domain/prompts/write-tags.ts';
import type { ExistingPrompt, OwnFields } from './import-plan.ts';

/** The prompts of `ownerId` with one of the slugs or contents, the oldest first; hashes in hexadecimal. */
export async function listExistingPrompts(
  db: Db,
  ownerId: string,
  slugs: readonly string[],
  hashes: readonly string[],
): Promise<ExistingPrompt[]> {
  return await db
    .selectFrom('prompts')
    .select(['id', 'slug', 'description', 'category', 'is_template as isTemplate'])
    .select([
      sql<string>`encode(content_hash, 'hex')`.as('hash'),
      sql<boolean>`deleted_at IS NOT NULL`.as('inTrash'),
      sql<ExistingPrompt['visibility']>`visibility`.as('visibility'),
      sql<ExistingPrompt['config']>`config`.as('config'),
      sql<ExistingPrompt['inputSchema']>`input_schema`.as('inputSchema'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id)`.as('tags'),
    ])
    .where('user_id', '=', ownerId)
    .where(
      sql<boolean>`(slug = ANY(${slugs}::text[]) OR content_hash IN (SELECT decode(given, 'hex') FROM unnest(${hashes}::text[]) AS given))`,
    )
    .orderBy('id')
    .execute();
}

/** Makes the imports of one account wait for each other, batch by batch, so that none makes what another is just making. */
export async function lockImports(trx: Transaction<Database>, userId: string): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
}

/** Sets what belongs to a prompt and to no version of it. */
export async function updateOwnFields(
  trx: Transaction<Database>,
  promptId: string,
  { category, tags, isTemplate, visibility }: OwnFields,
  now: Date,
): Promise<void> {
  const change: RowChange<'prompts'> = { updated_at: now };
  if (category !== undefined) change.category = category;
  if (isTemplate !== undefined) change.is_template = isTemplate;
  if (visibility !== undefined) change.visibility = visibility;
  await trx.updateTable('prompts').set(change).where('id', '=', promptId).execute();
  if (tags !== undefined) await writeTags(trx, promptId, tags);
}
