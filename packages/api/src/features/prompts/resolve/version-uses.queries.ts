import { keysetPage, type Page, toPage } from '@promptory/db';
import type { VersionUse, VersionUsesInput } from '@promptory/schemas';
import { requirePrompt } from '../../../access/require.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';

/**
 * Which consumers have used which versions of a prompt, the latest version first.
 * @throws AppError prompt.not_found, prompt.forbidden when the caller does not own it.
 */
export async function listVersionUses(ctx: ListContext, input: VersionUsesInput): Promise<Page<VersionUse>> {
  await requirePrompt(ctx.db, ctx.who, input.id, 'own');
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts.versionUses', input);
  const all = ctx.db
    .selectFrom('version_uses')
    .select(['version', 'consumer', 'uses', 'first_used_at as firstUsedAt', 'last_used_at as lastUsedAt'])
    .where('prompt_id', '=', input.id);
  const those = input.version === undefined ? all : all.where('version', '=', input.version);
  const rows = await keysetPage(those, {
    orderBy: [
      { by: 'version', direction: 'desc' },
      { by: 'consumer', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.version, last.consumer]));
}
