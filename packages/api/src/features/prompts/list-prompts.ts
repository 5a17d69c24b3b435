import { type KeysetValue, keysetPage, type Page } from '@promptory/db';
import type { ListedPrompt, ListPromptsInput, ListTemplatesInput, PromptSort } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { isOneOf, ownPrompts, readableAmongMany, readablePrompts } from '../../access/visibility.ts';
import type { SignedInContext, Who } from '../../context.ts';
import { listedKeys } from '../../domain/prompts/listing/listed-keys.ts';
import { withMatches } from '../../domain/prompts/search/matched-text.ts';
import { allOf, promptFilters } from '../../domain/prompts/search/prompt-filters.ts';
import { admitFilters, promptKeys } from '../../domain/prompts/search/prompt-keys.ts';
import { listCursor } from '../../views/list-cursor.ts';
import { promptPage } from '../../views/prompt-page.ts';
import { selectListedPrompts } from '../../views/prompt-view.ts';
import { trashHorizon } from './trash/purge-trash.ts';

type Filters = Omit<ListPromptsInput, 'cursor' | 'limit' | 'sort' | 'direction'>;

/**
 * The prompts that the caller may read, filtered and in one of five orders; with `trashed`, those in its own trash.
 * @throws AppError group.not_found, request.cursor_invalid, limit.exceeded for searches
 */
export async function listPrompts(ctx: SignedInContext, input: ListPromptsInput): Promise<Page<ListedPrompt>> {
  const q = await admitFilters(ctx, input);
  const sort = sortOf(input.sort, q);
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts', input);
  const keys =
    q === undefined && sort !== 'relevance' && input.trashed !== true
      ? await listedKeys(ctx.db, ctx.who, input, { sort, limit, after })
      : await inOrder(
          (await promptKeys(ctx.db, scopeOf(ctx, input, readableAmongMany), q)).keys,
          sort,
          limit,
          after,
        ).execute();
  const page = await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.sortKey, last.id]),
    (ids) =>
      selectListedPrompts(ctx.db, ctx.who)
        .where(isOneOf(ids))
        .where(scopeOf(ctx, input, readablePrompts))
        .execute(),
  );
  return q === undefined ? page : { ...page, items: await withMatches(q, page.items) };
}

export const listTemplates = (ctx: SignedInContext, input: ListTemplatesInput): Promise<Page<ListedPrompt>> =>
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
  query: Awaited<ReturnType<typeof promptKeys>>['keys'],
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

/** One condition on `prompts`: what the caller may see, and what it asks for. */
function scopeOf(
  { who, clock }: SignedInContext,
  { trashed, ...filters }: Filters,
  readable: (who: Who) => RawBuilder<boolean>,
): RawBuilder<boolean> {
  return allOf([trashed === true ? inTrashOf(who, clock.now()) : readable(who), ...promptFilters(who, filters)]);
}

/** Only what the caller deleted of its own, an admin too. */
const inTrashOf = (who: Who, now: Date): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at >= ${trashHorizon(now)} AND prompts.user_id = ${who.userId} AND ${ownPrompts(who)}
)`;
