import type { InputSchema } from '@promptory/template';
import { useQuery } from '@tanstack/react-query';
import type { CurrentPrompt } from '../calls.ts';
import { type Draft, typedVersion } from '../edit/draft.ts';
import { type Inclusion, inclusionsOf, togetherOf } from '../include/calls.ts';
import { useOwner } from '../include/use-included.ts';
import { ask } from '../language/ask.ts';
import type { Reviewed } from '../language/questions.ts';

export interface Known extends Reviewed {
  readonly inclusions: readonly Inclusion[];
}

/** What a draft makes of the latest version, with what it includes: worked out in the worker once for each text of it. */
export function useReview(prompt: CurrentPrompt, draft: Draft) {
  const owner = useOwner(prompt.owner.handle);
  const { changeNote: _, ...content } = draft;
  return useQuery({
    queryKey: ['review', prompt.id, prompt.version, JSON.stringify(content)],
    enabled: owner !== null,
    queryFn: async (): Promise<Known> => {
      const { title, description, content, messages, config, inputSchema, outputSchema, signature } = prompt;
      const before = { title, description, content, messages, config, inputSchema, outputSchema };
      const after = typedVersion(draft);
      const { includes } = await ask('read', after);
      const inclusions = owner === null ? [] : await inclusionsOf(includes ?? [], owner);
      const included = inclusions.length === 0 ? undefined : togetherOf(inclusions);
      // What crossed the wire is JSON.
      const promised = signature === null ? null : (signature.inputs as InputSchema);
      return { ...(await ask('review', { before, promised, after: { ...after, included } })), inclusions };
    },
    staleTime: Infinity,
    gcTime: 0,
  });
}
