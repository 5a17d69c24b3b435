// The procedures of a prompt: prompts.get, prompts.create, prompts.update, versions.list, versions.get, versions.diff,
// versions.restore, preferences.get for a new one. Those of its labels are in labels/calls.ts.
import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { promptory, queryClient, trpc } from '../data/promptory.ts';

export type CurrentPrompt = RouterOutputs['prompts']['get'];

export const promptOf = (id: string) => trpc.prompts.get.queryOptions({ id });
export const preferencesForNew = () => trpc.preferences.get.queryOptions({}, { staleTime: 300_000 });
export const versionOf = (id: string, version: number) =>
  trpc.versions.get.queryOptions({ id, version }, { staleTime: Infinity });
export const versionsOf = (id: string) =>
  trpc.versions.list.infiniteQueryOptions({ id, limit: 30 }, { getNextPageParam: ({ nextCursor }) => nextCursor });
export const diffOf = (id: string, from: number, to: number) =>
  trpc.versions.diff.queryOptions({ id, from, to }, { staleTime: Infinity });

/** What is shown of it elsewhere is asked for again. */
async function changed(id: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries(trpc.prompts.get.queryFilter({ id })),
    queryClient.invalidateQueries(trpc.prompts.list.infiniteQueryFilter()),
    queryClient.invalidateQueries(trpc.versions.list.infiniteQueryFilter()),
    queryClient.invalidateQueries(trpc.categories.list.queryFilter()),
    queryClient.invalidateQueries(trpc.tags.list.queryFilter()),
  ]);
}

export const useCreate = () =>
  useMutation({
    mutationFn: (input: RouterInputs['prompts']['create']) => promptory.prompts.create.mutate(input),
    onSuccess: ({ id }) => changed(id),
  });

/** Refused with prompt.version_conflict where somebody has saved a later version than `baseVersion`. */
export const useUpdate = () =>
  useMutation({
    mutationFn: (input: RouterInputs['prompts']['update']) => promptory.prompts.update.mutate(input),
    onSuccess: ({ id }) => changed(id),
  });

export const useRestore = () =>
  useMutation({
    mutationFn: (input: RouterInputs['versions']['restore']) => promptory.versions.restore.mutate(input),
    onSettled: (_answer, _error, { id }) => changed(id),
  });
