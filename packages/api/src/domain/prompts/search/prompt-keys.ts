import type { PromptFilters } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { requireGroup } from '../../../access/require.ts';
import { consumeOwnLimit } from '../../../call-limits.ts';
import type { Db, SignedInContext } from '../../../context.ts';
import { promptBytes } from '../../../views/prompt-page.ts';
import { type Match, searchMatches } from './search-matches.ts';

/**
 * Counts a search, and asks whether a group that is asked for may be read.
 * @returns what is searched for; undefined for nothing
 * @throws AppError group.not_found, limit.exceeded for searches
 */
export async function admitFilters(
  ctx: SignedInContext,
  { q, groupId }: Pick<PromptFilters, 'q' | 'groupId'>,
): Promise<string | undefined> {
  const words = q === '' ? undefined : q;
  if (words !== undefined) await consumeOwnLimit(ctx, 'search');
  if (groupId !== undefined) await requireGroup(ctx.db, ctx.who, groupId, 'read');
  return words;
}

/** The keys of prompts within `scope`, joined with `found` where there is something to search for. */
export async function promptKeys(db: Db, scope: RawBuilder<boolean>, q: string | undefined) {
  const keys = db
    .selectFrom('prompts')
    .select(['prompts.id', promptBytes.as('bytes')])
    .where(scope);
  if (q === undefined) return { keys };
  const matches = await searchMatches(db, scope, q);
  const found = sql<Match>`(
    SELECT * FROM unnest(${matches.map(({ id }) => id)}::uuid[], ${matches.map(({ score }) => score)}::numeric[]) AS given (id, score)
  )`;
  return { keys: keys.$if(true, (prompts) => prompts.innerJoin(found.as('found'), 'found.id', 'prompts.id')) };
}
