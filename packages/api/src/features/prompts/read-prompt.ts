import type { CurrentPrompt } from '@promptory/schemas';
import type { Found, SignedInContext } from '../../context.ts';
import { signaturesOf, signed } from '../../domain/stored-signatures/signed.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import { shownFrom } from './follows-from.ts';
import { getPrompt } from './prompts.queries.ts';
import { readerKey } from './reader-key.ts';

/** @throws AppError prompt.not_found, server.busy */
export const getSignedPrompt = async (ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> =>
  signed(ctx, promptId, await getPrompt(ctx.db, ctx.who, promptId));

/**
 * A prompt for use: the read is counted. By no statement where the caller has read it lately and nothing of it has changed since.
 * @throws AppError prompt.not_found, server.busy
 */
export async function readPrompt(ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> {
  const { memory, who, clock } = ctx;
  const prompt = await memory.prompts.get(readerKey(who, promptId), clock.now(), () => findShown(ctx, promptId));
  recordUse(ctx, 'read', prompt);
  return prompt;
}

async function findShown(ctx: SignedInContext, promptId: string): Promise<Found<CurrentPrompt>> {
  const prompt = await getPrompt(ctx.db, ctx.who, promptId);
  const { fields, inclusions } = await signaturesOf(ctx, [{ ...prompt, promptId }]);
  return {
    value: { ...prompt, ...(fields[0] as (typeof fields)[number]) },
    dependsOn: shownFrom(ctx.who, prompt, inclusions),
  };
}
