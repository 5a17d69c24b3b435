import { keysetPage, type Page, toPage } from '@promptory/db';
import type { ListVersionsInput, PromptVersion, VersionInput, VersionSummary } from '@promptory/schemas';
import { requirePrompt } from '../../access/require.ts';
import type { SignedInContext } from '../../context.ts';
import { signed } from '../../domain/stored-signatures/signed.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { getVersion, selectVersions } from '../../views/version-view.ts';

/**
 * A prompt's versions, the latest first.
 * @throws AppError prompt.not_found
 */
export async function listVersions(ctx: ListContext, input: ListVersionsInput): Promise<Page<VersionSummary>> {
  await requirePrompt(ctx.db, ctx.who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'versions', input);
  const rows = await keysetPage(selectVersions(ctx.db).where('prompt_versions.prompt_id', '=', input.id), {
    orderBy: [{ by: 'prompt_versions.version', direction: 'desc' }],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.version]));
}

/** @throws AppError prompt.not_found, prompt.version_not_found */
export async function getReadableVersion(ctx: SignedInContext, { id, version }: VersionInput): Promise<PromptVersion> {
  await requirePrompt(ctx.db, ctx.who, id, 'read');
  return signed(ctx, id, await getVersion(ctx.db, id, version));
}
