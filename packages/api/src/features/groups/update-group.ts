import type { GroupWithPrompts, UpdatedGroup, UpdateGroupInput } from '@promptory/schemas';
import { lockGroup } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { requireRevision } from '../../views/revision.ts';
import { getGroup, getGroupAsShown } from './groups.queries.ts';

/**
 * Changes name and description; what is left out stays. The same values again change nothing.
 * @throws AppError group.not_found, group.forbidden, request.precondition_failed
 */
export async function updateGroup(ctx: SignedInContext, input: UpdateGroupInput): Promise<UpdatedGroup> {
  return await transactAsCaller(ctx, async (trx) => {
    await lockGroup(trx, ctx.who, input.id, 'edit');
    const shown = () => getGroupAsShown({ ...ctx, db: trx }, input.id);
    await requireRevision(input.revision, shown);
    const before = await getGroup(trx, ctx.who, input.id);
    const name = input.name ?? before.name;
    const description = input.description ?? before.description;
    const changed = [
      ...(name === before.name ? [] : ['name']),
      ...(description === before.description ? [] : ['description']),
    ];
    if (changed.length === 0) return withoutPrompts(await shown());
    await trx
      .updateTable('groups')
      .set({ name, description, updated_at: ctx.clock.now() })
      .where('id', '=', input.id)
      .execute();
    await recordAudit(trx, ctx, {
      action: 'group.updated',
      targetType: 'group',
      targetId: input.id,
      details: { changed },
    });
    return withoutPrompts(await shown());
  });
}

const withoutPrompts = ({ prompts, nextCursor, ...group }: GroupWithPrompts): UpdatedGroup => group;
