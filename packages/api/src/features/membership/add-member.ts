import { normalizeEmailAddress, shownAddress } from '@promptory/auth';
import { type Database, newId } from '@promptory/db';
import { type AddedMember, type AddMemberInput, fault } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { type GroupAccess, lockGroup, requireGroup } from '../../access/require.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Db, SignedInContext } from '../../context.ts';
import { invitationEnd, isOpen, stateOf } from '../../domain/invitations/invitation-state.ts';
import { isTrusted } from '../../domain/invitations/trusted-address.ts';
import { enqueueMail } from '../../domain/mail/mail-job.ts';
import { consumeMailLimit, consumeSenderLimit, requireSenderLimit } from '../../domain/mail/mail-limit.ts';
import { AppError, invalidInput } from '../../errors.ts';
import { runIdempotent } from '../../idempotency/run-idempotent.ts';
import { findMember, getMember } from './members.queries.ts';
import { requireInvitationFits, requireSeat } from './membership-quotas.ts';

type Role = AddMemberInput['role'];

/**
 * Shares the group with a person. A handle names an account, and its owner is a member at once; an e-mail address does so
 * only where an account is taken for its owner's (`isTrusted`), and is invited otherwise. Beyond the limit of an address no mail goes to it; beyond
 * that of the caller members are added without one, and nobody is invited.
 * @throws AppError group.not_found, group.forbidden, group.already_member, user.not_found, request.invalid, limit.exceeded,
 *   quota.exceeded
 */
export async function addMember(ctx: SignedInContext, input: AddMemberInput): Promise<AddedMember> {
  const email = input.email === undefined ? null : normalizeEmailAddress(input.email);
  const authorizeReplay = (trx: Db) => requireGroup(trx, ctx.who, input.id, 'own');
  return await runIdempotent(ctx, input, authorizeReplay, async (trx) => {
    const group = await lockGroup(trx, ctx.who, input.id, 'own');
    if (input.handle !== undefined) {
      // Locked, as below: who deletes their account meanwhile waits, and then leaves the group.
      const user = await trx
        .selectFrom('users')
        .select('id')
        .where('handle', '=', input.handle)
        .where('deleted_at', 'is', null)
        .forShare()
        .executeTakeFirst();
      if (user === undefined) throw new AppError('user.not_found');
      return await join(trx, ctx, group, user.id, input.role);
    }
    if (email === null) throw invalidInput('email', fault('invalid_format', { format: 'email' }));
    // Locked until the invitation is committed: an address verified meanwhile waits, and then finds it.
    const user = await trx
      .selectFrom('users')
      .select(['id', 'email_verified_at as verifiedAt'])
      .where('email', '=', email)
      .forShare()
      .executeTakeFirst();
    if (user === undefined || !isTrusted(ctx, user.verifiedAt !== null)) {
      return await invite(trx, ctx, group, { email, role: input.role });
    }
    // Who was invited before they had an account needs no answer any more.
    await trx
      .updateTable('group_invitations')
      .set({ answer: 'accepted', answered_at: ctx.clock.now() })
      .where('group_id', '=', group.id)
      .where('email', '=', email)
      .where(isOpen(ctx.clock.now()))
      .execute();
    return await join(trx, ctx, group, user.id, input.role);
  });
}

async function join(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  group: GroupAccess,
  userId: string,
  role: Role,
): Promise<AddedMember> {
  const groupId = group.id;
  if ((await findMember(trx, groupId, userId)) !== undefined) throw new AppError('group.already_member');
  await requireSeat(trx, ctx, group);
  const now = ctx.clock.now();
  await trx.insertInto('group_members').values({ group_id: groupId, user_id: userId, role, created_at: now }).execute();
  await trx.updateTable('groups').set({ updated_at: now }).where('id', '=', groupId).execute();
  // A person who is added again and again, or to many groups, is notified three times an hour at most.
  if ((await consumeSenderLimit(trx, ctx)) && (await consumeMailLimit(ctx, `share|${userId}`))) {
    await enqueueMail(trx, { kind: 'group_shared', groupId, userId, sharedBy: ctx.who.userId });
  }
  await recordAudit(trx, ctx, {
    action: 'group.member_added',
    targetType: 'group',
    targetId: groupId,
    details: { userId, role },
  });
  return { status: 'member', member: await getMember(trx, groupId, userId) };
}

/**
 * An address that is invited already gets the new role and no second mail; one that declined, or did not answer in time, is
 * invited anew. Beyond its limit no mail goes to it.
 */
async function invite(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  group: GroupAccess,
  { email, role }: { email: string; role: Role },
): Promise<AddedMember> {
  const groupId = group.id;
  const invited: AddedMember = { status: 'invited', email: shownAddress(email), role };
  const existing = await trx
    .selectFrom('group_invitations')
    .select(['id', 'role', stateOf(ctx.clock.now()).as('state')])
    .where('group_id', '=', groupId)
    .where('email', '=', email)
    .executeTakeFirst();
  const isPending = existing?.state === 'pending';
  if (isPending && existing.role === role) return invited;
  const invitationId = existing?.id ?? newId();
  if (isPending) {
    await trx.updateTable('group_invitations').set({ role }).where('id', '=', invitationId).execute();
  } else {
    await requireSeat(trx, ctx, group);
    await requireInvitationFits(trx, ctx, email);
    const now = ctx.clock.now();
    const sent = {
      role,
      invited_by: ctx.who.userId,
      created_at: now,
      expires_at: invitationEnd(now),
      answer: null,
      answered_at: null,
    };
    await trx
      .insertInto('group_invitations')
      .values({ id: invitationId, group_id: groupId, email, ...sent })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(sent))
      .execute();
    // Counted here, where it is known that a mail is due: neither by a call that is refused nor by one that is sent again.
    await requireSenderLimit(trx, ctx);
    if (await consumeMailLimit(ctx, `invite|${email}`))
      await enqueueMail(trx, { kind: 'group_invitation', invitationId });
  }
  await recordAudit(trx, ctx, {
    action: 'group.invited',
    targetType: 'group',
    targetId: groupId,
    details: { invitationId, role },
  });
  return invited;
}
