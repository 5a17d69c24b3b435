import { rowBytes } from '@promptory/db';
import type { BundleGroup, BundlePrompt, BundleVersion, ChatMessage } from '@promptory/schemas';
import { sql } from 'kysely';
import { isOneOf, ownGroups, readablePrompts } from '../../../access/visibility.ts';
import type { Db, SignedInContext, Who } from '../../../context.ts';
import { findInclusions } from '../../../domain/includes/included-versions.ts';
import { mayInclude, type VersionId } from '../../../domain/signatures/included-texts.ts';
import { storedDocument, storedOutputSchema } from '../../../views/stored-document.ts';
import { freshness, pace } from '../slow-readers.ts';

/** Versions that are held at once while they are read; fewer where they are long. */
const VERSIONS_AT_ONCE = { first: 2, most: 20 };

/** A prompt without its versions, and its only version where it has just one: so that few queries read many prompts. */
export interface Head extends Omit<BundlePrompt, 'versions' | 'moves'> {
  readonly moveCount: number;
  readonly versionCount: number;
  readonly only: BundleVersion | undefined;
}

/** What belongs to prompts and to no version of them; other people's aliases left out. */
export async function listHeads({ db, who }: Pick<SignedInContext, 'db' | 'who'>, ids: string[]): Promise<Head[]> {
  const heads = await selectHeads(db, who, ids).execute();
  const single = heads.flatMap(({ id, versionCount }) => (versionCount === 1 ? [id] : []));
  const rows = single.length === 0 ? [] : await withIncludes(db, who, await selectVersionsOf(db, single).execute());
  const only = new Map(rows.map(({ promptId, ...version }) => [promptId, version]));
  return heads.map((head) => ({ ...head, only: only.get(head.id) }));
}

const selectHeads = (db: Db, who: Who, ids: string[]) =>
  db
    .selectFrom('prompts')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select(['prompts.id', 'slug', 'category', 'is_template as isTemplate', 'prompts.version as versionCount'])
    .select([
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      sql<BundlePrompt['visibility']>`visibility`.as('visibility'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name_key)`.as(
        'tags',
      ),
      sql<string[]>`ARRAY(
        SELECT alias FROM prompt_aliases WHERE prompt_aliases.prompt_id = prompts.id AND prompt_aliases.user_id = ${who.userId}::uuid
        ORDER BY alias
      )`.as('aliases'),
      sql<BundlePrompt['labels']>`coalesce((
        SELECT json_agg(json_build_object('label', label, 'version', prompt_labels.version, 'isProtected', is_protected) ORDER BY label)
        FROM prompt_labels WHERE prompt_labels.prompt_id = prompts.id
      ), '[]')`.as('labels'),
      sql<number>`(SELECT count(*)::integer FROM label_moves WHERE label_moves.prompt_id = prompts.id)`.as('moveCount'),
    ])
    .where(isOneOf(ids))
    .where(readablePrompts(who));

const selectVersions = (db: Db) =>
  db
    .selectFrom('prompt_versions')
    .innerJoin('users as author', 'author.id', 'prompt_versions.author_id')
    .select(['prompt_id as promptId', 'version', 'title', 'description', 'content', 'change_note as changeNote'])
    .select(['author.handle as author', 'prompt_versions.created_at as createdAt'])
    .select([
      storedDocument<ChatMessage[] | null>('prompt_versions', 'messages').as('messages'),
      storedDocument<BundleVersion['config']>('prompt_versions', 'config').as('config'),
      storedDocument<BundleVersion['inputSchema']>('prompt_versions', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompt_versions').as('outputSchema'),
      sql<string>`encode(content_hash, 'hex')`.as('contentHash'),
    ]);

const selectVersionsOf = (db: Db, promptIds: readonly string[]) =>
  selectVersions(db).where(sql<boolean>`prompt_id = ANY(${[...promptIds]}::uuid[])`);

type VersionRow = BundleVersion & VersionId;

/** Versions with what they include, as far as the caller may read it. */
async function withIncludes(db: Db, who: Who, rows: readonly VersionRow[]): Promise<VersionRow[]> {
  const inclusions = await findInclusions(db, who, rows.filter(mayInclude));
  return rows.map((row) => {
    const includes = inclusions.of(row).flatMap(({ name, to }) => (to === null ? [] : [{ name, ...to }]));
    return includes.length === 0 ? row : { ...row, includes };
  });
}

/** All versions of a prompt, the oldest first, a few at once, and no more of them once the caller may not read it. */
export async function* eachVersion(
  { db, who, clock }: Pick<SignedInContext, 'db' | 'who' | 'clock'>,
  { id, only }: Head,
): AsyncGenerator<BundleVersion> {
  if (only !== undefined) {
    yield only;
    return;
  }
  const size = pace();
  let most = VERSIONS_AT_ONCE.first;
  for (let after = 0; ; ) {
    const isFresh = freshness({ clock });
    // One prompt by itself: of a list of them all later versions would be sorted for each few.
    const rows = await selectVersions(db)
      .where('prompt_id', '=', id)
      .where('version', '>', after)
      .where(isReadable(who, id))
      .orderBy('version')
      .limit(most)
      .execute();
    let given = 0;
    for (const { promptId: _, ...version } of await withIncludes(db, who, rows)) {
      yield version;
      given += 1;
      after = version.version;
      if (!isFresh()) break;
    }
    if (given === rows.length && rows.length < most) return;
    size.given(isFresh());
    const longest = Math.max(1, ...rows.map(rowBytes));
    most = Math.max(1, Math.min(VERSIONS_AT_ONCE.most, Math.floor(size.bytes / longest)));
  }
}

const isReadable = (who: Who, promptId: string) =>
  sql<boolean>`EXISTS (SELECT FROM prompts WHERE prompts.id = ${promptId}::uuid AND ${readablePrompts(who)})`;

/** The history of a prompt's labels, the oldest move first; none once the caller may not read it. */
export const listMoves = async (
  { db, who }: Pick<SignedInContext, 'db' | 'who'>,
  { id, moveCount }: Head,
): Promise<BundlePrompt['moves']> => (moveCount === 0 ? [] : await selectMoves(db, who, id).execute());

const selectMoves = (db: Db, who: Who, promptId: string) =>
  db
    .selectFrom('label_moves')
    .innerJoin('users as mover', 'mover.id', 'label_moves.moved_by')
    .select(['label', 'from_version as from', 'to_version as to', 'mover.handle as movedBy', 'moved_at as movedAt'])
    .select(['reason', 'is_breaking as isBreaking'])
    .where('prompt_id', '=', promptId)
    .where(isReadable(who, promptId))
    .orderBy('number');

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
