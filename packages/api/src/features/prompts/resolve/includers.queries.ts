import { keysetPage, type Page, toPage } from '@promptory/db';
import type { Includer, IncludersInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { requirePrompt } from '../../../access/require.ts';
import { readablePrompts } from '../../../access/visibility.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';

/**
 * Which versions of which prompts include a prompt, of those that the caller may read.
 * @throws AppError prompt.not_found
 */
export async function listIncluders(ctx: ListContext, input: IncludersInput): Promise<Page<Includer>> {
  const { db, who } = ctx;
  await requirePrompt(db, who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts.includers', input);
  const all = db
    .selectFrom('prompt_includes')
    .innerJoin('prompts', 'prompts.id', 'prompt_includes.prompt_id')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'prompt_includes.prompt_id as promptId',
      'prompt_includes.version',
      'prompt_includes.name',
      'prompts.title',
      'prompt_includes.included_version as pinned',
      'prompt_includes.label',
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      sql<boolean>`prompt_includes.version = prompts.version`.as('isLatest'),
    ])
    .where('prompt_includes.included_prompt_id', '=', input.id)
    .where(readablePrompts(who));
  const rows = await keysetPage(all, {
    orderBy: [
      { by: 'prompt_includes.prompt_id', direction: 'desc' },
      { by: 'prompt_includes.version', direction: 'desc' },
      { by: 'prompt_includes.name', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.promptId, last.version, last.name]));
}
