import { retryTransaction } from '@promptory/db';
import { lockPrompt } from '../../../access/require.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';

/**
 * Puts a prompt into the trash, from where it can be restored for 30 days.
 * @throws AppError prompt.not_found, prompt.forbidden
 */
export async function deletePrompt(ctx: SignedInContext, promptId: string): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    await lockPrompt(trx, ctx.who, promptId, 'own');
    await trx.updateTable('prompts').set({ deleted_at: ctx.clock.now() }).where('id', '=', promptId).execute();
    await recordAudit(trx, ctx, { action: 'prompt.deleted', targetType: 'prompt', targetId: promptId });
  });
}
