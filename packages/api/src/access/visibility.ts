// Who may see what, as SQL. These expressions decide for get, list, search, counts, cursors and exports alike, so that
// no two procedures can disagree. They speak of the tables `prompts` and `groups` by name: a query uses them unaliased.
//
// - A prompt: its owner, everyone signed in when it is public, the owner and members of a group that its owner put it
//   into, and admins. An entry that somebody else made grants nothing.
// - A group: its owner and its members. Whom people share with is not an administrator's business.
// - A key that is limited to one group sees that group and, of what its owner may read, the prompts in it.
import { type RawBuilder, sql } from 'kysely';
import type { Who } from '../context.ts';

/** Those prompts, whatever their number, by one parameter. */
export const isOneOf = (ids: readonly string[]): RawBuilder<boolean> => sql<boolean>`prompts.id = ANY(${ids}::uuid[])`;

const never = sql<boolean>`false`;
const always = sql<boolean>`true`;

/** Groups shared with `who` in one of `roles`, or owned. */
const inGroupOf = (who: Who, roles: readonly ('viewer' | 'editor')[]): RawBuilder<boolean> => sql<boolean>`(
  groups.user_id = ${who.userId}
  OR EXISTS (
    SELECT FROM group_members
    WHERE group_members.group_id = groups.id
      AND group_members.user_id = ${who.userId}
      AND group_members.role = ANY(${roles})
  )
)`;

const withinKey = (who: Who): RawBuilder<boolean> =>
  who.groupId === null ? always : sql<boolean>`groups.id = ${who.groupId}`;

/** Groups that `who` may read. */
export const readableGroups = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(${withinKey(who)} AND ${inGroupOf(who, ['viewer', 'editor'])})`;

/** Groups whose prompts, name and description `who` may change. */
export const editableGroups = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(${withinKey(who)} AND ${inGroupOf(who, ['editor'])})`;

/** Groups that `who` may share, hand over and delete. */
export const ownGroups = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(${withinKey(who)} AND groups.user_id = ${who.userId})`;

const groupsOf = (who: Who, roles: readonly ('viewer' | 'editor')[]): RawBuilder<{ id: string }> => sql`(
  SELECT own.id FROM groups AS own WHERE own.user_id = ${who.userId}
  UNION ALL
  SELECT group_members.group_id FROM group_members
  WHERE group_members.user_id = ${who.userId} AND group_members.role = ANY(${roles})
)`;

/**
 * Whether an entry is in a group that is shared with `who` in one of `roles`, or owned. These groups are looked up once for a
 * whole query, and entries by them: so what it costs grows by the groups of who asks, and not by how many groups others put
 * their prompts into.
 */
const isInGroupOf = (who: Who, roles: readonly ('viewer' | 'editor')[]): RawBuilder<boolean> =>
  sql<boolean>`group_prompts.group_id = ANY(ARRAY${groupsOf(who, roles)})`;

/** Groups that `who` may read, looked up by whose they are, and with whom they are shared: a list of them begins with these. */
export const listedGroups = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`groups.id = ANY(ARRAY${groupsOf(who, ['viewer', 'editor'])})`;

/** Entries by which its owner put a prompt into groups. */
const ownersEntries = sql<boolean>`(group_prompts.prompt_id = prompts.id AND group_prompts.added_by = prompts.user_id)`;

/**
 * The same, to be looked up among those of hundreds of groups: the comparison, which is always true, is what makes PostgreSQL begin
 * with the prompt, and look once, rather than with each of the groups.
 */
const ownersEntriesIn = (groups: RawBuilder<boolean>): RawBuilder<boolean> => sql<boolean>`(
  ${ownersEntries} AND (group_prompts.prompt_id, group_prompts.added_by) >= (prompts.id, prompts.user_id) AND ${groups})`;

/**
 * Prompts that a group grants, because their owner put them into it. Most of those that `who` may not read are in no group,
 * and are passed over without a look for each group of theirs. Each is looked up: it is the value of a row, and no EXISTS, of which
 * PostgreSQL may make one set of all that groups give.
 */
const grantedThrough = (entries: RawBuilder<boolean>): RawBuilder<boolean> =>
  ifInAnyGroup(
    sql<boolean>`coalesce((SELECT true FROM group_prompts WHERE ${ownersEntriesIn(entries)} LIMIT 1), false)`,
  );

const ifInAnyGroup = (condition: RawBuilder<boolean>): RawBuilder<boolean> => sql<boolean>`
  CASE WHEN EXISTS (SELECT FROM group_prompts WHERE ${ownersEntries}) THEN ${condition} ELSE false END`;

const withinKeysGroup = (who: Who): RawBuilder<boolean> =>
  who.groupId === null
    ? always
    : sql<boolean>`EXISTS (
        SELECT FROM group_prompts JOIN groups ON groups.id = group_prompts.group_id
        WHERE group_prompts.prompt_id = prompts.id AND ${readableGroups(who)}
      )`;

const readable = (who: Who, granted: RawBuilder<boolean>): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at IS NULL AND ${withinKeysGroup(who)} AND (
    ${who.isAdmin ? always : never}
    OR prompts.user_id = ${who.userId}
    OR prompts.visibility = 'public'
    OR ${granted}
  )
)`;

/** Prompts that `who` may read. Nobody reads what is in the trash; its owner lists it apart. */
export const readablePrompts = (who: Who): RawBuilder<boolean> =>
  readable(who, grantedThrough(isInGroupOf(who, ['viewer', 'editor'])));

/** The same, asked of thousands that are found otherwise: of what groups give PostgreSQL may make one set. */
export const readableAmongMany = (who: Who): RawBuilder<boolean> =>
  readable(
    who,
    ifInAnyGroup(
      sql<boolean>`EXISTS (SELECT FROM group_prompts WHERE ${ownersEntries} AND ${isInGroupOf(who, ['viewer', 'editor'])})`,
    ),
  );

/** Entries of groups that `who` may read; whether they grant anything depends on who made them. */
export const givenEntries = (who: Who): RawBuilder<boolean> => sql<boolean>`(
  ${who.groupId === null ? always : sql<boolean>`group_prompts.group_id = ${who.groupId}`}
  AND ${isInGroupOf(who, ['viewer', 'editor'])}
)`;

/** Entries by which the owners of prompts put them into groups that `who` may read. */
export const grantingEntries = (who: Who): RawBuilder<boolean> => ownersEntriesIn(givenEntries(who));

/** Prompts that have such entries. */
export const grantedPrompts = (who: Who): RawBuilder<boolean> => grantedThrough(givenEntries(who));

/** Prompts that `who` may edit. */
export const editablePrompts = (who: Who): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at IS NULL AND ${withinKeysGroup(who)} AND (
    ${who.isAdmin ? always : never}
    OR prompts.user_id = ${who.userId}
    OR ${grantedThrough(isInGroupOf(who, ['editor']))}
  )
)`;

/** Prompts that `who` may delete and whose visibility `who` may change; the trash included. */
export const ownPrompts = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(${withinKeysGroup(who)} AND (${who.isAdmin ? always : never} OR prompts.user_id = ${who.userId}))`;
