import { keysetPage, type Page, toPage } from '@promptory/db';
import type { ListCountsInput, NameCount } from '@promptory/schemas';
import { readablePrompts } from '../../access/visibility.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { nameContains } from '../../views/name-contains.ts';

/** The categories of the prompts that the caller may read, by name. `q` is looked for in names, without case or accents. */
export async function listCategories(ctx: ListContext, input: ListCountsInput): Promise<Page<NameCount>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'categories', input);
  let query = ctx.db
    .selectFrom('prompts')
    .select((prompts) => [prompts.ref('prompts.category').$notNull().as('name')])
    .select(({ fn }) => fn.countAll<number>().as('promptCount'))
    .where('prompts.category', 'is not', null)
    .where(readablePrompts(ctx.who))
    .groupBy('prompts.category');
  if (input.q !== undefined) query = query.where(nameContains('prompts.category', input.q));
  const rows = await keysetPage(query, {
    orderBy: [{ by: 'prompts.category', direction: 'asc' }],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.name]));
}
