import { type Database, isUniqueViolation, storeWordsOf, takeTurn } from '@promptory/db';
import type { RestoredPrompt } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { requirePrompt } from '../../../access/require.ts';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { ownPrompts } from '../../../access/visibility.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { freeSlugs, SLUG_ATTEMPTS } from '../../../domain/prompts/prompt-slugs.ts';
import { AppError } from '../../../errors.ts';
import { getSignedPrompt } from '../read-prompt.ts';
import { trashHorizon } from './purge-trash.ts';

/**
 * Takes a prompt out of the trash as it was, in its groups too; under a numbered slug where another has taken its own.
 * @throws AppError prompt.not_found, also 30 days after its deletion; prompt.forbidden, prompt.not_in_trash
 */
export async function restorePrompt(ctx: SignedInContext, promptId: string): Promise<RestoredPrompt> {
  for (let attempt = 1; attempt <= SLUG_ATTEMPTS; attempt += 1) {
    try {
      const formerSlug = await transactAsCaller(ctx, (trx) => restore(trx, ctx, promptId, attempt));
      return { ...(await getSignedPrompt(ctx, promptId)), formerSlug };
    } catch (error) {
      // Somebody took the slug that had just been free.
      if (!isUniqueViolation(error)) throw error;
    }
  }
  throw new AppError('server.busy', { retryAfterSeconds: 1 });
}

/** Answers the slug that it had, where that is another's now. */
async function restore(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  promptId: string,
  attempt: number,
): Promise<string | null> {
  takeTurn(trx, `prompt|${promptId}`);
  const trashed = await trx
    .selectFrom('prompts')
    .select(['user_id as ownerId', sql<string>`trashed_slug`.as('slug')])
    .where('id', '=', promptId)
    .where('deleted_at', '>=', trashHorizon(ctx.clock.now()))
    .where(ownPrompts(ctx.who))
    .forUpdate()
    .executeTakeFirst();
  if (trashed === undefined) {
    await requirePrompt(trx, ctx.who, promptId, 'own');
    throw new AppError('prompt.not_in_trash');
  }
  const [slug = trashed.slug] = await freeSlugs(trx, trashed.ownerId, [trashed.slug], attempt);
  await trx
    .updateTable('prompts')
    .set({ deleted_at: null, slug, trashed_slug: null })
    .where('id', '=', promptId)
    .execute();
  const formerSlug = slug === trashed.slug ? null : trashed.slug;
  if (formerSlug !== null) await storeWordsOf(trx, [promptId]);
  await recordAudit(trx, ctx, {
    action: 'prompt.restored',
    targetType: 'prompt',
    targetId: promptId,
    details: formerSlug === null ? {} : { slug, formerSlug },
  });
  return formerSlug;
}
