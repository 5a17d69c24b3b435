import { useQuery } from '@tanstack/react-query';
import type { CurrentPrompt } from '../calls.ts';
import { contentOf, type Draft } from '../edit/draft.ts';
import { ask } from '../language/ask.ts';
import type { Questions, Reviewed } from '../language/questions.ts';

type Versions = Questions['review']['asked'];
type Version = Versions['after'];

/** What a draft makes of the latest version, worked out in the worker once for each text of it. */
export function useReview(prompt: CurrentPrompt, draft: Draft) {
  const { changeNote: _, ...content } = draft;
  return useQuery({
    queryKey: ['review', prompt.id, prompt.version, JSON.stringify(content)],
    queryFn: (): Promise<Reviewed> => ask('review', { before: savedVersion(prompt), after: typedVersion(draft) }),
    staleTime: Infinity,
    gcTime: 0,
  });
}

function savedVersion({ title, description, content, messages, ...documents }: CurrentPrompt): Version {
  const { config, inputSchema, outputSchema } = documents;
  return { title, description, content, messages, config, inputSchema, outputSchema } as Version;
}

/** Its content is empty for a chat: the worker makes it of the messages. */
function typedVersion(draft: Draft): Version {
  const { kind: _, ...written } = contentOf(draft);
  return { content: '', messages: null, ...written } as Version;
}
