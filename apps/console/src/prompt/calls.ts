// The procedures of a prompt: prompts.get, prompts.create, prompts.update, prompts.duplicate, versions.list, versions.get,
// versions.diff, versions.restore, preferences.get for a new one. Those of its labels are in labels/calls.ts.
import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { byCursor } from '../data/pages.ts';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';

export type CurrentPrompt = RouterOutputs['prompts']['get'];

export const promptOf = (id: string) => trpc.prompts.get.queryOptions({ id });
export const preferencesForNew = () => trpc.preferences.get.queryOptions({}, { staleTime: 300_000 });
export const versionOf = (id: string, version: number) =>
  trpc.versions.get.queryOptions({ id, version }, { staleTime: Infinity });
export const versionsOf = (id: string) => trpc.versions.list.infiniteQueryOptions({ id, limit: 30 }, byCursor);
export const diffOf = (id: string, from: number, to: number) =>
  trpc.versions.diff.queryOptions({ id, from, to }, { staleTime: Infinity });

/** What is shown of it elsewhere is asked for again. */
export async function changed(id: string): Promise<void> {
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

/** @param version which one is copied; the latest where none is named */
export async function duplicate(id: string, version: number | undefined): Promise<CurrentPrompt> {
  const made = await promptory.prompts.duplicate.mutate({ id, ...(version === undefined ? {} : { version }) });
  await changed(made.id);
  return made;
}

/** Refused with prompt.version_conflict where somebody has saved a later version than `baseVersion`. */
export const useUpdate = () =>
  useMutation({
    mutationFn: (input: RouterInputs['prompts']['update']) => promptory.prompts.update.mutate(input),
    onSuccess: ({ id }) => changed(id),
  });

/**
 * Makes a version the latest again, as a new one, and offers to take that back; what stands in the way is said.
 *
 * @param prompt as it is now: where it is another one meanwhile, nothing is restored
 */
export async function restoreVersion(prompt: Pick<CurrentPrompt, 'id' | 'version'>, version: number): Promise<void> {
  const { id, version: baseVersion } = prompt;
  try {
    const made = await promptory.versions.restore.mutate({ id, version, baseVersion });
    toasts.show({
      text: `Version ${version} is the latest again, as version ${made.version}`,
      act: { name: 'Undo', run: () => void restoreVersion({ id, version: made.version }, baseVersion) },
    });
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
  }
  await changed(id);
}
