import type { CurrentPrompt } from '@promptory/schemas';
import { requirePrompt } from '../../../access/require.ts';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { ownPrompts } from '../../../access/visibility.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { getPrompt } from '../prompts.queries.ts';
import { trashHorizon } from './purge-trash.ts';

/**
 * Takes a prompt out of the trash as it was, in its groups too.
 * @throws AppError prompt.not_found, also 30 days after its deletion; prompt.forbidden, prompt.not_in_trash
 */
export async function restorePrompt(ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> {
  await transactAsCaller(ctx, async (trx) => {
    const restored = await trx
      .updateTable('prompts')
      .set({ deleted_at: null })
      .where('id', '=', promptId)
      .where('deleted_at', '>=', trashHorizon(ctx.clock.now()))
      .where(ownPrompts(ctx.who))
      .returning('id')
      .executeTakeFirst();
    if (restored === undefined) {
      await requirePrompt(trx, ctx.who, promptId, 'own');
      throw new AppError('prompt.not_in_trash');
    }
    await recordAudit(trx, ctx, { action: 'prompt.restored', targetType: 'prompt', targetId: promptId });
  });
  return getPrompt(ctx.db, ctx.who, promptId);
}
