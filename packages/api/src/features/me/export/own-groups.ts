import { shownAddress } from '@promptory/auth';
import type { AccountRecord } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { isoTime } from '../../../views/iso-time.ts';
import { publicUser } from '../../../views/user-view.ts';
import { paged, pages } from './pages.ts';
import type { RecordOf } from './record-of.ts';

/** Each has five hundred members and prompts at most. */
const GROUPS_A_QUERY = 5;
const ROWS_A_QUERY = 500;

/** The groups that an account is in: its own with all that is in them, of others what it put there; then its invitations. */
export async function* ownGroups(db: Db, userId: string): AsyncGenerator<AccountRecord> {
  const some = pages<RecordOf<'group'>>(GROUPS_A_QUERY, (after) => listGroups(db, userId, after?.id));
  for await (const groups of some) {
    yield* groups;
    const ids = groups.map(({ id }) => id);
    yield* await listEntries(db, userId, ids);
    yield* await listMembers(db, userId, ids);
  }
  for await (const invitation of paged(ROWS_A_QUERY, listInvitations(db, userId))) {
    yield { ...invitation, email: shownAddress(invitation.email) };
  }
}

async function listGroups(db: Db, userId: string, after = '00000000-0000-0000-0000-000000000000') {
  const { rows } = await sql<RecordOf<'group'>>`
    SELECT 'group' AS type, groups.id, name, description, mine.role,
      ${isoTime('groups.created_at')} AS "createdAt", ${isoTime('groups.updated_at')} AS "updatedAt"
    FROM (
      SELECT id, 'owner' AS role FROM groups WHERE user_id = ${userId}::uuid
      UNION ALL SELECT group_id, role FROM group_members WHERE user_id = ${userId}::uuid
    ) AS mine JOIN groups ON groups.id = mine.id
    WHERE mine.id > ${after}::uuid ORDER BY mine.id LIMIT ${GROUPS_A_QUERY}
  `.execute(db);
  return rows;
}

// Whose a group is, is asked anew: it may have been handed over while the reader let its line wait.
async function listEntries(db: Db, userId: string, ids: readonly string[]) {
  const { rows } = await sql<RecordOf<'groupPrompt'>>`
    SELECT 'groupPrompt' AS type, group_id AS "groupId", prompt_id AS "promptId", position,
      coalesce(added_by = ${userId}::uuid, false) AS "addedByYou", ${isoTime('group_prompts.created_at')} AS "addedAt"
    FROM group_prompts JOIN groups ON groups.id = group_id
    WHERE group_id = ANY(${ids}::uuid[]) AND (groups.user_id = ${userId}::uuid OR added_by = ${userId}::uuid)
    ORDER BY group_id, position
  `.execute(db);
  return rows;
}

async function listMembers(db: Db, userId: string, ids: readonly string[]) {
  const { rows } = await sql<RecordOf<'groupMember'>>`
    SELECT 'groupMember' AS type, group_id AS "groupId", ${publicUser('member')} AS user, group_members.role,
      ${isoTime('group_members.created_at')} AS since
    FROM group_members JOIN users AS member ON member.id = group_members.user_id JOIN groups ON groups.id = group_id
    WHERE group_id = ANY(${ids}::uuid[]) AND groups.user_id = ${userId}::uuid ORDER BY group_id, member.id
  `.execute(db);
  return rows;
}

const listInvitations =
  (db: Db, userId: string) =>
  async (after: RecordOf<'invitation'> | undefined, limit: number): Promise<RecordOf<'invitation'>[]> => {
    const { rows } = await sql<RecordOf<'invitation'>>`
      SELECT 'invitation' AS type, invitation.id, group_id AS "groupId", direction, invitation.email, invitation.role, answer,
        ${isoTime('invitation.created_at')} AS "createdAt", ${isoTime('invitation.expires_at')} AS "expiresAt"
      FROM (
        SELECT *, 'sent' AS direction FROM group_invitations WHERE invited_by = ${userId}::uuid
        UNION ALL
        SELECT *, 'received' FROM group_invitations
        WHERE email = (SELECT email FROM users WHERE id = ${userId}::uuid AND email_verified_at IS NOT NULL)
      ) AS invitation
      WHERE (direction, invitation.id) > (${after?.direction ?? ''}::text, ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
      ORDER BY direction, invitation.id LIMIT ${limit}
    `.execute(db);
    return rows;
  };
