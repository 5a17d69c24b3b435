// The procedures of what is kept of an account: me.export, me.deletion, me.delete; auth.logout once it is gone.
import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { byCursor } from '../../data/pages.ts';
import { promptory, trpc } from '../../data/promptory.ts';
import { signOut } from '../../session/calls.ts';
import { sayFarewell } from '../../session/farewell.ts';

export type DeletionPlan = RouterOutputs['me']['deletion'];
export type DeletionItem = DeletionPlan['items'][number];

/** What would become of all that one owns; asked for each time, as others change it too. */
export const deletionPlan = () =>
  trpc.me.deletion.infiniteQueryOptions({ limit: 100 }, { ...byCursor, staleTime: 0, gcTime: 0 });

/** All that is kept of the account, as JSON lines. */
export async function exportAccount(signal: AbortSignal, onCount: (records: number) => void): Promise<Blob> {
  const lines: string[] = [];
  for await (const record of await promptory.me.export.query({}, { signal })) {
    lines.push(`${JSON.stringify(record)}\n`);
    onCount(lines.length);
  }
  return new Blob(lines);
}

export const useDelete = () =>
  useMutation({
    mutationFn: (input: RouterInputs['me']['delete']) => promptory.me.delete.mutate(input),
    onSuccess: () => {
      sayFarewell('Your account is deleted. What it passes on is with others now.');
      void signOut();
    },
  });
