import { keysetPage, type Page, toPage } from '@promptory/db';
import type { GroupInvitation, ListInvitationsInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { requireGroup } from '../../access/require.ts';
import type { SignedInContext } from '../../context.ts';
import { stateOf } from '../../domain/invitations/invitation-state.ts';
import { withShownEmail } from '../../views/account-view.ts';
import { listCursor } from '../../views/list-cursor.ts';

/**
 * Addresses that were invited to the group, and what became of it, the last invited first.
 * @throws AppError group.not_found, group.forbidden
 */
export async function listInvitations(
  ctx: SignedInContext,
  input: ListInvitationsInput,
): Promise<Page<GroupInvitation>> {
  await requireGroup(ctx.db, ctx.who, input.id, 'own');
  const { after, limit, cursorOf } = listCursor(ctx, 'invitations', input);
  const query = ctx.db
    .selectFrom('group_invitations')
    .select(['id', 'email', 'created_at as createdAt', 'expires_at as expiresAt', 'answered_at as answeredAt'])
    .select([sql<GroupInvitation['role']>`role`.as('role'), stateOf(ctx.clock.now()).as('state')])
    .where('group_id', '=', input.id);
  const rows = await keysetPage(query, {
    orderBy: [
      { by: 'created_at', direction: 'desc' },
      { by: 'id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows.map(withShownEmail), limit, (last) => cursorOf([last.createdAt, last.id]));
}
