import type { CreatePromptInput, CurrentPrompt } from '@promptory/schemas';
import { type AuditRecord, recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { requireSchemas, schemaFaults } from '../../domain/declarations/given-schemas.ts';
import { insertPrompt, type NewPrompt } from '../../domain/prompts/insert-prompts.ts';
import { textOf } from '../../domain/prompts/versioned-content.ts';
import { lockResources, requireRoom, roomOf } from '../../domain/quotas/account-resources.ts';
import { requireUnshadowed } from '../../domain/references/reference-targets.ts';
import { mayInclude } from '../../domain/signatures/included-texts.ts';
import { withIncludePlaces } from '../../domain/stored-signatures/include-places.ts';
import { saveIncludes } from '../../domain/stored-signatures/save-includes.ts';
import { signatureFor } from '../../domain/stored-signatures/signature-for.ts';
import { signed } from '../../domain/stored-signatures/signed.ts';
import { writeSignature } from '../../domain/stored-signatures/stored-signatures.ts';
import { replayOwnResult, runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getNewPromptDefaults, getPrompt, type NewPromptDefaults } from './prompts.queries.ts';

/**
 * Makes a prompt of the caller's own, with its first version.
 * @throws AppError request.invalid when kind, content and messages do not go together or a schema is none,
 *   prompt.slug_taken, quota.exceeded, server.busy.
 */
export async function createPrompt(ctx: SignedInContext, input: CreatePromptInput): Promise<CurrentPrompt> {
  const { userId } = ctx.who;
  const text = textOf(input);
  const [faults = {}] = await schemaFaults(ctx.workers, [input]);
  requireSchemas(faults, input);
  const version = { ...text, inputSchema: input.inputSchema ?? null, outputSchema: input.outputSchema ?? null };
  const signature = mayInclude(version) ? null : await signatureFor(ctx.workers, version);
  const created = await withIncludePlaces(ctx.workers, [version], (places) =>
    runIdempotent(ctx, input, replayOwnResult, async (trx) => {
      if (input.slug !== undefined) await requireUnshadowed(trx, ctx.who, input.slug);
      const resources = await lockResources(trx, ctx, userId);
      const prompt = newPromptOf(input, text, await getNewPromptDefaults(trx, userId));
      requireRoom(resources, roomOf(prompt));
      const { id } = await insertPrompt(trx, { ownerId: userId, authorId: userId, at: ctx.clock.now() }, prompt);
      const first = { promptId: id, version: 1 };
      if (signature === null) await saveIncludes(trx, ctx, userId, { ...version, ...first }, places);
      else await writeSignature(trx, first, signature);
      await recordAudit(trx, ctx, promptCreated(id, prompt.visibility));
      return await getPrompt(trx, ctx.who, id);
    }),
  );
  return signed(ctx, created.id, created);
}

/** What an input asks for, with its text, and with what its author's preferences say of the rest. */
export function newPromptOf(
  input: CreatePromptInput,
  { content, messages }: ReturnType<typeof textOf>,
  defaults: NewPromptDefaults,
): NewPrompt {
  return {
    content,
    messages,
    title: input.title,
    description: input.description ?? '',
    config: input.config ?? {},
    inputSchema: input.inputSchema ?? null,
    outputSchema: input.outputSchema ?? null,
    category: input.category === undefined ? defaults.category : input.category,
    tags: input.tags ?? [],
    isTemplate: input.isTemplate ?? false,
    visibility: input.visibility ?? defaults.visibility,
    changeNote: input.changeNote ?? null,
    ...(input.slug === undefined ? {} : { slug: { given: input.slug } }),
  };
}

/** The entry of the audit log, which says whether others see it. */
export const promptCreated = (id: string, visibility: NewPrompt['visibility']): AuditRecord => ({
  action: 'prompt.created',
  targetType: 'prompt',
  targetId: id,
  ...(visibility === 'public' ? { details: { visibility } } : {}),
});
