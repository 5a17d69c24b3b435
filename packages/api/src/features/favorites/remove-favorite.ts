import { requirePrompt } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';

/**
 * Takes the mark off, also of a prompt that can no longer be read. One that is not marked stays so.
 * @throws AppError prompt.not_found when it is neither marked nor readable.
 */
export async function removeFavorite(ctx: SignedInContext, promptId: string): Promise<void> {
  await transactAsCaller(ctx, async (trx) => {
    const removed = await trx
      .deleteFrom('favorites')
      .where('user_id', '=', ctx.who.userId)
      .where('prompt_id', '=', promptId)
      .returning('prompt_id')
      .executeTakeFirst();
    if (removed === undefined) {
      await requirePrompt(trx, ctx.who, promptId, 'read');
      return;
    }
    await recordAudit(trx, ctx, { action: 'prompt.unfavorited', targetType: 'prompt', targetId: promptId });
  });
}
