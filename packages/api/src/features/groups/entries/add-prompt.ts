import { type AddedGroupEntry, type AddGroupPromptInput, MAX_GROUP_PROMPTS } from '@promptory/schemas';
import { lockGroup, requireGroup, requirePrompt } from '../../../access/require.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Db, SignedInContext } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { runIdempotent } from '../../../idempotency/run-idempotent.ts';
import { getEntry } from './group-entries.queries.ts';
import { listOrder, writeOrder } from './group-order.queries.ts';
import { inserted } from './group-order.ts';

/**
 * Puts a prompt of the caller's own, or a public one, into the group. Only an entry that the prompt's owner made grants
 * the group's members access, so an owner takes over an entry that somebody else made; it keeps its place.
 * @throws AppError group.not_found, group.forbidden, group.already_contains, group.full, prompt.not_found, prompt.forbidden
 */
export async function addPrompt(ctx: SignedInContext, input: AddGroupPromptInput): Promise<AddedGroupEntry> {
  const { id: groupId, position } = input;
  const { who } = ctx;
  const authorizeReplay = async (trx: Db): Promise<void> => {
    await requireGroup(trx, who, groupId, 'edit');
    await requirePrompt(trx, who, input.promptId, 'read');
  };
  return await runIdempotent(ctx, input, authorizeReplay, async (trx) => {
    await lockGroup(trx, who, groupId, 'edit');
    const prompt = await requirePrompt(trx, who, input.promptId, 'read');
    const isOwn = prompt.userId === who.userId;
    if (!isOwn && prompt.visibility !== 'public') throw new AppError('prompt.forbidden');

    const now = ctx.clock.now();
    const order = await listOrder(trx, who, groupId);
    const existing = order.find((entry) => entry.promptId === prompt.id);
    if (existing !== undefined) {
      if (!isOwn || existing.addedBy === who.userId) throw new AppError('group.already_contains');
      await trx
        .updateTable('group_prompts')
        .set({ added_by: who.userId })
        .where('group_id', '=', groupId)
        .where('prompt_id', '=', prompt.id)
        .execute();
      await trx.updateTable('groups').set({ updated_at: now }).where('id', '=', groupId).execute();
    } else {
      if (order.length >= MAX_GROUP_PROMPTS) throw new AppError('group.full');
      await trx
        .insertInto('group_prompts')
        .values({
          group_id: groupId,
          prompt_id: prompt.id,
          position: order.length,
          added_by: who.userId,
          created_at: now,
        })
        .execute();
      const ids = order.map((entry) => entry.promptId);
      await writeOrder(trx, groupId, inserted(ids, prompt.id, position), now);
    }
    await recordAudit(trx, ctx, {
      action: 'group.prompt_added',
      targetType: 'group',
      targetId: groupId,
      details: { promptId: prompt.id, grantsAccess: isOwn },
    });
    return { groupId, ...(await getEntry(trx, who, groupId, prompt.id)) };
  });
}
