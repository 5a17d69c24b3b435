import type { Database } from '@promptory/db';
import type { Favorite } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { requirePrompt } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { lockResources } from '../../domain/quotas/account-resources.ts';
import { quotaExceeded } from '../../domain/quotas/quota-limits.ts';
import { getFavorite } from './favorites.queries.ts';

/**
 * Marks a prompt. Marking it again changes nothing and answers the existing favourite.
 * @throws AppError prompt.not_found, quota.exceeded
 */
export async function addFavorite(ctx: SignedInContext, promptId: string): Promise<Favorite> {
  const { userId } = ctx.who;
  await transactAsCaller(ctx, async (trx) => {
    await requirePrompt(trx, ctx.who, promptId, 'read');
    const added = await trx
      .insertInto('favorites')
      .values({ user_id: userId, prompt_id: promptId, created_at: ctx.clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('prompt_id')
      .executeTakeFirst();
    if (added === undefined) return;
    await requireFavoriteFits(trx, ctx);
    await recordAudit(trx, ctx, { action: 'prompt.favorited', targetType: 'prompt', targetId: promptId });
  });
  return getFavorite(ctx.db, ctx.who, promptId);
}

/** Counted here, to the limit at most: a counter would have strangers' rows changed by whoever removes a prompt. */
async function requireFavoriteFits(trx: Transaction<Database>, ctx: SignedInContext): Promise<void> {
  const { userId } = ctx.who;
  const limit = (await lockResources(trx, ctx, userId)).quotas.favorites;
  const { used } = await trx
    .selectFrom((eb) =>
      eb
        .selectFrom('favorites')
        .select('prompt_id')
        .where('user_id', '=', userId)
        .limit(limit + 1)
        .as('first'),
    )
    .select((eb) => eb.fn.countAll<number>().as('used'))
    .executeTakeFirstOrThrow();
  if (used > limit) throw quotaExceeded('favorites', { limit, used: limit });
}
