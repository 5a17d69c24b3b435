// The procedures of releases: prompts.list, prompts.get, releases.list, releases.get, releases.create, and those of labels:
// labels.list, labels.check, releases.undo (prompt/labels/calls.ts).
import type { ListedPrompt, RouterInputs, RouterOutputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { byCursor } from '../data/pages.ts';
import { promptory, trpc } from '../data/promptory.ts';
import { labelsMoved, undoRelease } from '../prompt/labels/calls.ts';
import { toasts } from '../ui/toasts.ts';

export type Release = RouterOutputs['releases']['list']['items'][number];
export type ReleaseInput = RouterInputs['releases']['create'];
export type { ListedPrompt };

/** Each has labels, which are a call for every prompt. */
const PAGE = 25;

export const promptsIn = (group: string | undefined, q: string) =>
  trpc.prompts.list.infiniteQueryOptions(
    {
      limit: PAGE,
      ...(group === undefined ? { owner: 'me' } : { groupId: group }),
      ...(q === '' ? { sort: 'title' as const } : { q }),
    },
    byCursor,
  );
export const releases = () => trpc.releases.list.infiniteQueryOptions({ limit: 20 }, byCursor);
export const releaseOf = (id: string) => trpc.releases.get.queryOptions({ id });
export const titleOf = (id: string) => trpc.prompts.get.queryOptions({ id }, { staleTime: 300_000 });

export const useRelease = () =>
  useMutation({
    mutationFn: (input: ReleaseInput) => promptory.releases.create.mutate(input),
    onSuccess: ({ id, results }, { label }) => {
      const moved = results.filter(({ outcome }) => outcome === 'moved').length;
      const text =
        moved === 0
          ? `${label} points there already`
          : `${label} is released, on ${moved} ${moved === 1 ? 'prompt' : 'prompts'}`;
      if (id === null) toasts.show({ text });
      else toasts.show({ text, act: { name: 'Undo', run: () => void undoRelease({ id, label }) } });
    },
    onSettled: () => void labelsMoved(),
  });
