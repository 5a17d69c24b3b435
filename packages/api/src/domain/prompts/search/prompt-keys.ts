import type { PromptFilters } from '@promptory/schemas';
import type { RawBuilder } from 'kysely';
import { requireGroup } from '../../../access/require.ts';
import { consumeOwnLimit } from '../../../call-limits.ts';
import type { Db, SignedInContext } from '../../../context.ts';
import { promptBytes } from '../../../views/prompt-page.ts';
import { searchMatches } from './search-matches.ts';

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
export function promptKeys(db: Db, scope: RawBuilder<boolean>, q: string | undefined) {
  const keys = db
    .selectFrom('prompts')
    .select(['prompts.id', promptBytes.as('bytes')])
    .where(scope);
  if (q === undefined) return keys;
  return keys.$if(true, (prompts) => prompts.innerJoin(searchMatches(scope, q).as('found'), 'found.id', 'prompts.id'));
}
