import { keysetPage, type Page, toPage } from '@promptory/db';
import type { OwnInvitation, PageInput } from '@promptory/schemas';
import { sql } from 'kysely';
import type { SignedInContext } from '../../../context.ts';
import { isOpen } from '../../../domain/invitations/invitation-state.ts';
import { findTrustedAddress } from '../../../domain/invitations/trusted-address.ts';
import { listCursor } from '../../../views/list-cursor.ts';
import { publicUser } from '../../../views/user-view.ts';

/**
 * The invitations that the caller may answer, the latest first. Where addresses must be verified there are none to one that
 * is not.
 */
export async function listOwnInvitations(ctx: SignedInContext, input: PageInput): Promise<Page<OwnInvitation>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'ownInvitations', input);
  const email = await findTrustedAddress(ctx.db, ctx, ctx.who.userId);
  if (email === null) return { items: [], nextCursor: null };
  const query = ctx.db
    .selectFrom('group_invitations')
    .innerJoin('groups', 'groups.id', 'group_invitations.group_id')
    .leftJoin('users as inviter', 'inviter.id', 'group_invitations.invited_by')
    .select([
      'group_invitations.id as id',
      'group_invitations.created_at as createdAt',
      'group_invitations.expires_at as expiresAt',
      sql<OwnInvitation['role']>`group_invitations.role`.as('role'),
      sql<OwnInvitation['group']>`json_build_object('id', groups.id, 'name', groups.name)`.as('group'),
      sql<OwnInvitation['invitedBy']>`CASE WHEN inviter.id IS NOT NULL THEN ${publicUser('inviter')} END`.as(
        'invitedBy',
      ),
    ])
    .where('group_invitations.email', '=', email)
    .where(isOpen(ctx.clock.now()));
  const rows = await keysetPage(query, {
    orderBy: [
      { by: 'group_invitations.created_at', direction: 'desc' },
      { by: 'group_invitations.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.createdAt, last.id]));
}
