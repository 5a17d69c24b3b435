import type { InvitationInput } from '@promptory/schemas';
import { lockGroup } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { AppError } from '../../errors.ts';

/**
 * Takes an invitation back that nobody has answered.
 * @throws AppError group.not_found, group.forbidden, group.invitation_not_found
 */
export async function withdrawInvitation(ctx: SignedInContext, input: InvitationInput): Promise<void> {
  await transactAsCaller(ctx, async (trx) => {
    await lockGroup(trx, ctx.who, input.id, 'own');
    const withdrawn = await trx
      .deleteFrom('group_invitations')
      .where('group_id', '=', input.id)
      .where('id', '=', input.invitationId)
      .where('answer', 'is', null)
      .returning(['id', 'role'])
      .executeTakeFirst();
    if (withdrawn === undefined) throw new AppError('group.invitation_not_found');
    await recordAudit(trx, ctx, {
      action: 'group.invitation_withdrawn',
      targetType: 'group',
      targetId: input.id,
      details: { invitationId: withdrawn.id, role: withdrawn.role },
    });
  });
}
