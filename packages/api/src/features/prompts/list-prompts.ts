import { type KeysetValue, keysetPage, type Page } from '@promptory/db';
import type { ListPromptsInput, ListTemplatesInput, Prompt, PromptSort } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { requireGroup } from '../../access/require.ts';
import { ownPrompts, readablePrompts } from '../../access/visibility.ts';
import { consumeOwnLimit } from '../../call-limits.ts';
import type { Db, SignedInContext, Who } from '../../context.ts';
import { allOf, promptFilters } from '../../domain/prompts/search/prompt-filters.ts';
import { searchMatches } from '../../domain/prompts/search/search-matches.ts';
import { listCursor } from '../../views/list-cursor.ts';
import { isOneOf, promptBytes, promptPage } from '../../views/prompt-page.ts';
import { selectPrompts } from '../../views/prompt-view.ts';
import { trashHorizon } from './trash/purge-trash.ts';

type Filters = Omit<ListPromptsInput, 'cursor' | 'limit' | 'sort' | 'direction'>;

/**
 * The prompts that the caller may read, filtered and in one of five orders; with `trashed`, those in its own trash.
 * @throws AppError group.not_found, request.cursor_invalid, limit.exceeded for searches
 */
export async function listPrompts(ctx: SignedInContext, input: ListPromptsInput): Promise<Page<Prompt>> {
  const q = input.q === undefined || input.q === '' ? undefined : input.q;
  if (q !== undefined) await consumeOwnLimit(ctx, 'search');
  if (input.groupId !== undefined) await requireGroup(ctx.db, ctx.who, input.groupId, 'read');
  const sort = sortOf(input.sort, q);
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts', input);
  const scope = scopeOf(ctx, input);
  const keys = await inOrder(keysWithin(ctx.db, scope, q), sort, limit, after).execute();
  return await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.sortKey, last.id]),
    (ids) => selectPrompts(ctx.db, ctx.who).where(isOneOf(ids)).where(scope).execute(),
  );
}

export const listTemplates = (ctx: SignedInContext, input: ListTemplatesInput): Promise<Page<Prompt>> =>
  listPrompts(ctx, { ...input, isTemplate: true });

const sortOf = (sort: PromptSort | undefined, q: string | undefined): PromptSort => {
  if (q === undefined) return sort === undefined || sort === 'relevance' ? 'updated' : sort;
  return sort ?? 'relevance';
};

const uses = sql<number>`coalesce((
  SELECT prompt_totals.uses FROM prompt_totals WHERE prompt_totals.prompt_id = prompts.id
), 0)`;

const orders = {
  relevance: { by: sql.ref<string>('found.score'), direction: 'desc' },
  updated: { by: sql.ref<string>('prompts.updated_at'), direction: 'desc' },
  created: { by: sql.ref<string>('prompts.created_at'), direction: 'desc' },
  title: { by: sql.ref<string>('prompts.search_title'), direction: 'asc' },
  usage: { by: uses, direction: 'desc' },
} as const;

function inOrder(
  query: ReturnType<typeof keysWithin>,
  sort: PromptSort,
  limit: number,
  after: readonly KeysetValue[] | undefined,
) {
  const { by, direction } = orders[sort];
  return keysetPage(query.select(sql<string | number>`${by}`.as('sortKey')), {
    orderBy: [
      { by, direction },
      { by: 'prompts.id', direction },
    ],
    limit,
    after,
  });
}

/** Joined with `found` where there is something to search for. */
function keysWithin(db: Db, scope: RawBuilder<boolean>, q: string | undefined) {
  const keys = db
    .selectFrom('prompts')
    .select(['prompts.id', promptBytes.as('bytes')])
    .where(scope);
  if (q === undefined) return keys;
  return keys.$if(true, (prompts) => prompts.innerJoin(searchMatches(scope, q).as('found'), 'found.id', 'prompts.id'));
}

/** One condition on `prompts`: what the caller may see, and what it asks for. */
function scopeOf({ who, clock }: SignedInContext, { trashed, ...filters }: Filters): RawBuilder<boolean> {
  return allOf([trashed === true ? inTrashOf(who, clock.now()) : readablePrompts(who), ...promptFilters(who, filters)]);
}

/** Only what the caller deleted of its own, an admin too. */
const inTrashOf = (who: Who, now: Date): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at >= ${trashHorizon(now)} AND prompts.user_id = ${who.userId} AND ${ownPrompts(who)}
)`;
