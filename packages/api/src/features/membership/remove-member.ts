import type { MemberInput } from '@promptory/schemas';
import { lockGroup } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getMember } from './members.queries.ts';

/**
 * Takes a person out of the group: whoever owns the group anybody, a member only themself. Their access ends at once.
 * @throws AppError group.not_found, group.forbidden, group.member_not_found, group.owner_stays
 */
export async function removeMember(ctx: SignedInContext, input: MemberInput): Promise<void> {
  const { id: groupId } = input;
  const userId = input.userId.toLowerCase();
  await transactAsCaller(ctx, async (trx) => {
    const leaves = userId === ctx.who.userId;
    await lockGroup(trx, ctx.who, groupId, leaves ? 'read' : 'own');
    const member = await getMember(trx, groupId, userId);
    if (member.role === 'owner') throw new AppError('group.owner_stays');
    await trx.deleteFrom('group_members').where('group_id', '=', groupId).where('user_id', '=', userId).execute();
    await trx.updateTable('groups').set({ updated_at: ctx.clock.now() }).where('id', '=', groupId).execute();
    await recordAudit(trx, ctx, {
      action: leaves ? 'group.left' : 'group.member_removed',
      targetType: 'group',
      targetId: groupId,
      details: { userId, role: member.role },
    });
  });
}
