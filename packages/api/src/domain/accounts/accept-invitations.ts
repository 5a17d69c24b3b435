import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Context } from '../../context.ts';

/**
 * Makes the holder of a verified address a member of every group that the address was invited to, unless they own it or
 * are a member already. Locks those groups first, as everything does that changes members.
 *
 * @returns how many groups they entered
 */
export async function acceptInvitations(
  trx: Transaction<Database>,
  ctx: Pick<Context, 'principal' | 'requestId' | 'client' | 'clock'>,
  { userId, email }: { userId: string; email: string },
): Promise<number> {
  const groups = await trx
    .selectFrom('groups')
    .select(['id', 'user_id as ownerId'])
    .where('id', 'in', (eb) => eb.selectFrom('group_invitations').select('group_id').where('email', '=', email))
    .orderBy('id')
    .forUpdate()
    .execute();
  if (groups.length === 0) return 0;
  const owners = new Map(groups.map(({ id, ownerId }) => [id, ownerId]));
  const invitations = await trx
    .deleteFrom('group_invitations')
    .where('email', '=', email)
    .where('group_id', 'in', [...owners.keys()])
    .returning(['group_id as groupId', 'role', 'invited_by as invitedBy'])
    .execute();
  const wanted = invitations.filter(({ groupId }) => owners.get(groupId) !== userId);
  if (wanted.length === 0) return 0;
  const entered = await trx
    .insertInto('group_members')
    .values(
      wanted.map(({ groupId, role }) => ({ group_id: groupId, user_id: userId, role, created_at: ctx.clock.now() })),
    )
    .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
    .returning(['group_id as groupId', 'role'])
    .execute();
  if (entered.length === 0) return 0;
  await trx
    .updateTable('groups')
    .set({ updated_at: ctx.clock.now() })
    .where(
      'id',
      'in',
      entered.map(({ groupId }) => groupId),
    )
    .execute();
  const inviters = new Map(wanted.map(({ groupId, invitedBy }) => [groupId, invitedBy]));
  for (const { groupId, role } of entered) {
    await recordAudit(trx, ctx, {
      action: 'group.invitation_accepted',
      targetType: 'group',
      targetId: groupId,
      details: { userId, role, invitedBy: inviters.get(groupId) ?? null },
      actorId: userId,
    });
  }
  return entered.length;
}
