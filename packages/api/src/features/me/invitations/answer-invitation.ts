import { type Database, retryTransaction } from '@promptory/db';
import type { AcceptedInvitation, ById } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { lockGroupRow } from '../../../access/require.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { isOpen } from '../../../domain/invitations/invitation-state.ts';
import { isTrusted } from '../../../domain/invitations/trusted-address.ts';
import { AppError } from '../../../errors.ts';

/**
 * Makes the caller a member of the group that their address was invited to. Who has its membership already keeps its role.
 * @throws AppError group.invitation_not_found where the address has no such invitation that can be answered, or is not trusted
 */
export async function acceptInvitation(ctx: SessionContext, { id }: ById): Promise<AcceptedInvitation> {
  return await retryTransaction(ctx.db, async (trx) => {
    const { groupId, role } = await answer(trx, ctx, id, 'accepted');
    const { userId } = ctx.who;
    const now = ctx.clock.now();
    await sql`
      WITH entered AS (
        INSERT INTO group_members (group_id, user_id, role, created_at)
        SELECT id, ${userId}::uuid, ${role}, ${now.toISOString()}::timestamptz FROM groups
        WHERE id = ${groupId}::uuid AND user_id <> ${userId}::uuid
        ON CONFLICT (group_id, user_id) DO NOTHING RETURNING group_id
      )
      UPDATE groups SET updated_at = ${now.toISOString()}::timestamptz FROM entered WHERE groups.id = entered.group_id
    `.execute(trx);
    return await trx
      .selectFrom('groups')
      .leftJoin('group_members', (join) =>
        join.onRef('group_members.group_id', '=', 'groups.id').on('group_members.user_id', '=', userId),
      )
      .select([
        sql<AcceptedInvitation['group']>`json_build_object('id', groups.id, 'name', groups.name)`.as('group'),
        sql<AcceptedInvitation['role']>`coalesce(group_members.role, 'owner')`.as('role'),
      ])
      .where('groups.id', '=', groupId)
      .executeTakeFirstOrThrow();
  });
}

/**
 * Says no to an invitation. Who sent it sees so, and may invite the address again.
 * @throws AppError group.invitation_not_found
 */
export async function declineInvitation(ctx: SessionContext, { id }: ById): Promise<void> {
  await retryTransaction(ctx.db, (trx) => answer(trx, ctx, id, 'declined'));
}

/** Groups before accounts, as everything does that changes members. */
async function answer(
  trx: Transaction<Database>,
  ctx: SessionContext,
  invitationId: string,
  said: 'accepted' | 'declined',
): Promise<{ groupId: string; role: 'viewer' | 'editor' }> {
  const invited = await trx
    .selectFrom('group_invitations')
    .select('group_id as groupId')
    .where('id', '=', invitationId)
    .executeTakeFirst();
  if (invited !== undefined) await lockGroupRow(trx, invited.groupId);
  const account = await lockOwnAccount(trx, ctx);
  const now = ctx.clock.now();
  const answered = isTrusted(ctx, account.isVerified)
    ? await trx
        .updateTable('group_invitations')
        .set({ answer: said, answered_at: now })
        .where('id', '=', invitationId)
        .where('email', '=', account.email)
        .where(isOpen(now))
        .returning(['group_id as groupId', sql<'viewer' | 'editor'>`role`.as('role'), 'invited_by as invitedBy'])
        .executeTakeFirst()
    : undefined;
  if (answered === undefined) throw new AppError('group.invitation_not_found');
  const { groupId, role, invitedBy } = answered;
  await recordAudit(trx, ctx, {
    action: said === 'accepted' ? 'group.invitation_accepted' : 'group.invitation_declined',
    targetType: 'group',
    targetId: groupId,
    details: { userId: account.id, role, invitedBy },
  });
  return { groupId, role };
}
