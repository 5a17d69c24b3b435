// The procedures of the trash: prompts.delete, prompts.restore, prompts.purge, prompts.purgeTrash, and prompts.list.
import { useMutation } from '@tanstack/react-query';
import { byCursor } from '../../data/pages.ts';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';

export const trashed = () => trpc.prompts.list.infiniteQueryOptions({ trashed: true, limit: 50 }, byCursor);

/** What lists and counts prompts, in the trash or not. */
const changed = () =>
  Promise.all([
    queryClient.invalidateQueries(trpc.prompts.list.pathFilter()),
    queryClient.invalidateQueries(trpc.groups.pathFilter()),
    queryClient.invalidateQueries(trpc.categories.list.pathFilter()),
    queryClient.invalidateQueries(trpc.tags.list.pathFilter()),
  ]);

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
  await changed();
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
  await changed();
  return true;
}

export const usePurge = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) => promptory.prompts.purge.mutate({ id }),
    onSuccess: () => void changed(),
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
    onSuccess: (purged) =>
      toasts.show({ text: purged === 1 ? 'One prompt is removed for good' : `${purged} prompts are removed for good` }),
    onSettled: () => void changed(),
  });
