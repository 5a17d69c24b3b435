import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { Db } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { ImportItem } from './import-item.ts';

const MAX_ALIASES = 20;

/** The ids of an account's prompts that items may be, by their slugs and aliases. */
export async function findKnown(
  trx: Transaction<Database>,
  ownerId: string,
  items: readonly ImportItem[],
): Promise<{ ids: string[] }> {
  const slugs = items.flatMap(({ prompt }) => prompt?.slug ?? []);
  const aliases = items.flatMap(({ prompt }) => prompt?.aliases ?? []);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM prompts WHERE user_id = ${ownerId}::uuid AND slug = ANY(${slugs}::text[])
    UNION
    SELECT prompt_id FROM prompt_aliases WHERE user_id = ${ownerId}::uuid AND alias = ANY(${aliases}::text[])
  `.execute(trx);
  return { ids: rows.map(({ id }) => id) };
}

/**
 * The prompt that has one of the aliases, else the one of that slug; the trash left out. One of that slug which other systems
 * call otherwise is another.
 */
export async function findItem(
  db: Db,
  ownerId: string,
  slug: string,
  aliases: readonly string[],
): Promise<{ found: string | null; isOther: boolean }> {
  const { rows } = await sql<{ id: string; isOther: boolean }>`
    SELECT prompts.id, false AS "isOther", 0 AS rank
    FROM prompt_aliases JOIN prompts ON prompts.id = prompt_aliases.prompt_id
    WHERE prompt_aliases.user_id = ${ownerId}::uuid AND alias = ANY(${aliases}::text[]) AND prompts.deleted_at IS NULL
    UNION ALL
    SELECT id, cardinality(${aliases}::text[]) > 0 AND EXISTS (
      SELECT FROM prompt_aliases WHERE prompt_aliases.user_id = ${ownerId}::uuid AND prompt_aliases.prompt_id = prompts.id
    ), 1
    FROM prompts WHERE user_id = ${ownerId}::uuid AND slug = ${slug}
    ORDER BY rank LIMIT 1
  `.execute(db);
  const [row] = rows;
  return { found: row?.id ?? null, isOther: row?.isOther ?? false };
}

/** The hashes of all versions of a prompt in hexadecimal, the oldest first. */
export async function listHashes(db: Db, promptId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('prompt_versions')
    .select(sql<string>`encode(content_hash, 'hex')`.as('hash'))
    .where('prompt_id', '=', promptId)
    .orderBy('version')
    .execute();
  return rows.map(({ hash }) => hash);
}

/**
 * Gives a prompt the aliases that no other prompt of the account has, the trash left out; answers those that it did not have,
 * and those of others.
 */
export async function addAliases(
  trx: Transaction<Database>,
  { ownerId, promptId, at }: { readonly ownerId: string; readonly promptId: string; readonly at: Date },
  aliases: readonly string[],
): Promise<{ added: string[]; taken: string[] }> {
  if (aliases.length === 0) return { added: [], taken: [] };
  const added = await sql<{ alias: string }>`
    INSERT INTO prompt_aliases (user_id, alias, prompt_id, created_at)
    SELECT DISTINCT ${ownerId}::uuid, alias, ${promptId}::uuid, ${at.toISOString()}::timestamptz
    FROM unnest(${aliases}::text[]) AS alias
    ON CONFLICT (user_id, alias) DO UPDATE SET prompt_id = excluded.prompt_id, created_at = excluded.created_at
    WHERE EXISTS (SELECT FROM prompts WHERE prompts.id = prompt_aliases.prompt_id AND prompts.deleted_at IS NOT NULL)
    RETURNING alias
  `.execute(trx);
  const { count } = await trx
    .selectFrom('prompt_aliases')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('prompt_id', '=', promptId)
    .executeTakeFirstOrThrow();
  if (count > MAX_ALIASES) {
    throw new AppError('request.invalid', { message: `A prompt has at most ${MAX_ALIASES} aliases.` });
  }
  const others = await sql<{ alias: string }>`
    SELECT alias FROM prompt_aliases
    WHERE user_id = ${ownerId}::uuid AND alias = ANY(${aliases}::text[]) AND prompt_id <> ${promptId}::uuid
  `.execute(trx);
  return { added: added.rows.map(({ alias }) => alias), taken: others.rows.map(({ alias }) => alias) };
}
