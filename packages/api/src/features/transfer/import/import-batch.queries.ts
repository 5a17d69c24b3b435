import { type Database, type RowChange, storeWordsOf, takeTurn } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Db } from '../../../context.ts';
import { firstSpellings } from '../../../domain/prompts/first-spellings.ts';
import { writeTags } from '../../../domain/prompts/write-tags.ts';
import { storedDocument, storedOutputSchema } from '../../../views/stored-document.ts';
import type { ExistingPrompt, OwnFields } from './import-plan.ts';

/** The prompts of `ownerId` with one of the slugs, of which the trash holds none; hashes in hexadecimal. */
export async function listBySlug(db: Db, ownerId: string, slugs: readonly string[]): Promise<ExistingPrompt[]> {
  if (slugs.length === 0) return [];
  return await db
    .selectFrom('prompts')
    .select(['id', 'slug', 'description', 'category', 'is_template as isTemplate'])
    .select([
      sql<string>`encode(content_hash, 'hex')`.as('hash'),
      sql<ExistingPrompt['visibility']>`visibility`.as('visibility'),
      storedDocument<ExistingPrompt['config']>('prompts', 'config').as('config'),
      storedDocument<ExistingPrompt['inputSchema']>('prompts', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompts').as('outputSchema'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id)`.as('tags'),
    ])
    .where('user_id', '=', ownerId)
    .where(sql<boolean>`slug = ANY(${slugs}::text[])`)
    .execute();
}

/** Of each content the prompts of `ownerId` that follow an id, in order and at most so many; those in the trash left out. */
export async function listByContent(
  db: Db,
  ownerId: string,
  contents: readonly { readonly hash: string; readonly after: string; readonly limit: number }[],
): Promise<{ hash: string; id: string }[]> {
  const { rows } = await sql<{ hash: string; id: string }>`
    SELECT hash, id FROM prompts_of_contents(
      ${ownerId}::uuid,
      ${contents.map(({ hash }) => hash)}::text[],
      ${contents.map(({ after }) => after)}::uuid[],
      ${contents.map(({ limit }) => limit)}::integer[]
    ) ORDER BY id
  `.execute(db);
  return rows;
}

/**
 * Makes the imports of one account wait for each other, batch by batch, so that none makes what another is just making. By a lock of
 * its own: an import of files takes long, and nobody who ends a session, resets a password or suspends the account waits for it.
 */
export async function lockImports(trx: Transaction<Database>, userId: string): Promise<void> {
  const name = `imports|${userId}`;
  takeTurn(trx, name);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);
}

/** Locks prompts until the transaction ends, in one order. */
export async function lockPrompts(trx: Transaction<Database>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`SELECT FROM prompts WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(trx);
}

/** Sets what belongs to a prompt and to no version of it. */
export async function updateOwnFields(
  trx: Transaction<Database>,
  { promptId, ownerId }: { readonly promptId: string; readonly ownerId: string },
  { isTemplate, visibility, ...names }: OwnFields,
  now: Date,
): Promise<void> {
  const spellings = await firstSpellings(trx, { ownerId, authorId: ownerId }, [names]);
  const change: RowChange<'prompts'> = { updated_at: now, ...spellings.categoryChange(names) };
  if (isTemplate !== undefined) change.is_template = isTemplate;
  if (visibility !== undefined) change.visibility = visibility;
  await trx.updateTable('prompts').set(change).where('id', '=', promptId).execute();
  if (names.tags !== undefined) await writeTags(trx, { promptId, ownerId }, spellings.tags(names.tags));
  await storeWordsOf(trx, [promptId]);
}
