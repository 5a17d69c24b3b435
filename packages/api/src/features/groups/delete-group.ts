import type { ByIdAndRevision } from '@promptory/schemas';
import { lockGroup } from '../../access/require.ts';
import { holdCaller, transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { requireRevision } from '../../views/revision.ts';
import { getGroupAsShown } from './groups.queries.ts';

/**
 * Deletes the group with its order, its members and its invitations. Its prompts stay with their owners.
 * @throws AppError group.not_found, group.forbidden, request.precondition_failed
 */
export async function deleteGroup(ctx: SignedInContext, input: ByIdAndRevision): Promise<void> {
  await transactAsCaller(ctx, async (trx) => {
    await lockGroup(trx, ctx.who, input.id, 'own');
    await requireRevision(input.revision, () => getGroupAsShown({ ...ctx, db: trx }, input.id));
    // A key that is limited to the group goes with it.
    await holdCaller(trx, ctx);
    await trx.deleteFrom('groups').where('id', '=', input.id).execute();
    await recordAudit(trx, ctx, { action: 'group.deleted', targetType: 'group', targetId: input.id });
  });
}
