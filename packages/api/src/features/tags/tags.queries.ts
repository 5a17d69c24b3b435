import { keysetPage, type Page, toPage } from '@promptory/db';
import type { ListCountsInput, NameCount } from '@promptory/schemas';
import { sql } from 'kysely';
import { readablePrompts } from '../../access/visibility.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { keyedNameContains } from '../../views/name-contains.ts';

/**
 * The tags of the prompts that the caller may read, by name, each as the oldest of these prompts has it. `q` is looked for in
 * names, without case or accents.
 */
export async function listTags(ctx: ListContext, input: ListCountsInput): Promise<Page<NameCount>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'tags', input);
  let query = ctx.db
    .selectFrom('tags')
    .innerJoin('prompts', 'prompts.id', 'tags.prompt_id')
    .select((tags) => [tags.ref('tags.name_key').$notNull().as('key')])
    .select(sql<string>`(array_agg(tags.name ORDER BY prompts.id))[1]`.as('name'))
    .select(({ fn }) => fn.countAll<number>().as('promptCount'))
    .where(readablePrompts(ctx.who))
    .groupBy('tags.name_key');
  if (input.q !== undefined) query = query.where(keyedNameContains('tags.name', 'tags.name_key', input.q));
  const rows = await keysetPage(query, {
    orderBy: [{ by: 'tags.name_key', direction: 'asc' }],
    limit,
    after,
  }).execute();
  const { items, nextCursor } = toPage(rows, limit, (last) => cursorOf([last.key]));
  return { items: items.map(({ name, promptCount }) => ({ name, promptCount })), nextCursor };
}
