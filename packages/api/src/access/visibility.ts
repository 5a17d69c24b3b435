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

/** Prompts that a group grants, because their owner put them into it. */
const grantedThrough = (groups: RawBuilder<boolean>): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM group_prompts JOIN groups ON groups.id = group_prompts.group_id
  WHERE group_prompts.prompt_id = prompts.id AND group_prompts.added_by = prompts.user_id AND ${groups}
)`;

const withinKeysGroup = (who: Who): RawBuilder<boolean> =>
  who.groupId === null
    ? always
    : sql<boolean>`EXISTS (
        SELECT FROM group_prompts JOIN groups ON groups.id = group_prompts.group_id
        WHERE group_prompts.prompt_id = prompts.id AND ${readableGroups(who)}
      )`;

/** Prompts that `who` may read. Nobody reads what is in the trash; its owner lists it apart. */
export const readablePrompts = (who: Who): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at IS NULL AND ${withinKeysGroup(who)} AND (
    ${who.isAdmin ? always : never}
    OR prompts.user_id = ${who.userId}
    OR prompts.visibility = 'public'
    OR ${grantedThrough(inGroupOf(who, ['viewer', 'editor']))}
  )
)`;

/** Prompts that `who` may edit. */
export const editablePrompts = (who: Who): RawBuilder<boolean> => sql<boolean>`(
  prompts.deleted_at IS NULL AND ${withinKeysGroup(who)} AND (
    ${who.isAdmin ? always : never}
    OR prompts.user_id = ${who.userId}
    OR ${grantedThrough(inGroupOf(who, ['editor']))}
  )
)`;

/** Prompts that `who` may delete and whose visibility `who` may change; the trash included. */
export const ownPrompts = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(${withinKeysGroup(who)} AND (${who.isAdmin ? always : never} OR prompts.user_id = ${who.userId}))`;
