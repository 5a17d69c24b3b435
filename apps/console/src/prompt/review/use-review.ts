import { useQuery } from '@tanstack/react-query';
import type { CurrentPrompt } from '../calls.ts';
import { type Draft, typedVersion } from '../edit/draft.ts';
import { ask } from '../language/ask.ts';
import type { Reviewed } from '../language/questions.ts';

/** What a draft makes of the latest version, worked out in the worker once for each text of it. */
export function useReview(prompt: CurrentPrompt, draft: Draft) {
  const { changeNote: _, ...content } = draft;
  return useQuery({
    queryKey: ['review', prompt.id, prompt.version, JSON.stringify(content)],
    queryFn: (): Promise<Reviewed> => {
      const { title, description, content, messages, config, inputSchema, outputSchema } = prompt;
      const before = { title, description, content, messages, config, inputSchema, outputSchema };
      return ask('review', { before, after: typedVersion(draft) });
    },
    staleTime: Infinity,
    gcTime: 0,
  });
}
