// The procedures of an account: those of data/own.ts, me.update, preferences.update, auth.changePassword, auth.sessions.list,
// auth.sessions.end, apiKeys.list, apiKeys.create, apiKeys.revoke.
import type { RouterInputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { preferences } from '../data/own.ts';
import { byCursor } from '../data/pages.ts';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { showTheme } from '../theme/theme.ts';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';

export const sessions = () => trpc.auth.sessions.list.infiniteQueryOptions({ limit: 50 }, byCursor);
export const keys = () => trpc.apiKeys.list.infiniteQueryOptions({ limit: 50 }, byCursor);

export const useUpdateMe = () =>
  useMutation({
    mutationFn: (input: RouterInputs['me']['update']) => promptory.me.update.mutate(input),
    onSuccess: async () => {
      toasts.show({ text: 'Saved' });
      await queryClient.invalidateQueries(trpc.me.get.pathFilter());
      // Prompts are named by their owner's handle.
      await queryClient.invalidateQueries(trpc.prompts.pathFilter());
    },
  });

/** Colours are shown at once, and as they were where the server refuses. Kept in the order in which they were chosen. */
export const usePreferences = () =>
  useMutation({
    scope: { id: 'preferences' },
    mutationFn: (input: RouterInputs['preferences']['update']) => promptory.preferences.update.mutate(input),
    onMutate: ({ theme }) => {
      if (theme !== undefined) showTheme(theme);
    },
    onSuccess: (saved) => queryClient.setQueryData(preferences().queryKey, saved),
    onError: (error) => {
      toasts.show({ text: wordsOf(error), isBad: true });
      showTheme(queryClient.getQueryData(preferences().queryKey)?.theme ?? 'system');
    },
  });

export const usePassword = () =>
  useMutation({
    mutationFn: (input: RouterInputs['auth']['changePassword']) => promptory.auth.changePassword.mutate(input),
    onSuccess: async () => {
      toasts.show({ text: 'The password is changed' });
      await queryClient.invalidateQueries(trpc.auth.sessions.list.pathFilter());
    },
  });

/** Signs devices out, one after the other. */
export async function endSessions(ids: readonly string[]): Promise<void> {
  try {
    for (const id of ids) await promptory.auth.sessions.end.mutate({ id });
    toasts.show({ text: ids.length === 1 ? 'The device is signed out' : `${ids.length} devices are signed out` });
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
  }
  await queryClient.invalidateQueries(trpc.auth.sessions.list.pathFilter());
}

const keysChanged = () => queryClient.invalidateQueries(trpc.apiKeys.list.pathFilter());

export const useCreateKey = () =>
  useMutation({
    mutationFn: (input: RouterInputs['apiKeys']['create']) => promptory.apiKeys.create.mutate(input),
    onSuccess: () => void keysChanged(),
  });

export async function revokeKey({ id, name }: { id: string; name: string }): Promise<void> {
  try {
    await promptory.apiKeys.revoke.mutate({ id });
    toasts.show({ text: `“${name}” is revoked` });
  } catch (error) {
    toasts.show({ text: wordsOf(error), isBad: true });
  }
  await keysChanged();
}
