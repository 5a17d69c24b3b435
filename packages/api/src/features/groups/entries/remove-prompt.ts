import { type Database, takeTurn } from '@promptory/db';
import type { GroupPromptInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { lockGroup } from '../../../access/require.ts';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext, Who } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { listOrder, writeOrder } from './group-order.queries.ts';

/**
 * Takes a prompt out of the group, and with it the access that its entry granted. Editors take out any; who put in a
 * prompt of their own takes it out also when they have left the group: it is theirs to share, and so to share no more.
 * @throws AppError group.not_found, group.forbidden, group.prompt_not_in_group
 */
export async function removePrompt(ctx: SignedInContext, input: GroupPromptInput): Promise<void> {
  const { id: groupId } = input;
  const promptId = input.promptId.toLowerCase();
  await transactAsCaller(ctx, async (trx) => {
    if (!(await lockOwnEntry(trx, ctx.who, groupId, promptId))) {
      await lockGroup(trx, ctx.who, groupId, 'edit');
    }
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

/** Locks the group's row, and answers whether the caller put this prompt of their own into the group. */
async function lockOwnEntry(trx: Transaction<Database>, who: Who, groupId: string, promptId: string): Promise<boolean> {
  if (who.groupId !== null && who.groupId !== groupId.toLowerCase()) return false;
  takeTurn(trx, `group|${groupId}`);
  await trx.selectFrom('groups').select('id').where('id', '=', groupId).forUpdate().execute();
  const entry = await trx
    .selectFrom('group_prompts')
    .innerJoin('prompts', 'prompts.id', 'group_prompts.prompt_id')
    .select('prompts.id')
    .where('group_prompts.group_id', '=', groupId)
    .where('prompts.id', '=', promptId)
    .where('prompts.user_id', '=', who.userId)
    .where('group_prompts.added_by', '=', who.userId)
    .executeTakeFirst();
  return entry !== undefined;
}
