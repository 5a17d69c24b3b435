// The procedures by which a page of a prompt hears of what others do: prompts.watch, and versions.get, labels.get for who did it.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { me } from '../../data/own.ts';
import { promptory, queryClient } from '../../data/promptory.ts';
import { useSeen } from '../../data/seen.ts';
import { toasts } from '../../ui/toasts.ts';
import { type CurrentPrompt, changed, promptOf, versionOf } from '../calls.ts';
import { labelsMoved, labelsOf } from '../labels/calls.ts';
import { LATEST, namedVersion, PRODUCTION } from '../labels/move-at.ts';

/** Also where the prompt has no such label yet. */
const ALWAYS = [LATEST, PRODUCTION, 'staging'];
/** How soon a label that others make is known, and watched from then on: a stream is of names that are known. */
const NEW_LABELS_MS = 15_000;
/** References that one stream has. */
const MOST = 100;

/** While the page of a prompt is open, what others save and move appears, with their names. */
export function useLivePrompt(id: string, prompt: CurrentPrompt | undefined): void {
  const myId = useQuery(me()).data?.id;
  const isSeen = useSeen();
  const ref = prompt?.ref;
  const labels = useQuery({
    ...labelsOf(id),
    enabled: ref !== undefined,
    refetchInterval: isSeen && NEW_LABELS_MS,
  }).data?.items;
  // By their names alone: that a label moves is no other stream.
  const isKnown = labels !== undefined;
  const names = [...new Set([...ALWAYS, ...(labels ?? []).map(({ label }) => label)])].slice(0, MOST).sort().join(' ');
  useEffect(() => {
    if (ref === undefined || !isKnown || myId === undefined || !isSeen) return;
    const refs = names.split(' ').map((label) => `${ref}@${label}`);
    const stream = promptory.prompts.watch.subscribe(
      { refs },
      {
        onData: ({ data }) => {
          if (data.type === 'reset') return;
          const label = data.ref.slice(data.ref.lastIndexOf('@') + 1);
          const version = data.type === 'prompt' ? data.version : null;
          void (label === LATEST ? saved(id, version, myId) : moved(id, label, version, myId));
        },
      },
    );
    return () => stream.unsubscribe();
  }, [id, ref, names, myId, isSeen, isKnown]);
}

/** @param version null where there is no such prompt for whoever looks at it */
async function saved(id: string, version: number | null, myId: string): Promise<void> {
  const known = queryClient.getQueryData(promptOf(id).queryKey)?.version;
  if (version === known || (version !== null && known !== undefined && version < known)) return;
  if (version !== null) {
    const { author } = await queryClient.fetchQuery(versionOf(id, version));
    if (author.id !== myId) toasts.show({ text: `${author.name} saved version ${version}` });
  }
  await changed(id);
}

async function moved(id: string, label: string, version: number | null, myId: string): Promise<void> {
  const known = queryClient.getQueryData(labelsOf(id).queryKey)?.items.find((one) => one.label === label);
  if ((known?.version ?? null) === version) return;
  await labelsMoved();
  const now = queryClient.getQueryData(labelsOf(id).queryKey)?.items.find((one) => one.label === label);
  const by = now?.lastMove?.movedBy;
  if (by === undefined || by.id === myId || now?.version !== version) return;
  toasts.show({ text: `${by.name} moved ${label}: it points at ${namedVersion(version)}` });
}
