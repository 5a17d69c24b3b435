// The procedures of imports and exports: transfer.import by `$import` of the client, transfer.export, transfer.exportFiles; of
// taking an import back prompts.get, prompts.update, prompts.delete, versions.restore, labels.list, labels.move, labels.remove.
import type { ImportFileEvent, ImportFileOptions, RouterInputs, RouterOutputs } from '@promptory/client';
import { promptory, queryClient, trpc } from '../data/promptory.ts';

export type ImportRow = Extract<ImportFileEvent, { type: 'row' }>;
export type ImportSummary = Extract<ImportFileEvent, { type: 'done' }>;
export type ImportProgress = Extract<ImportFileEvent, { type: 'progress' }>;
type Current = RouterOutputs['prompts']['get'];
type Label = RouterOutputs['labels']['list']['items'][number];

export const importFile = (file: Blob, options: ImportFileOptions): AsyncIterable<ImportFileEvent> =>
  promptory.$import(file, options);

export type ExportFilter = Omit<RouterInputs['transfer']['exportFiles'], 'format'>;
export const exportFiles = (input: RouterInputs['transfer']['exportFiles'], signal: AbortSignal) =>
  promptory.transfer.exportFiles.query(input, { signal });
export const exportLines = (input: ExportFilter, signal: AbortSignal) =>
  promptory.transfer.export.query(input, { signal });

/** All that lists or counts prompts is asked for again. */
export const changed = (): Promise<void> => queryClient.invalidateQueries(trpc.pathFilter());

/** A prompt as an import found it. */
export interface Before {
  readonly prompt: Current;
  readonly labels: readonly Label[];
}

export async function before(id: string): Promise<Before> {
  const [prompt, labels] = await Promise.all([
    promptory.prompts.get.query({ id }),
    promptory.labels.list.query({ id, limit: 100 }),
  ]);
  return { prompt, labels: labels.items };
}

export const moveToTrash = (id: string): Promise<unknown> => promptory.prompts.delete.mutate({ id });

/** Gives a prompt the text, the fields and the labels that it had. Its versions since stay in its history. */
export async function bringBack({ prompt, labels }: Before): Promise<void> {
  const { id, version, category, tags, isTemplate, visibility } = prompt;
  const now = await promptory.prompts.get.query({ id });
  if (now.version !== version) await promptory.versions.restore.mutate({ id, version });
  await promptory.prompts.update.mutate({ id, category, tags: [...tags], isTemplate, visibility });
  const { items } = await promptory.labels.list.query({ id, limit: 100 });
  const targets = (of: readonly Label[]) => new Map(of.map(({ label, version: at }) => [label, at]));
  const [were, are] = [targets(labels), targets(items)];
  for (const label of new Set([...were.keys(), ...are.keys()])) {
    const [to, from] = [were.get(label) ?? null, are.get(label) ?? null];
    const reason = 'The import was taken back';
    if (to === from) continue;
    if (to === null) await promptory.labels.remove.mutate({ id, label, reason });
    else await promptory.labels.move.mutate({ id, label, version: to, reason, acceptBreaking: true });
  }
}
