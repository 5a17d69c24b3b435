import type { Db } from '../../context.ts';
import { detailedError } from '../../errors.ts';
import { publicUser } from '../../views/user-view.ts';

/**
 * Refuses to build on a version that is not the latest. `prompt` is read under its row's lock.
 * @throws AppError prompt.version_conflict, which says which the latest is, whose and of when.
 */
export async function requireBaseVersion(
  db: Db,
  prompt: { readonly id: string; readonly version: number },
  baseVersion: number | undefined,
): Promise<void> {
  if (baseVersion === undefined || baseVersion === prompt.version) return;
  const latest = await db
    .selectFrom('prompt_versions')
    .innerJoin('users as author', 'author.id', 'prompt_versions.author_id')
    .select(['prompt_versions.version', 'prompt_versions.created_at as createdAt', publicUser('author').as('author')])
    .where('prompt_versions.prompt_id', '=', prompt.id)
    .where('prompt_versions.version', '=', prompt.version)
    .executeTakeFirstOrThrow();
  const isToCome = baseVersion > prompt.version;
  throw detailedError(
    'prompt.version_conflict',
    { latest },
    isToCome ? { message: 'The prompt has no such version yet; `latest` says which it has.' } : {},
  );
}
