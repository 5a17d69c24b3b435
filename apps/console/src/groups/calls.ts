// The procedures of groups: groups.list, groups.get, groups.create, groups.update, groups.delete, groups.addPrompt,
// groups.removePrompt, groups.reorder, members.list, members.add, members.update, members.remove, invitations.list,
// invitations.withdraw, me.invitations.accept, me.invitations.decline, prompts.list for what is added, and those of data/own.ts.
import type { GroupEntry, RouterInputs, RouterOutputs } from '@promptory/client';
import { type InfiniteData, keepPreviousData, useMutation } from '@tanstack/react-query';
import { byCursor } from '../data/pages.ts';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { movedTo } from '../ui/arrange/moved-to.ts';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';

export type GroupPage = RouterOutputs['groups']['get'];
export type Role = GroupPage['role'];
export type Member = RouterOutputs['members']['list']['items'][number];

export const groups = () => trpc.groups.list.infiniteQueryOptions({ limit: 100 }, byCursor);
export const groupOf = (id: string) => trpc.groups.get.infiniteQueryOptions({ id, limit: 100 }, byCursor);
export const membersOf = (id: string) => trpc.members.list.infiniteQueryOptions({ id, limit: 50 }, byCursor);
export const sentOf = (id: string) => trpc.invitations.list.infiniteQueryOptions({ id, limit: 20 }, byCursor);
/** What somebody may want to put into a group. */
export const addable = (q: string) =>
  trpc.prompts.list.queryOptions({ limit: 20, ...(q === '' ? {} : { q }) }, { placeholderData: keepPreviousData });

/** Of groups, and of the prompts that one reads through them. */
export const changed = () =>
  Promise.all([
    queryClient.invalidateQueries(trpc.groups.pathFilter()),
    queryClient.invalidateQueries(trpc.members.pathFilter()),
    queryClient.invalidateQueries(trpc.invitations.pathFilter()),
    queryClient.invalidateQueries(trpc.me.invitations.pathFilter()),
    queryClient.invalidateQueries(trpc.prompts.list.pathFilter()),
  ]);

const fail = (error: unknown): void => toasts.show({ text: wordsOf(error), isBad: true });

/** Does it, says so, and whatever stands in the way. @returns whether it is done */
async function done(act: () => Promise<unknown>, text: string, undo?: () => void): Promise<boolean> {
  try {
    await act();
    toasts.show(undo === undefined ? { text } : { text, act: { name: 'Undo', run: undo } });
    return true;
  } catch (error) {
    fail(error);
    return false;
  } finally {
    await changed();
  }
}

export const useCreate = () =>
  useMutation({
    mutationFn: (input: RouterInputs['groups']['create']) => promptory.groups.create.mutate(input),
    onSuccess: () => void changed(),
  });

export const useUpdate = () =>
  useMutation({
    mutationFn: (input: RouterInputs['groups']['update']) => promptory.groups.update.mutate(input),
    onSuccess: () => void changed(),
  });

export const removeGroup = ({ id, name }: { id: string; name: string }): Promise<boolean> =>
  done(() => promptory.groups.delete.mutate({ id }), `“${name}” is deleted; its prompts stay with their owners`);

interface Entry {
  readonly id: string;
  readonly promptId: string;
  readonly title: string;
}

export const addPrompt = ({ id, promptId, title }: Entry, position?: number): Promise<boolean> =>
  done(
    () => promptory.groups.addPrompt.mutate({ id, promptId, ...(position === undefined ? {} : { position }) }),
    `“${title}” is in the group`,
    () => void removePrompt({ id, promptId, title }),
  );

export const removePrompt = ({ id, promptId, title }: Entry, position?: number): Promise<boolean> =>
  done(
    () => promptory.groups.removePrompt.mutate({ id, promptId }),
    `“${title}” is no longer in the group`,
    () => void addPrompt({ id, promptId, title }, position),
  );

type Pages = InfiniteData<GroupPage, string | null>;

const entriesOf = ({ pages }: Pages): readonly GroupEntry[] => pages.flatMap(({ prompts }) => prompts);

function withEntries(data: Pages, entries: readonly GroupEntry[]): Pages {
  let from = 0;
  const pages = data.pages.map((page) => {
    const prompts = entries.slice(from, from + page.prompts.length);
    from += page.prompts.length;
    return { ...page, prompts };
  });
  return { ...data, pages };
}

/** Moves a prompt beside its new neighbour: shown at once, and as it was where that is refused. */
export function useReorder(id: string) {
  const { queryKey } = groupOf(id);
  return useMutation({
    mutationKey: ['reorder', id],
    scope: { id: `reorder ${id}` },
    mutationFn: ({ promptId, ...beside }: { promptId: string } & ({ before: string } | { after: string })) =>
      promptory.groups.reorder.mutate({ id, promptId, ...beside }),
    onError: fail,
    onSettled: async () => {
      if (queryClient.isMutating({ mutationKey: ['reorder', id] }) <= 1) await changed();
    },
    onMutate: () => queryClient.cancelQueries({ queryKey }),
  });
}

/** Shows the order that a move makes, before the server has it. */
export function showMoved(id: string, from: number, to: number): void {
  queryClient.setQueryData<Pages>(groupOf(id).queryKey, (data) =>
    data === undefined ? data : withEntries(data, movedTo(entriesOf(data), from, to)),
  );
}

/** An address has an `@`, and a handle none. */
export const useShare = (id: string) =>
  useMutation({
    mutationFn: ({ who, role }: { who: string; role: 'viewer' | 'editor' }) => {
      const name = who.trim().replace(/^@/, '');
      return promptory.members.add.mutate({ id, role, ...(name.includes('@') ? { email: name } : { handle: name }) });
    },
    onSuccess: (added) =>
      toasts.show({
        text:
          added.status === 'member'
            ? `${added.member.user.name} is a member now`
            : `${added.email} is invited, for 30 days`,
      }),
    onSettled: () => void changed(),
  });

export const changeRole = (id: string, { user, role: before }: Member, role: Role): Promise<boolean> => {
  const undo = { user, role, joinedAt: '' };
  const isBack = role !== 'owner' && before !== 'owner';
  return done(
    () => promptory.members.update.mutate({ id, userId: user.id, role }),
    role === 'owner' ? `${user.name} owns the group now` : `${user.name} is ${role} now`,
    isBack ? () => void changeRole(id, undo, before) : undefined,
  );
};

export const removeMember = (id: string, { user, role }: Member): Promise<boolean> =>
  done(
    () => promptory.members.remove.mutate({ id, userId: user.id }),
    `${user.name} is no longer a member`,
    role === 'owner'
      ? undefined
      : () =>
          void done(
            () => promptory.members.add.mutate({ id, handle: user.handle, role }),
            `${user.name} is a member again`,
          ),
  );

export const leaveGroup = (id: string, userId: string, name: string): Promise<boolean> =>
  done(() => promptory.members.remove.mutate({ id, userId }), `You have left “${name}”`);

export const withdraw = (id: string, invitationId: string, email: string): Promise<boolean> =>
  done(() => promptory.invitations.withdraw.mutate({ id, invitationId }), `${email} is not invited any more`);

export const accept = (id: string, name: string): Promise<boolean> =>
  done(() => promptory.me.invitations.accept.mutate({ id }), `You are a member of “${name}” now`);

export const decline = (id: string, name: string): Promise<boolean> =>
  done(() => promptory.me.invitations.decline.mutate({ id }), `You have declined “${name}”`);
