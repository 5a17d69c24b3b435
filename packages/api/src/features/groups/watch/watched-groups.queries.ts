import type { GroupRole } from '@promptory/schemas';
import { sql } from 'kysely';
import { readableGroups, readablePrompts } from '../../../access/visibility.ts';
import type { Db, Who } from '../../../context.ts';
import { roleOf } from '../groups.queries.ts';

/** A group as its reader sees it. */
export interface WatchedGroup {
  readonly name: string;
  readonly description: string;
  readonly role: GroupRole;
  /** Those that the reader may see, in order. */
  readonly promptIds: string[];
  /** Of all that it holds: never to be shown. */
  readonly entryIds: readonly string[];
  readonly memberCount: number;
  readonly membersRevision: string;
}

/** Groups by their ids, in their order, by one statement; null for each that `who` may not read. */
export async function findWatchedGroups(
  db: Db,
  who: Who,
  ids: readonly string[],
): Promise<readonly (WatchedGroup | null)[]> {
  const { rows } = await sql<{ group: WatchedGroup | null }>`
    SELECT to_json(found) AS "group"
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS wanted (id, place)
    LEFT JOIN LATERAL (
      SELECT groups.name, groups.description, ${roleOf(who)} AS role,
        ARRAY(
          SELECT prompts.id FROM group_prompts AS entry JOIN prompts ON prompts.id = entry.prompt_id
          WHERE entry.group_id = groups.id AND ${readablePrompts(who)} ORDER BY entry.position
        ) AS "promptIds",
        ARRAY(SELECT entry.prompt_id FROM group_prompts AS entry WHERE entry.group_id = groups.id) AS "entryIds",
        1 + members.number AS "memberCount", encode(sha256(convert_to(members.list, 'UTF8')), 'hex') AS "membersRevision"
      FROM groups, LATERAL (
        SELECT count(*) AS number,
          concat(groups.user_id, string_agg(' ' || user_id || ' ' || role, '' ORDER BY user_id)) AS list
        FROM group_members WHERE group_members.group_id = groups.id
      ) AS members
      WHERE groups.id = wanted.id AND ${readableGroups(who)}
    ) AS found ON true
    ORDER BY wanted.place
  `.execute(db);
  return rows.map(({ group }) => group);
}
