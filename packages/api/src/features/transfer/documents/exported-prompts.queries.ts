import type { BundleGroup, BundlePrompt, BundleVersion, ChatMessage } from '@promptory/schemas';
import { sql } from 'kysely';
import { isOneOf, ownGroups, readablePrompts } from '../../../access/visibility.ts';
import type { Db, SignedInContext, Who } from '../../../context.ts';
import { storedDocument, storedOutputSchema } from '../../../views/stored-document.ts';

/** Versions that are held at once while they are read. */
const VERSIONS_AT_ONCE = 20;

type Head = Omit<BundlePrompt, 'versions' | 'moves'>;

/** What belongs to prompts and to no version of them; other people's aliases left out. */
export const listHeads = ({ db, who }: Pick<SignedInContext, 'db' | 'who'>, ids: string[]): Promise<Head[]> =>
  db
    .selectFrom('prompts')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select(['prompts.id', 'slug', 'category', 'is_template as isTemplate'])
    .select([
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      sql<Head['visibility']>`visibility`.as('visibility'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name_key)`.as(
        'tags',
      ),
      sql<string[]>`ARRAY(
        SELECT alias FROM prompt_aliases WHERE prompt_aliases.prompt_id = prompts.id AND prompt_aliases.user_id = ${who.userId}::uuid
        ORDER BY alias
      )`.as('aliases'),
      sql<Head['labels']>`coalesce((
        SELECT json_agg(json_build_object('label', label, 'version', prompt_labels.version, 'isProtected', is_protected) ORDER BY label)
        FROM prompt_labels WHERE prompt_labels.prompt_id = prompts.id
      ), '[]')`.as('labels'),
    ])
    .where(isOneOf(ids))
    .where(readablePrompts(who))
    .execute();

/** All versions of a prompt, the oldest first, a few at once. */
export async function* eachVersion(db: Db, promptId: string): AsyncGenerator<BundleVersion> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('prompt_versions')
      .innerJoin('users as author', 'author.id', 'prompt_versions.author_id')
      .select(['version', 'title', 'description', 'content', 'change_note as changeNote', 'author.handle as author'])
      .select([
        'prompt_versions.created_at as createdAt',
        storedDocument<ChatMessage[] | null>('prompt_versions', 'messages').as('messages'),
        storedDocument<BundleVersion['config']>('prompt_versions', 'config').as('config'),
        storedDocument<BundleVersion['inputSchema']>('prompt_versions', 'input_schema').as('inputSchema'),
        storedOutputSchema('prompt_versions').as('outputSchema'),
        sql<string>`encode(content_hash, 'hex')`.as('contentHash'),
      ])
      .where('prompt_id', '=', promptId)
      .where('version', '>', after)
      .orderBy('version')
      .limit(VERSIONS_AT_ONCE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < VERSIONS_AT_ONCE) return;
    after = last.version;
  }
}

/** The history of a prompt's labels, the oldest move first. */
export const listMoves = (db: Db, promptId: string): Promise<BundlePrompt['moves']> =>
  db
    .selectFrom('label_moves')
    .innerJoin('users as mover', 'mover.id', 'label_moves.moved_by')
    .select(['label', 'from_version as from', 'to_version as to', 'mover.handle as movedBy', 'moved_at as movedAt'])
    .select(['reason', 'is_breaking as isBreaking'])
    .where('prompt_id', '=', promptId)
    .orderBy('number')
    .execute();

/** The caller's own groups that hold some of the prompts, each with those in its order. */
export async function listGroups(db: Db, who: Who, ids: readonly string[]): Promise<BundleGroup[]> {
  const { rows } = await sql<BundleGroup>`
    SELECT groups.name, groups.description, array_agg(owner.handle || '/' || prompts.slug ORDER BY position) AS prompts
    FROM groups
    JOIN group_prompts ON group_prompts.group_id = groups.id
    JOIN prompts ON prompts.id = group_prompts.prompt_id
    JOIN users AS owner ON owner.id = prompts.user_id
    WHERE ${ownGroups(who)} AND ${isOneOf([...ids])} AND ${readablePrompts(who)}
    GROUP BY groups.id ORDER BY groups.name, groups.id
  `.execute(db);
  return rows;
}
