import { keysetPage, type Page, toPage } from '@promptory/db';
import type { ListCountsInput, NameCount } from '@promptory/schemas';
import { readablePrompts } from '../../access/visibility.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { nameContains } from '../../views/name-contains.ts';

/** The tags of the prompts that the caller may read, by name. `q` is looked for in names, without case or accents. */
export async function listTags(ctx: ListContext, input: ListCountsInput): Promise<Page<NameCount>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'tags', input);
  let query = ctx.db
    .selectFrom('tags')
    .innerJoin('prompts', 'prompts.id', 'tags.prompt_id')
    .select('tags.name')
    .select(({ fn }) => fn.countAll<number>().as('promptCount'))
    .where(readablePrompts(ctx.who))
    .groupBy('tags.name');
  if (input.q !== undefined) query = query.where(nameContains('tags.name', input.q));
  const rows = await keysetPage(query, { orderBy: [{ by: 'tags.name', direction: 'asc' }], limit, after }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.name]));
}
