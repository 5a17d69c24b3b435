// The procedure by which the releases page hears of what others do: prompts.watch.
import { useEffect, useEffectEvent } from 'react';
import { promptory, queryClient, trpc } from '../data/promptory.ts';
import { useSeen } from '../data/seen.ts';
import { labelsMoved } from '../prompt/labels/calls.ts';
import { LATEST } from '../prompt/labels/move-at.ts';
import { columnsOf, type MatrixRow, versionAt } from './matrix.ts';

/** References that one stream has. */
const MOST = 100;
/** Moves that come together are asked for together. */
const TOGETHER_MS = 200;

/** While the matrix is open, what others save and move appears in it; of the first rows where there are very many. */
export function useLiveMatrix(rows: readonly MatrixRow[]): void {
  const isSeen = useSeen();
  const isThere = rows.length > 0 && rows.every(({ labels }) => labels !== undefined);
  const names = [LATEST, ...columnsOf(rows)];
  const refs = rows.flatMap(({ prompt }) => names.map((label) => `${prompt.ref}@${label}`)).slice(0, MOST);
  const isKnown = useEffectEvent((ref: string, version: number | null) => {
    const at = ref.lastIndexOf('@');
    const [name, label] = [ref.slice(0, at), ref.slice(at + 1)];
    const row = rows.find(({ prompt }) => prompt.ref === name);
    return row === undefined || (label === LATEST ? row.prompt.version : versionAt(row, label)) === version;
  });
  const asked = refs.join(' ');
  useEffect(() => {
    if (!isSeen || !isThere) return;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      waiting = undefined;
      void labelsMoved();
      void queryClient.invalidateQueries(trpc.prompts.list.infiniteQueryFilter());
    };
    const stream = promptory.prompts.watch.subscribe(
      { refs: asked.split(' ') },
      {
        onData: ({ data }) => {
          if (data.type === 'reset' || isKnown(data.ref, data.type === 'prompt' ? data.version : null)) return;
          waiting ??= setTimeout(refresh, TOGETHER_MS);
        },
      },
    );
    return () => {
      clearTimeout(waiting);
      stream.unsubscribe();
    };
  }, [asked, isSeen, isThere]);
}
