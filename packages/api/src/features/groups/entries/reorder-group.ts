import type { GroupWithPrompts, ReorderGroupInput } from '@promptory/schemas';
import { lockGroup } from '../../../access/require.ts';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { AppError, detailedError } from '../../../errors.ts';
import { requireRevision } from '../../../views/revision.ts';
import { getGroupAsShown } from '../groups.queries.ts';
import { listOrder, type OrderedEntry, writeOrder } from './group-order.queries.ts';
import { moved, orderDifference, rearranged } from './group-order.ts';

/**
 * Puts the group's prompts into a whole new order, or moves one next to another. A whole order names every prompt of the
 * group that the caller may read; entries that it may not read keep their positions. Answers the first page.
 * @throws AppError group.not_found, group.forbidden, group.prompt_not_in_group,
 *   request.precondition_failed, group.order_mismatch with the ids that are `missing` and `unexpected`
 */
export async function reorderGroup(ctx: SignedInContext, input: ReorderGroupInput): Promise<GroupWithPrompts> {
  return await transactAsCaller(ctx, async (trx) => {
    await lockGroup(trx, ctx.who, input.id, 'edit');
    const shown = () => getGroupAsShown({ ...ctx, db: trx }, input.id);
    await requireRevision(input.revision, shown);
    const order = await listOrder(trx, ctx.who, input.id);
    const before = order.map((entry) => entry.promptId);
    const after = input.promptIds === undefined ? afterMove(order, input) : afterOrder(order, input.promptIds);
    if (after.some((id, place) => id !== before[place])) {
      await writeOrder(trx, input.id, after, ctx.clock.now());
      await recordAudit(trx, ctx, { action: 'group.reordered', targetType: 'group', targetId: input.id });
    }
    return await shown();
  });
}

const readableIds = (order: readonly OrderedEntry[]): Set<string> =>
  new Set(order.filter((entry) => entry.readable).map((entry) => entry.promptId));

function afterOrder(order: readonly OrderedEntry[], promptIds: readonly string[]): string[] {
  const readable = readableIds(order);
  // A UUID is the same in capitals; PostgreSQL answers it in lower case.
  const wanted = promptIds.map((id) => id.toLowerCase());
  const difference = orderDifference(readable, wanted);
  if (difference !== null) throw detailedError('group.order_mismatch', difference);
  return rearranged(
    order.map((entry) => entry.promptId),
    readable,
    wanted,
  );
}

function afterMove(order: readonly OrderedEntry[], input: ReorderGroupInput): string[] {
  const readable = readableIds(order);
  const promptId = input.promptId?.toLowerCase() ?? '';
  const anchor = (input.before ?? input.after)?.toLowerCase() ?? '';
  if (!readable.has(promptId) || !readable.has(anchor)) throw new AppError('group.prompt_not_in_group');
  return moved(
    order.map((entry) => entry.promptId),
    promptId,
    input.before === undefined ? 'after' : 'before',
    anchor,
  );
}
