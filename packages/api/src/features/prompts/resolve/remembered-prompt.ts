import { ResolvedPrompt } from '@promptory/schemas';
import { admit } from '../../../access/admit.ts';
import type { Principal, Services } from '../../../context.ts';
import { recordUse } from '../../../domain/usage/record-use.ts';
import type { Meta } from '../../../trpc.ts';
import { resolveProcedures } from './resolve.router.ts';
import { keyOf } from './resolve-prompt.ts';

/** The procedure whose calls may be answered of what is remembered. */
export const REMEMBERED_CALL = 'prompts.resolve';

const { can } = resolveProcedures.resolve._def.meta as Meta;

/**
 * What a call of `prompts.resolve` answers by what is remembered alone, its use counted; undefined where the procedure has to be
 * called, if only to refuse. The caller is admitted here as the guard of the procedure does; limits are counted by whoever asks.
 */
export function rememberedPrompt(
  { memory, clock, usage }: Pick<Services, 'memory' | 'clock' | 'usage'>,
  principal: Principal,
  ref: string,
): ResolvedPrompt | undefined {
  const caller = admitted(principal);
  const prompt = caller && memory.resolved.remembered(keyOf(caller.who, ref), clock.now());
  if (caller && prompt) {
    recordUse({ principal: caller.principal, usage, clock }, 'resolve', {
      id: prompt.promptId,
      version: prompt.version,
    });
  }
  return prompt ?? undefined;
}

function admitted(principal: Principal): ReturnType<typeof admit> {
  try {
    return admit(principal, can);
  } catch {
    return null;
  }
}

/** An answer as the procedure gives it: checked by what it promises to answer. */
export const rememberedAnswer = (prompt: ResolvedPrompt): ResolvedPrompt => ResolvedPrompt.parse(prompt);
