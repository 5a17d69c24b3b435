import { keysetPage, type Page, toPage } from '@promptory/db';
import { GetGroupInput, type Group, type GroupWithPrompts, type ListGroupsInput } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { listedGroups, readableGroups, readablePrompts } from '../../access/visibility.ts';
import type { Db, Who } from '../../context.ts';
import { isGiven } from '../../domain/prompts/listing/given-prompts.ts';
import { AppError } from '../../errors.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { nameContains } from '../../views/name-contains.ts';
import { revised, withoutVersioned } from '../../views/revision.ts';
import { publicUser } from '../../views/user-view.ts';
import { listEntries } from './entries/group-entries.queries.ts';

/** What `who` is to a group that they may read. */
export const roleOf = (who: Who): RawBuilder<Group['role']> => sql<Group['role']>`CASE
  WHEN groups.user_id = ${who.userId} THEN 'owner'
  ELSE (
    SELECT group_members.role FROM group_members
    WHERE group_members.group_id = groups.id AND group_members.user_id = ${who.userId}
  )
END`;

/**
 * Prompts of the group that `who` may read: what their owners put there, which an index says, and of the rest, which is looked at,
 * what is readable otherwise.
 */
const readablePromptCount = (who: Who): RawBuilder<number> => sql<number>`(
  SELECT coalesce(sum(given.prompts + others.prompts), 0)::integer FROM (
    SELECT group_prompts.added_by, array_agg(group_prompts.prompt_id) AS ids FROM group_prompts
    WHERE group_prompts.group_id = groups.id GROUP BY group_prompts.added_by
  ) AS givers, LATERAL (
    SELECT count(*) AS prompts, array_agg(own.id) AS ids FROM prompts AS own
    WHERE ${isGiven(sql`own.user_id`, sql`own.id`)} AND own.deleted_at IS NULL
  ) AS given, LATERAL (
    SELECT count(*) AS prompts FROM (SELECT unnest(givers.ids) AS id EXCEPT SELECT unnest(given.ids)) AS rest
      JOIN prompts ON prompts.id = rest.id WHERE ${readablePrompts(who)}
  ) AS others
)`;

/** A query whose rows are groups as the wire shows them to `who`: only those that `who` may read. */
function selectGroups(db: Db, who: Who) {
  return db
    .selectFrom('groups')
    .innerJoin('users as owner', 'owner.id', 'groups.user_id')
    .select([
      'groups.id',
      'groups.name',
      'groups.description',
      'groups.created_at as createdAt',
      'groups.updated_at as updatedAt',
    ])
    .select([
      publicUser('owner').as('owner'),
      roleOf(who).as('role'),
      readablePromptCount(who).as('promptCount'),
      sql<number>`1 + (SELECT count(*) FROM group_members WHERE group_members.group_id = groups.id)`.as('memberCount'),
    ])
    .where(readableGroups(who));
}

/** What `GET /groups/{id}` shows: the first page. */
export const getGroupAsShown = (ctx: ListContext, id: string): Promise<GroupWithPrompts> =>
  getGroupWithPrompts(ctx, GetGroupInput.parse({ id }));

/** Groups that the caller may read, the last changed first. `q` is looked for in names, without case or accents. */
export async function listGroups(ctx: ListContext, input: ListGroupsInput): Promise<Page<Group>> {
  const { q, role } = input;
  const { after, limit, cursorOf } = listCursor(ctx, 'groups', input);
  let query = selectGroups(ctx.db, ctx.who).where(listedGroups(ctx.who));
  if (q !== undefined) query = query.where(nameContains('groups.name', q));
  if (role !== undefined) query = query.where(sql<boolean>`${roleOf(ctx.who)} = ${role}`);
  const rows = await keysetPage(query, {
    orderBy: [
      { by: 'groups.updated_at', direction: 'desc' },
      { by: 'groups.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.updatedAt, last.id]));
}

/** @throws AppError group.not_found */
export async function getGroup(db: Db, who: Who, groupId: string): Promise<Group> {
  const group = await selectGroups(db, who).where('groups.id', '=', groupId).executeTakeFirst();
  if (group === undefined) throw new AppError('group.not_found');
  return group;
}

/**
 * The group with a page of the prompts that the caller may read, in order. Positions are those among all of its entries.
 * @throws AppError group.not_found
 */
export async function getGroupWithPrompts(ctx: ListContext, input: GetGroupInput): Promise<GroupWithPrompts> {
  const group = await getGroup(ctx.db, ctx.who, input.id);
  const { items: prompts, nextCursor } = await listEntries(ctx, input);
  const entries = prompts.map(({ prompt, ...place }) => ({ ...place, prompt: withoutVersioned(prompt) }));
  return revised({ ...group, prompts, nextCursor }, { ...group, entries, goesOn: nextCursor !== null });
}
