import { keysetPage, type Page, toPage } from '@promptory/db';
import type { GroupMember, ListMembersInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { requireGroup } from '../../access/require.ts';
import type { Db } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { publicUser } from '../../views/user-view.ts';

/** A query whose rows are the owner and the members of a group. */
function selectMembers(db: Db, groupId: string) {
  const memberships = db
    .selectFrom('group_members')
    .select(['user_id', 'created_at', sql<GroupMember['role']>`group_members.role`.as('role')])
    .where('group_id', '=', groupId)
    .unionAll(
      db
        .selectFrom('groups')
        .select(['user_id', 'created_at', sql<GroupMember['role']>`'owner'`.as('role')])
        .where('id', '=', groupId),
    );
  return db
    .selectFrom(memberships.as('membership'))
    .innerJoin('users', 'users.id', 'membership.user_id')
    .select(['membership.role', 'membership.created_at as joinedAt', publicUser('users').as('user')]);
}

/**
 * The owner, then the members in the order in which they joined.
 * @throws AppError group.not_found
 */
export async function listMembers(ctx: ListContext, input: ListMembersInput): Promise<Page<GroupMember>> {
  await requireGroup(ctx.db, ctx.who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'members', input);
  const rows = await keysetPage(selectMembers(ctx.db, input.id), {
    orderBy: [
      { by: sql`(membership.role <> 'owner')`, direction: 'asc' },
      { by: 'membership.created_at', direction: 'asc' },
      { by: 'membership.user_id', direction: 'asc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, ({ role, joinedAt, user }) => cursorOf([role !== 'owner', joinedAt, user.id]));
}

export async function findMember(db: Db, groupId: string, userId: string): Promise<GroupMember | undefined> {
  return await selectMembers(db, groupId).where('membership.user_id', '=', userId).executeTakeFirst();
}

/** @throws AppError group.member_not_found */
export async function getMember(db: Db, groupId: string, userId: string): Promise<GroupMember> {
  const member = await findMember(db, groupId, userId);
  if (member === undefined) throw new AppError('group.member_not_found');
  return member;
}
