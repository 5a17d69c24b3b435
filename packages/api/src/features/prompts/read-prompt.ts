import type { CurrentPrompt } from '@promptory/schemas';
import type { Found, SignedInContext } from '../../context.ts';
import { signaturesOf, signed } from '../../domain/stored-signatures/signed.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import { shownFrom } from './follows-from.ts';
import { getPrompt } from './prompts.queries.ts';
import { type ReadContext, readerKey } from './reader-key.ts';

/** @throws AppError prompt.not_found, server.busy */
export const getSignedPrompt = async (ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> =>
  signed(ctx, promptId, await getPrompt(ctx.db, ctx.who, promptId));

/**
 * A prompt for use: the read is counted. By no statement where the caller has read it lately and nothing of it has changed since.
 * @throws AppError prompt.not_found, server.busy
 */
export async function readPrompt(ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> {
  const prompt = await shownTo(ctx, promptId);
  recordUse(ctx, 'read', prompt);
  return prompt;
}

/** The same, for who counts the use. */
export const shownTo = (ctx: ReadContext, promptId: string): Promise<CurrentPrompt> =>
  ctx.memory.prompts.get(readerKey(ctx.who, promptId), ctx.clock.now(), () => findShown(ctx, promptId));

async function findShown(ctx: ReadContext, promptId: string): Promise<Found<CurrentPrompt>> {
  const prompt = await getPrompt(ctx.db, ctx.who, promptId);
  const { fields, inclusions } = await signaturesOf(ctx, [{ ...prompt, promptId }]);
  return {
    value: { ...prompt, ...(fields[0] as (typeof fields)[number]) },
    dependsOn: shownFrom(ctx.who, prompt, inclusions),
  };
}
