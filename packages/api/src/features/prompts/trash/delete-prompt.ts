import type { ByIdAndRevision } from '@promptory/schemas';
import { lockPrompt } from '../../../access/require.ts';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { shownTag } from '../shown-tag.ts';

/**
 * Puts a prompt into the trash, from where it can be restored for 30 days.
 * @throws AppError prompt.not_found, prompt.forbidden, request.precondition_failed,
 *   server.busy
 */
export async function deletePrompt(ctx: SignedInContext, { id: promptId, revision }: ByIdAndRevision): Promise<void> {
  const shown = await shownTag(ctx, promptId, revision);
  await transactAsCaller(ctx, async (trx) => {
    await lockPrompt(trx, ctx.who, promptId, 'own');
    await shown.require(trx);
    await trx.updateTable('prompts').set({ deleted_at: ctx.clock.now() }).where('id', '=', promptId).execute();
    await recordAudit(trx, ctx, { action: 'prompt.deleted', targetType: 'prompt', targetId: promptId });
  });
}
