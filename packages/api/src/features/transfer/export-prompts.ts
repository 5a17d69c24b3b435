import type { ChatMessage, ExportPromptsInput, PortablePrompt } from '@promptory/schemas';
import { sql } from 'kysely';
import { readablePrompts } from '../../access/visibility.ts';
import type { Db, SignedInContext, Who } from '../../context.ts';

const ROWS_A_QUERY = 200;

/**
 * The caller's own prompts, then, unless only those are asked for, what else the caller may read: own ones come first so
 * that an import back into the same account meets them first. Each query is short and judges access anew.
 */
export async function* exportPrompts(
  ctx: Pick<SignedInContext, 'db' | 'who'>,
  { scope }: ExportPromptsInput,
): AsyncGenerator<PortablePrompt> {
  for (const whose of scope === 'mine' ? (['own'] as const) : (['own', 'others'] as const)) {
    let after: string | undefined;
    do {
      const rows = await listPortable(ctx.db, ctx.who, whose, after);
      for (const { id: _, ...prompt } of rows) yield prompt;
      after = rows.length === ROWS_A_QUERY ? rows.at(-1)?.id : undefined;
    } while (after !== undefined);
  }
}

async function listPortable(
  db: Db,
  who: Who,
  whose: 'own' | 'others',
  after: string | undefined,
): Promise<Array<PortablePrompt & { id: string }>> {
  let query = db
    .selectFrom('prompts')
    .select(['id', 'slug', 'title', 'content', 'description', 'category', 'is_template as isTemplate'])
    .select([
      sql<PortablePrompt['kind']>`prompts.kind`.as('kind'),
      sql<PortablePrompt['visibility']>`prompts.visibility`.as('visibility'),
      sql<ChatMessage[] | null>`prompts.messages`.as('messages'),
      sql<PortablePrompt['config']>`prompts.config`.as('config'),
      sql<PortablePrompt['inputSchema']>`prompts.input_schema`.as('inputSchema'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name)`.as('tags'),
    ])
    .where('user_id', whose === 'own' ? '=' : '<>', who.userId)
    .where(readablePrompts(who))
    .orderBy('id')
    .limit(ROWS_A_QUERY);
  if (after !== undefined) query = query.where('id', '>', after);
  return await query.execute();
}
