import type { CurrentPrompt } from '@promptory/schemas';
import type { SignedInContext } from '../../context.ts';
import { signed } from '../../domain/stored-signatures/signed.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import { getPrompt } from './prompts.queries.ts';

/** @throws AppError prompt.not_found, server.busy */
export const getSignedPrompt = async (ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> =>
  signed(ctx, promptId, await getPrompt(ctx.db, ctx.who, promptId));

/** A prompt for use: the read is counted. */
export async function readPrompt(ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> {
  const prompt = await getSignedPrompt(ctx, promptId);
  recordUse(ctx, 'read', prompt);
  return prompt;
}
