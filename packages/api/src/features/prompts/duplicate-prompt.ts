import type { CurrentPrompt, DuplicatePromptInput } from '@promptory/schemas';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { insertPrompt, type NewPrompt } from '../../domain/prompts/insert-prompts.ts';
import { lockResources, requireRoom, roomOf } from '../../domain/quotas/account-resources.ts';
import { requireUnshadowed } from '../../domain/references/reference-targets.ts';
import { copyIncludes } from '../../domain/stored-signatures/save-includes.ts';
import { signed } from '../../domain/stored-signatures/signed.ts';
import { copySignature } from '../../domain/stored-signatures/stored-signatures.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import { replayOwnResult, runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getVersion } from '../../views/version-view.ts';
import { getPrompt } from './prompts.queries.ts';

/**
 * Makes the caller's own private copy of a prompt that it may read, and remembers where it came from. Of a template this
 * is how it is used.
 * @throws AppError prompt.not_found, prompt.version_not_found, prompt.slug_taken, quota.exceeded
 */
export async function duplicatePrompt(ctx: SignedInContext, input: DuplicatePromptInput): Promise<CurrentPrompt> {
  const { userId } = ctx.who;
  const copied = await runIdempotent(ctx, input, replayOwnResult, async (trx, afterCommit) => {
    if (input.slug !== undefined) await requireUnshadowed(trx, ctx.who, input.slug);
    const origin = await getPrompt(trx, ctx.who, input.id);
    const source = await getVersion(trx, origin.id, input.version ?? origin.version);
    const prompt: NewPrompt = {
      title: input.title ?? source.title,
      description: source.description,
      content: source.content,
      messages: source.messages,
      config: source.config,
      inputSchema: source.inputSchema,
      outputSchema: source.outputSchema,
      category: origin.category,
      tags: origin.tags,
      isTemplate: false,
      visibility: 'private',
      origin: { promptId: origin.id, version: source.version },
      ...copiedSlug(input, origin.slug),
    };
    // The copy refers to it: rows that are there are locked before what an account holds.
    await trx.selectFrom('prompts').select('id').where('id', '=', origin.id).forKeyShare().execute();
    requireRoom(await lockResources(trx, ctx, userId), roomOf(prompt));
    const copy = await insertPrompt(trx, { ownerId: userId, authorId: userId, at: ctx.clock.now() }, prompt);
    await copyIncludes(trx, source, { promptId: copy.id, version: 1 });
    await copySignature(trx, source, { promptId: copy.id, version: 1 });
    await recordAudit(trx, ctx, {
      action: 'prompt.duplicated',
      targetType: 'prompt',
      targetId: copy.id,
      details: { origin: origin.id, version: source.version },
    });
    afterCommit(() => recordUse(ctx, 'copy', { id: origin.id, version: source.version }));
    return await getPrompt(trx, ctx.who, copy.id);
  });
  return signed(ctx, copied.id, copied);
}

/** A slug in the input is taken or refused; under another title the copy gets a slug of its own. */
function copiedSlug(input: DuplicatePromptInput, originSlug: string): Pick<NewPrompt, 'slug'> {
  if (input.slug !== undefined) return { slug: { given: input.slug } };
  return input.title === undefined ? { slug: { wanted: originSlug } } : {};
}
