// The procedures of labels: labels.list, labels.history, labels.check, labels.move, labels.remove, labels.undo, labels.protect,
// labels.unprotect, releases.list, releases.undo, prompts.versionUses.
import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { keepPreviousData, useMutation } from '@tanstack/react-query';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';

export type PromptLabel = RouterOutputs['labels']['list']['items'][number];
export type LabelMove = RouterOutputs['labels']['history']['items'][number];
export type LabelCheck = RouterOutputs['labels']['check'];
export type VersionUse = RouterOutputs['prompts']['versionUses']['items'][number];
export type Release = RouterOutputs['releases']['list']['items'][number];

/** Moves of one label that are shown. */
export const MOVES = 100;

export const labelsOf = (id: string) => trpc.labels.list.queryOptions({ id, limit: 100 });
export const historyOf = (id: string, label: string) => trpc.labels.history.queryOptions({ id, label, limit: MOVES });
export const releasesOf = (promptId: string) => trpc.releases.list.queryOptions({ promptId, limit: 100 });
export const checkOf = (id: string, label: string, version: number) =>
  trpc.labels.check.queryOptions({ id, label, version });
/** For who owns the prompt, and administrators. */
export const usesOf = (id: string, version: number) =>
  trpc.prompts.versionUses.queryOptions({ id, version, limit: 20 }, { placeholderData: keepPreviousData });

/**
 * Where labels point is asked for again. A dialog does not wait for that: while it is open nobody can take back what it did.
 */
export const labelsMoved = () =>
  Promise.all([
    queryClient.invalidateQueries(trpc.labels.pathFilter()),
    queryClient.invalidateQueries(trpc.releases.pathFilter()),
    queryClient.invalidateQueries(trpc.prompts.list.infiniteQueryFilter()),
  ]);

const pointsAt = (label: string, version: number | null): string =>
  version === null ? `${label} points at no version any more` : `${label} points at version ${version}`;

const fail = (error: unknown): void => toasts.show({ text: wordsOf(error), isBad: true });

interface Move {
  readonly id: string;
  readonly label: string;
  readonly moveId: string;
}

/** Takes the last move of a label back, and offers to take that back too. */
export async function undoMove(move: Move): Promise<void> {
  try {
    const { label, version, lastMove } = await promptory.labels.undo.mutate(move);
    sayMoved({ id: move.id, label, version, moveId: lastMove?.id });
  } catch (error) {
    fail(error);
  }
  await labelsMoved();
}

function sayMoved(done: { id: string; label: string; version: number | null; moveId: string | undefined }): void {
  const { id, label, version, moveId } = done;
  const text = pointsAt(label, version);
  if (moveId === undefined) toasts.show({ text });
  else toasts.show({ text, act: { name: 'Undo', run: () => void undoMove({ id, label, moveId }) } });
}

export const useMove = () =>
  useMutation({
    mutationFn: (input: RouterInputs['labels']['move']) => promptory.labels.move.mutate(input),
    onSuccess: ({ label, version, lastMove }, { id }) => sayMoved({ id, label, version, moveId: lastMove?.id }),
    onSettled: () => void labelsMoved(),
  });

export const useRemove = () =>
  useMutation({
    mutationFn: async (input: RouterInputs['labels']['remove']) => {
      await promptory.labels.remove.mutate(input);
      // Which move that was, the answer does not say.
      const { items } = await promptory.labels.history.query({ id: input.id, label: input.label, limit: 1 });
      return items[0]?.id;
    },
    onSuccess: (moveId, { id, label }) => sayMoved({ id, label, version: null, moveId }),
    onSettled: () => void labelsMoved(),
  });

/** Takes a release back on all its prompts, or on none. */
export async function undoRelease({ id, label }: Pick<Release, 'id' | 'label'>): Promise<void> {
  try {
    const { id: undoing, results } = await promptory.releases.undo.mutate({ id });
    const text = `The release of ${label} is taken back, on ${results.length} ${results.length === 1 ? 'prompt' : 'prompts'}`;
    if (undoing === null) toasts.show({ text });
    else toasts.show({ text, act: { name: 'Undo', run: () => void undoRelease({ id: undoing, label }) } });
  } catch (error) {
    fail(error);
  }
  await labelsMoved();
}

/** Lets only the owner and administrators move a label, or everybody who edits the prompt. */
export async function protect(id: string, label: string, isProtected: boolean): Promise<void> {
  try {
    await (isProtected ? promptory.labels.protect : promptory.labels.unprotect).mutate({ id, label });
  } catch (error) {
    fail(error);
  }
  await labelsMoved();
}
