// The procedures of the library: prompts.list, categories.list, tags.list, groups.list, favorites.add, favorites.remove.
import type { ListedPrompt, RouterOutputs } from '@promptory/client';
import { type InfiniteData, keepPreviousData, useMutation } from '@tanstack/react-query';
import { byCursor } from '../data/pages.ts';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { type LibrarySearch, listInput } from './library-search.ts';

const PAGE = 50;
const FACETS = 30;

/** While another search is asked for, the former one stays. */
export const promptsOf = (search: LibrarySearch) =>
  trpc.prompts.list.infiniteQueryOptions(
    { ...listInput(search), limit: PAGE },
    { ...byCursor, placeholderData: keepPreviousData },
  );

export const categories = () => trpc.categories.list.queryOptions({ limit: FACETS });
export const tags = () => trpc.tags.list.queryOptions({ limit: FACETS });
export const groups = () => trpc.groups.list.queryOptions({ limit: 100 });

/** What lists and counts prompts, in the trash or not. */
export const listsChanged = () =>
  Promise.all([
    queryClient.invalidateQueries(trpc.prompts.list.pathFilter()),
    queryClient.invalidateQueries(trpc.groups.pathFilter()),
    queryClient.invalidateQueries(trpc.categories.list.pathFilter()),
    queryClient.invalidateQueries(trpc.tags.list.pathFilter()),
  ]);

type Pages = InfiniteData<RouterOutputs['prompts']['list']>;

const withFavorite = (data: Pages, id: string, isFavorite: boolean): Pages => ({
  ...data,
  pages: data.pages.map((page) => ({
    ...page,
    items: page.items.map((prompt) => (prompt.id === id ? { ...prompt, isFavorite } : prompt)),
  })),
});

/** Shown before the server has answered, and taken back where it refuses. */
export function useFavorite({ id }: Pick<ListedPrompt, 'id'>) {
  const lists = trpc.prompts.list.infiniteQueryFilter();
  const one = trpc.prompts.get.queryKey({ id });
  return useMutation({
    mutationKey: ['favorite'],
    mutationFn: async (wanted: boolean) => {
      if (wanted) await promptory.favorites.add.mutate({ promptId: id });
      else await promptory.favorites.remove.mutate({ promptId: id });
    },
    onMutate: async (wanted) => {
      await Promise.all([queryClient.cancelQueries(lists), queryClient.cancelQueries({ queryKey: one })]);
      const before = [...queryClient.getQueriesData(lists), [one, queryClient.getQueryData(one)] as const];
      queryClient.setQueriesData<Pages>(lists, (data) => data && withFavorite(data, id, wanted));
      queryClient.setQueryData(one, (data) => data && { ...data, isFavorite: wanted });
      return before;
    },
    onError: (_error, _wanted, before) => {
      for (const [key, data] of before ?? []) queryClient.setQueryData(key, data);
    },
    // Only after the last of several: what is read before would show what the others have not changed yet.
    onSettled: async () => {
      if (queryClient.isMutating({ mutationKey: ['favorite'] }) > 1) return;
      await Promise.all([queryClient.invalidateQueries(lists), queryClient.invalidateQueries({ queryKey: one })]);
    },
  });
}
