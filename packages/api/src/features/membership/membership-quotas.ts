import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { GroupAccess } from '../../access/require.ts';
import type { SignedInContext } from '../../context.ts';
import { isOpen } from '../../domain/invitations/invitation-state.ts';
import { lockResources } from '../../domain/quotas/account-resources.ts';
import { findQuota, quotaExceeded } from '../../domain/quotas/quota-limits.ts';

/**
 * Refuses one more member or invitation of a group whose row is locked, by the quota of its owner. Who is invited has a seat
 * already, so that no invitation is one that cannot be accepted.
 * @throws AppError quota.exceeded
 */
export async function requireSeat(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { id, userId: ownerId }: GroupAccess,
): Promise<void> {
  const limit = await findQuota(trx, ctx, ownerId, 'membersPerGroup');
  const open = isOpen(ctx.clock.now());
  const { rows } = await sql<{ used: number }>`
    SELECT (SELECT count(*) FROM (SELECT FROM group_members WHERE group_id = ${id}::uuid LIMIT ${limit}) AS members)
      + (SELECT count(*) FROM (SELECT FROM group_invitations WHERE group_id = ${id}::uuid AND ${open} LIMIT ${limit}) AS invited)
      AS used
  `.execute(trx);
  const used = rows[0]?.used ?? 0;
  if (used >= limit) throw quotaExceeded('membersPerGroup', { limit, used });
}

/**
 * Refuses one more open invitation by the caller, in all and to the address. What others sent to it does not count: who else
 * invited somebody is not the caller's to know.
 * @throws AppError quota.exceeded
 */
export async function requireInvitationFits(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  email: string,
): Promise<void> {
  const { userId } = ctx.who;
  const { invitations, invitationsPerAddress } = (await lockResources(trx, ctx, userId)).quotas;
  const open = isOpen(ctx.clock.now());
  const { rows: sent } = await sql<{ used: number }>`
    SELECT count(*) AS used
    FROM (SELECT FROM group_invitations WHERE invited_by = ${userId}::uuid AND ${open} LIMIT ${invitations}) AS sent
  `.execute(trx);
  if ((sent[0]?.used ?? 0) >= invitations) {
    throw quotaExceeded('invitations', { limit: invitations, used: sent[0]?.used ?? 0 });
  }
  const { rows: toAddress } = await sql<{ used: number }>`
    SELECT count(*) AS used
    FROM (
      SELECT FROM group_invitations WHERE invited_by = ${userId}::uuid AND email = ${email} AND ${open}
      LIMIT ${invitationsPerAddress}
    ) AS sent
  `.execute(trx);
  const used = toAddress[0]?.used ?? 0;
  if (used >= invitationsPerAddress)
    throw quotaExceeded('invitationsPerAddress', { limit: invitationsPerAddress, used });
}
