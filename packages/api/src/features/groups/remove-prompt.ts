import { retryTransaction } from '@promptory/db';
import type { GroupPromptInput } from '@promptory/schemas';
import { requireGroup } from '../../access/require.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { listOrder, writeOrder } from './group-order.queries.ts';

/**
 * Takes a prompt out of the group, and with it the access that its entry granted.
 * @throws AppError group.not_found, group.forbidden, group.prompt_not_in_group
 */
export async function removePrompt(ctx: SignedInContext, input: GroupPromptInput): Promise<void> {
  const { id: groupId } = input;
  const promptId = input.promptId.toLowerCase();
  await retryTransaction(ctx.db, async (trx) => {
    await requireGroup(trx, ctx.who, groupId, 'edit', { lock: true });
    const order = await listOrder(trx, ctx.who, groupId);
    if (!order.some((entry) => entry.promptId === promptId && entry.readable)) {
      throw new AppError('group.prompt_not_in_group');
    }
    await trx.deleteFrom('group_prompts').where('group_id', '=', groupId).where('prompt_id', '=', promptId).execute();
    const rest = order.map((entry) => entry.promptId).filter((id) => id !== promptId);
    await writeOrder(trx, groupId, rest, ctx.clock.now());
    await recordAudit(trx, ctx, {
      action: 'group.prompt_removed',
      targetType: 'group',
      targetId: groupId,
      details: { promptId },
    });
  });
}
