import type { CreatePromptInput, CurrentPrompt } from '@promptory/schemas';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { insertPrompt, type NewPrompt } from '../../domain/prompts/insert-prompts.ts';
import { textOf } from '../../domain/prompts/versioned-content.ts';
import { lockResources, requireRoom, roomOf } from '../../domain/quotas/account-resources.ts';
import { replayOwnResult, runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getNewPromptDefaults, getPrompt } from './prompts.queries.ts';

/**
 * Makes a prompt of the caller's own, with its first version.
 * @throws AppError request.invalid when kind, content and messages do not go together, prompt.slug_taken,
 *   quota.exceeded.
 */
export async function createPrompt(ctx: SignedInContext, input: CreatePromptInput): Promise<CurrentPrompt> {
  const { userId } = ctx.who;
  const { content, messages } = textOf(input);
  return await runIdempotent(ctx, input, replayOwnResult, async (trx) => {
    const resources = await lockResources(trx, ctx, userId);
    const defaults = await getNewPromptDefaults(trx, userId);
    const prompt: NewPrompt = {
      title: input.title,
      description: input.description ?? '',
      content,
      messages,
      config: input.config ?? {},
      inputSchema: input.inputSchema ?? null,
      category: input.category === undefined ? defaults.category : input.category,
      tags: input.tags ?? [],
      isTemplate: input.isTemplate ?? false,
      visibility: input.visibility ?? defaults.visibility,
      changeNote: input.changeNote ?? null,
      ...(input.slug === undefined ? {} : { slug: { given: input.slug } }),
    };
    requireRoom(resources, roomOf(prompt));
    const inserted = await insertPrompt(trx, { ownerId: userId, authorId: userId, at: ctx.clock.now() }, prompt);
    await recordAudit(trx, ctx, { action: 'prompt.created', targetType: 'prompt', targetId: inserted.id });
    return await getPrompt(trx, ctx.who, inserted.id);
  });
}
