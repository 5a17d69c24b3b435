// What several rooms ask of whoever is signed in, by one query each: me.get, me.invitations.list, preferences.get, groups.list.
import { trpc } from './promptory.ts';

export const me = () => trpc.me.get.queryOptions({}, { staleTime: 300_000 });
export const preferences = () => trpc.preferences.get.queryOptions({});
export const invitations = () => trpc.me.invitations.list.queryOptions({ limit: 100 });
/** As many as stand in a list of places. */
export const groups = () => trpc.groups.list.queryOptions({ limit: 100 });
