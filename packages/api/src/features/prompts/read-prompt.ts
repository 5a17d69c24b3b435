import type { CurrentPrompt } from '@promptory/schemas';
import type { SignedInContext } from '../../context.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import { getPrompt } from './prompts.queries.ts';

/** A prompt for use: the read is counted. */
export async function readPrompt(ctx: SignedInContext, promptId: string): Promise<CurrentPrompt> {
  const prompt = await getPrompt(ctx.db, ctx.who, promptId);
  recordUse(ctx, 'read', prompt);
  return prompt;
}
