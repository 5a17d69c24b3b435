import type { KeysetValue, Page } from '@promptory/db';
import type { GetGroupInput, GroupEntry } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { isOneOf, readablePrompts } from '../../../access/visibility.ts';
import type { Db, Who } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';
import { promptBytes, promptPage } from '../../../views/prompt-page.ts';
import { selectPrompts } from '../../../views/prompt-view.ts';

/**
 * Entries of a group that the caller may read, in order. A page goes on behind the last prompt of the one before,
 * wherever that stands meanwhile, so that what is added or taken out around it neither hides an entry nor repeats one.
 */
export async function listEntries(ctx: ListContext, input: GetGroupInput): Promise<Page<GroupEntry>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'groups.entries', input);
  let query = ctx.db
    .selectFrom('group_prompts as entry')
    .innerJoin('prompts', 'prompts.id', 'entry.prompt_id')
    .select(['prompts.id', 'entry.position', 'entry.created_at as addedAt', promptBytes.as('bytes')])
    .where('entry.group_id', '=', input.id)
    .where(readablePrompts(ctx.who))
    .orderBy('entry.position')
    .limit(limit + 1);
  if (after !== undefined) query = query.where('entry.position', '>', placeOf(input.id, after));
  const keys = await query.execute();
  const places = new Map(keys.map(({ id, position, addedAt }) => [id, { position, addedAt }]));
  const { items, nextCursor } = await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.position, last.id]),
    (ids) => selectPrompts(ctx.db, ctx.who).where(isOneOf(ids)).where(readablePrompts(ctx.who)).execute(),
  );
  return {
    items: items.flatMap((prompt) => {
      const place = places.get(prompt.id);
      return place === undefined ? [] : [{ ...place, prompt }];
    }),
    nextCursor,
  };
}

/** Where the last prompt of a page stands now; once it is out of the group, the next one has taken its place. */
const placeOf = (groupId: string, [position = 0, promptId = null]: readonly KeysetValue[]): RawBuilder<number> =>
  sql<number>`coalesce((
    SELECT place.position FROM group_prompts AS place
    WHERE place.group_id = ${groupId} AND place.prompt_id = ${promptId}::uuid
  ), ${position}::int - 1)`;

/** @throws AppError group.prompt_not_in_group when the group has no such entry that the caller may read. */
export async function getEntry(db: Db, who: Who, groupId: string, promptId: string): Promise<GroupEntry> {
  const found = await selectPrompts(db, who)
    .innerJoin('group_prompts as entry', 'entry.prompt_id', 'prompts.id')
    .select(['entry.position', 'entry.created_at as addedAt'])
    .where('entry.group_id', '=', groupId)
    .where('prompts.id', '=', promptId)
    .where(readablePrompts(who))
    .executeTakeFirst();
  if (found === undefined) throw new AppError('group.prompt_not_in_group');
  const { position, addedAt, ...prompt } = found;
  return { position, addedAt, prompt };
}
