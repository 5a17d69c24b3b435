// The procedures of the trash: prompts.delete, prompts.restore, prompts.purge, prompts.purgeTrash, and prompts.list.
import { useMutation } from '@tanstack/react-query';
import { promptsAre } from '../../data/counted.ts';
import { byCursor } from '../../data/pages.ts';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';
import { listsChanged } from '../calls.ts';

export const trashed = () => trpc.prompts.list.infiniteQueryOptions({ trashed: true, limit: 50 }, byCursor);

interface Named {
  readonly id: string;
  readonly title: string;
}

/** Takes a prompt out of the trash again, and says so. */
export async function restore({ id, title }: Named): Promise<void> {
  try {
    const { formerSlug, slug } = await promptory.prompts.restore.mutate({ id });
    const renamed = formerSlug === null ? '' : `: ${formerSlug} is another one now, it is ${slug}`;
    toasts.show({
      text: `“${title}” is back${renamed}`,
      act: { name: 'Undo', run: () => void moveToTrash({ id, title }) },
    });
    await queryClient.invalidateQueries(trpc.prompts.get.queryFilter({ id }));
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
  }
  await listsChanged();
}

/**
 * @param leave where its page is open: goes elsewhere, before it is not there any more
 * @returns whether it is in the trash now; what stands in the way is said
 */
export async function moveToTrash({ id, title }: Named, leave?: () => void): Promise<boolean> {
  try {
    await promptory.prompts.delete.mutate({ id });
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
    return false;
  }
  toasts.show({
    text: `“${title}” is in the trash`,
    act: { name: 'Undo', run: () => void restore({ id, title }) },
  });
  leave?.();
  queryClient.removeQueries(trpc.prompts.get.queryFilter({ id }));
  await listsChanged();
  return true;
}

export const usePurge = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) => promptory.prompts.purge.mutate({ id }),
    onSuccess: () => void listsChanged(),
  });

export const useEmptyTrash = () =>
  useMutation({
    mutationFn: async () => {
      // As many as one call removes.
      let purged = 0;
      for (let more = true; more; ) {
        const done = await promptory.prompts.purgeTrash.mutate();
        purged += done.purged;
        more = done.more;
      }
      return purged;
    },
    onSuccess: (purged) => toasts.show({ text: promptsAre(purged, 'removed for good') }),
    onSettled: () => void listsChanged(),
  });
