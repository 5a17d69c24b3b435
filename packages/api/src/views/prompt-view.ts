import { type ChatMessage, LABELS_IN_LISTS, type ListedPrompt, type Prompt } from '@promptory/schemas';
import { sql } from 'kysely';
import { editablePrompts, ownPrompts } from '../access/visibility.ts';
import type { Db, Who } from '../context.ts';
import { storedContent } from './stored-content.ts';
import { storedDocument, storedOutputSchema } from './stored-document.ts';
import { publicUser } from './user-view.ts';

type Json = Record<string, unknown>;

/** In the trash the one that a prompt had: it holds none there. */
const shownSlug = sql<string>`coalesce(prompts.trashed_slug, prompts.slug)`;

/**
 * A query whose rows are prompts as the wire shows them to `who`. It filters nothing: add readablePrompts(who), or say
 * why not. Tables: `prompts`, unaliased, joined with its owner as `owner`.
 */
export const selectPrompts = (db: Db, who: Who) =>
  selectPromptHeads(db, who)
    .select(['prompts.title', 'prompts.description'])
    .select([
      storedContent('prompts').as('content'),
      storedDocument<ChatMessage[] | null>('prompts', 'messages').as('messages'),
      storedDocument<Json>('prompts', 'config').as('config'),
      storedDocument<Json | null>('prompts', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompts').as('outputSchema'),
    ]);

/** The same as lists say it. Labels by their key, of which it reads no more than it says. */
export const selectListedPrompts = (db: Db, who: Who) =>
  selectPrompts(db, who).select([
    sql<ListedPrompt['labels']>`(
      SELECT coalesce(json_agg(json_build_object('label', first.label, 'version', first.version) ORDER BY first.label), '[]')
      FROM (
        SELECT label, version FROM prompt_labels
        WHERE prompt_labels.prompt_id = prompts.id AND prompt_labels.version IS NOT NULL
        ORDER BY label LIMIT ${LABELS_IN_LISTS}
      ) AS first)`.as('labels'),
    sql<string | null>`CASE WHEN ${ownPrompts(who)} THEN (
      SELECT prompt_totals.last_used_at FROM prompt_totals WHERE prompt_totals.prompt_id = prompts.id) END`.as(
      'lastUsedAt',
    ),
  ]);

/** The same without what an id and a version stand for. */
export function selectPromptHeads(db: Db, who: Who) {
  return db
    .selectFrom('prompts')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'prompts.id',
      'prompts.category',
      'prompts.version',
      'prompts.is_template as isTemplate',
      'prompts.created_at as createdAt',
      'prompts.updated_at as updatedAt',
      'prompts.deleted_at as trashedAt',
    ])
    .select([
      shownSlug.as('slug'),
      sql<string>`owner.handle || '/' || ${shownSlug}`.as('ref'),
      sql<Prompt['kind']>`prompts.kind`.as('kind'),
      sql<Prompt['visibility']>`prompts.visibility`.as('visibility'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name_key)`.as(
        'tags',
      ),
      sql<Prompt['origin']>`CASE WHEN prompts.origin_prompt_id IS NOT NULL THEN json_build_object(
        'promptId', prompts.origin_prompt_id, 'version', prompts.origin_version) END`.as('origin'),
      publicUser('owner').as('owner'),
      sql<boolean>`EXISTS (SELECT FROM favorites WHERE favorites.prompt_id = prompts.id AND favorites.user_id = ${who.userId})`.as(
        'isFavorite',
      ),
      sql<Prompt['permissions']>`json_build_object(
        'canEdit', ${editablePrompts(who)}, 'canShare', ${ownPrompts(who)}, 'canDelete', ${ownPrompts(who)})`.as(
        'permissions',
      ),
    ]);
}
