// The procedures of the frame: me.get, me.invitations.list, preferences.get, groups.list, and prompts.list for what somebody jumps to.
import { keepPreviousData } from '@tanstack/react-query';
import { trpc } from '../data/promptory.ts';

export const me = () => trpc.me.get.queryOptions({}, { staleTime: 300_000 });
export const groups = () => trpc.groups.list.queryOptions({ limit: 100 });
export const preferences = () => trpc.preferences.get.queryOptions({});
export const invitations = () => trpc.me.invitations.list.queryOptions({ limit: 100 });
export const promptsNamed = (q: string) =>
  trpc.prompts.list.queryOptions({ limit: 8, ...(q === '' ? {} : { q }) }, { placeholderData: keepPreviousData });
