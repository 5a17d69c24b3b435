// The procedures of the administration: admin.users.list, admin.users.update, admin.audit.list, admin.authAttempts.list,
// admin.jobs.list, admin.stats.get, and me.get.
import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { keepPreviousData, useMutation } from '@tanstack/react-query';
import { byCursor } from '../data/pages.ts';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';

export type AdminUser = RouterOutputs['admin']['users']['list']['items'][number];
export type AuditEntry = RouterOutputs['admin']['audit']['list']['items'][number];
export type AuthAttempt = RouterOutputs['admin']['authAttempts']['list']['items'][number];
export type Job = RouterOutputs['admin']['jobs']['list']['items'][number];
export type Statistics = RouterOutputs['admin']['stats']['get'];
type Filter<Input> = Omit<Extract<Input, object>, 'limit' | 'cursor'>;
type Inputs = RouterInputs['admin'];
export type UserChange = RouterInputs['admin']['users']['update'];

const PAGE = 50;
const whileTyping = { ...byCursor, placeholderData: keepPreviousData };

export const users = (filter: Filter<Inputs['users']['list']>) =>
  trpc.admin.users.list.infiniteQueryOptions({ ...filter, limit: PAGE }, whileTyping);
export const audit = (filter: Filter<Inputs['audit']['list']>) =>
  trpc.admin.audit.list.infiniteQueryOptions({ ...filter, limit: PAGE }, whileTyping);
export const attempts = (filter: Filter<Inputs['authAttempts']['list']>) =>
  trpc.admin.authAttempts.list.infiniteQueryOptions({ ...filter, limit: PAGE }, whileTyping);

/** Asked for again as somebody comes back: what waits now is done a moment later. */
export const jobs = () => trpc.admin.jobs.list.infiniteQueryOptions({ limit: PAGE }, { ...byCursor, staleTime: 0 });

export const statistics = () => trpc.admin.stats.get.queryOptions({}, { staleTime: 0 });

const changed = () => queryClient.invalidateQueries(trpc.admin.pathFilter());

interface Change {
  readonly user: AdminUser;
  readonly change: Omit<UserChange, 'id'>;
}

/** What sets it back to what it was. */
function backOf({ user, change }: Change): Omit<UserChange, 'id'> {
  const names = Object.keys(change.quotas ?? {}) as (keyof AdminUser['quotas'])[];
  const quotas = names.map((name) => [name, user.quotas[name] ?? null] as const);
  return {
    ...(change.role === undefined ? {} : { role: user.role }),
    ...(change.status === undefined ? {} : { status: user.status }),
    ...(quotas.length === 0 ? {} : { quotas: Object.fromEntries(quotas) }),
  };
}

const say = (text: string, undo?: Change): void =>
  toasts.show(undo === undefined ? { text } : { text, act: { name: 'Undo', run: () => void setBack(undo) } });

const said = ({ user, change }: Change): string => {
  if (change.status === 'suspended') return `${user.name} is suspended, and signed out everywhere`;
  if (change.status === 'active') return `${user.name} may sign in again`;
  if (change.role === 'admin') return `${user.name} administers the server now`;
  if (change.role === 'user') return `${user.name} does not administer the server any more`;
  return `${user.name} has other quotas now`;
};

async function setBack(done: Change): Promise<void> {
  try {
    await promptory.admin.users.update.mutate({ id: done.user.id, ...backOf(done) });
    say(`${done.user.name} is as before`);
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
  }
  await changed();
}

export const useChange = () =>
  useMutation({
    mutationFn: ({ user, change }: Change) => promptory.admin.users.update.mutate({ id: user.id, ...change }),
    onSuccess: (_answer, done) => {
      say(said(done), done);
      void changed();
    },
  });
