import { retryTransaction } from '@promptory/db';
import type { Favorite } from '@promptory/schemas';
import { requirePrompt } from '../../access/require.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { getFavorite } from './favorites.queries.ts';

/**
 * Marks a prompt. Marking it again changes nothing and answers the existing favourite.
 * @throws AppError prompt.not_found
 */
export async function addFavorite(ctx: SignedInContext, promptId: string): Promise<Favorite> {
  const { userId } = ctx.who;
  await retryTransaction(ctx.db, async (trx) => {
    await requirePrompt(trx, ctx.who, promptId, 'read');
    const added = await trx
      .insertInto('favorites')
      .values({ user_id: userId, prompt_id: promptId, created_at: ctx.clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('prompt_id')
      .executeTakeFirst();
    if (added === undefined) return;
    await recordAudit(trx, ctx, { action: 'prompt.favorited', targetType: 'prompt', targetId: promptId });
  });
  return getFavorite(ctx.db, ctx.who, promptId);
}
