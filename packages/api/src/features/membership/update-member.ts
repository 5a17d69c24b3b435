import type { Database } from '@promptory/db';
import type { GroupMember, UpdateMemberInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { type GroupAccess, lockGroup } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getMember } from './members.queries.ts';

/**
 * Changes what a member may do. `owner` hands the group over: its former owner stays as an editor, and what the group
 * grants stays as it is. The same role again changes nothing.
 * @throws AppError group.not_found, group.forbidden, group.member_not_found, group.owner_stays
 */
export async function updateMember(ctx: SignedInContext, input: UpdateMemberInput): Promise<GroupMember> {
  const { id: groupId, role } = input;
  return await transactAsCaller(ctx, async (trx) => {
    const group = await lockGroup(trx, ctx.who, groupId, 'own');
    const member = await getMember(trx, groupId, input.userId);
    if (member.role === role) return member;
    if (member.role === 'owner') throw new AppError('group.owner_stays');
    const userId = member.user.id;
    if (role === 'owner') await handOver(trx, group, userId, ctx.clock.now());
    else await setRole(trx, groupId, userId, role);
    await recordAudit(trx, ctx, {
      action: role === 'owner' ? 'group.handed_over' : 'group.member_updated',
      targetType: 'group',
      targetId: groupId,
      details: { userId, from: member.role, to: role },
    });
    return await getMember(trx, groupId, userId);
  });
}

async function setRole(
  trx: Transaction<Database>,
  groupId: string,
  userId: string,
  role: 'viewer' | 'editor',
): Promise<void> {
  await trx
    .updateTable('group_members')
    .set({ role })
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .execute();
}

/** To nobody whose account is deleted, who may still be a member for a while: a group would then be nobody's. */
async function handOver(
  trx: Transaction<Database>,
  { id: groupId, userId: from }: GroupAccess,
  to: string,
  now: Date,
): Promise<void> {
  // Locked, so that who deletes their account meanwhile waits, and passes the group on with the others.
  const heir = await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', to)
    .where('deleted_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  if (heir === undefined) throw new AppError('group.member_not_found');
  await trx.deleteFrom('group_members').where('group_id', '=', groupId).where('user_id', '=', to).execute();
  await trx
    .insertInto('group_members')
    .values({ group_id: groupId, user_id: from, role: 'editor', created_at: now })
    .execute();
  await trx.updateTable('groups').set({ user_id: to, updated_at: now }).where('id', '=', groupId).execute();
}
