// To whom things of an account pass when it is deleted, as SQL. This one rule is shown before, and is followed then:
//
// - A group passes to whom of its active editors has been a member the longest. Where it has none it is removed: who may only
//   read does not come to own.
// - A prompt passes to the owner of the first group that its owner put it into, among those whose owner it can pass to: other
//   people's groups, and those that pass. In none of these it is removed.
// - What would pass to one person passes whole, or where their quotas have no room for all of it, not at all.
import { type RawBuilder, sql } from 'kysely';
import type { Db, Services } from '../../../context.ts';
import { quotasFrom, shareOfOthers } from '../../../domain/quotas/quota-limits.ts';

/** Of which things heirs are asked for, where not of all. */
interface Some {
  readonly groupId?: string;
  readonly promptIds?: readonly string[];
}

/**
 * Of an account: its groups, `own_groups (id, name, heir_id)`, and its prompts that are not in the trash. All entries are joined at
 * once: one look-up for each prompt costs an account of many thousand seconds.
 */
export const heirs = (userId: string, { groupId, promptIds }: Some = {}): RawBuilder<unknown> => sql`
  own_groups AS MATERIALIZED (
    SELECT groups.id, groups.name, (
      SELECT member.user_id FROM group_members AS member JOIN users AS heir ON heir.id = member.user_id
      WHERE member.group_id = groups.id AND member.role = 'editor' AND heir.status = 'active'
      ORDER BY member.created_at, member.user_id LIMIT 1
    ) AS heir_id
    FROM groups WHERE groups.user_id = ${userId}::uuid
      ${groupId === undefined ? sql`` : sql`AND groups.id = ${groupId}::uuid`}
  ), first_entries AS MATERIALIZED (
    SELECT DISTINCT ON (entry.prompt_id) entry.prompt_id, coalesce(own.heir_id, owner.id) AS heir_id
    FROM group_prompts AS entry
    JOIN groups ON groups.id = entry.group_id JOIN users AS owner ON owner.id = groups.user_id
    LEFT JOIN own_groups AS own ON own.id = groups.id
    WHERE entry.added_by = ${userId}::uuid
      ${promptIds === undefined ? sql`` : sql`AND entry.prompt_id = ANY(${promptIds}::uuid[])`}
      AND (own.heir_id IS NOT NULL OR (owner.id <> ${userId}::uuid AND owner.deleted_at IS NULL))
    ORDER BY entry.prompt_id, entry.created_at, entry.group_id
  ), own_prompts AS (
    SELECT prompts.id, prompts.title, prompts.version, coalesce(prompts.stored_bytes, 0) AS bytes, first_entries.heir_id
    FROM prompts LEFT JOIN first_entries ON first_entries.prompt_id = prompts.id
    WHERE prompts.user_id = ${userId}::uuid AND prompts.deleted_at IS NULL
      ${promptIds === undefined ? sql`` : sql`AND prompts.id = ANY(${promptIds}::uuid[])`}
  )`;

const COUNTED = ['prompts', 'versions', 'storedBytes'] as const;
type Counted = Readonly<Record<(typeof COUNTED)[number], number>>;

/** People who have room for all prompts that would pass to them: never of what is left to their own actions alone. */
export async function heirsWithRoom(db: Db, ctx: Pick<Services, 'settings'>, userId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string; more: Counted; used: Counted; quotas: unknown }>`
    WITH ${heirs(userId)}, passing AS (
      SELECT heir_id, json_build_object('prompts', count(*), 'versions', sum(version), 'storedBytes', sum(bytes)) AS more
      FROM own_prompts WHERE heir_id IS NOT NULL GROUP BY heir_id
    )
    SELECT heir_id AS id, more, coalesce(held.quotas, '{}') AS quotas, json_build_object(
      'prompts', coalesce(held.prompts, 0), 'versions', coalesce(held.versions, 0),
      'storedBytes', coalesce(held.stored_bytes, 0)) AS used
    FROM passing LEFT JOIN account_resources AS held ON held.user_id = heir_id
  `.execute(db);
  return rows
    .filter(({ more, used, quotas }) => hasRoom({ used, quotas: quotasFrom(ctx, quotas) }, more))
    .map(({ id }) => id);
}

/** Whether an account has room for `more` that somebody else leaves to it. */
export const hasRoom = ({ used, quotas }: { used: Counted; quotas: Counted }, more: Counted): boolean =>
  COUNTED.every((quota) => used[quota] + more[quota] <= shareOfOthers(quotas[quota]));
