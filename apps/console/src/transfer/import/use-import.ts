import type { ImportFileOptions } from '@promptory/client';
import { useEffect, useRef, useState } from 'react';
import { promptsAre } from '../../data/counted.ts';
import { toasts } from '../../ui/toasts.ts';
import { before, changed, type ImportRow, importFile } from '../calls.ts';
import { type NamedFile, together } from './dropped.ts';
import { inTurns } from './in-turns.ts';
import { chosen, chosenRows, isNew, newSource, type Sent, type Source, whole } from './source.ts';
import { takeBack } from './take-back.ts';

/** What holds for all files of an import. */
export type ImportChoices = Pick<ImportFileOptions, 'visibility' | 'acceptBreaking' | 'reason'>;

/** How often what has come so far is shown. */
const SHOWN_MS = 100;

/** The files of an import, from the dry run to the end. */
export function useImport() {
  const [sources, setSources] = useState<readonly Source[]>([]);
  const [choices, setChoices] = useState<ImportChoices>({});
  const checking = useRef(new AbortController());
  const queue = useRef(Promise.resolve());
  useEffect(() => {
    checking.current = new AbortController();
    return () => checking.current.abort();
  }, []);
  const change = (key: string, changes: Partial<Source>) =>
    setSources((all) => all.map((source) => (source.key === key ? { ...source, ...changes } : source)));

  /** @returns all rows that came, also where the rest of the file does not: what came is done */
  const read = async (source: Source, sent: Sent, options: Partial<ImportFileOptions>) => {
    const rows: ImportRow[] = [];
    let error: unknown = null;
    let shownAt = performance.now();
    try {
      for await (const event of importFile(sent.file, { ...sent, ...options })) {
        if (event.type === 'row') rows.push(event);
        else change(source.key, event.type === 'done' ? { summary: event } : { progress: event });
        if (performance.now() - shownAt < SHOWN_MS) continue;
        shownAt = performance.now();
        change(source.key, { rows: [...rows] });
      }
    } catch (cause) {
      error = cause;
    }
    if (options.signal?.aborted !== true) change(source.key, { rows, error, progress: null });
    return rows;
  };

  const check = (list: readonly Source[], wanted: ImportChoices) => {
    const { signal } = checking.current;
    const checkAll = async () => {
      for (const source of list) {
        if (signal.aborted) return;
        await read(source, await whole(source.files), { ...wanted, dryRun: true, signal });
        if (!signal.aborted) change(source.key, { state: 'checked' });
      }
    };
    // One after the other: an account has so many imports at once, and no more.
    queue.current = queue.current.then(checkAll);
  };

  const add = (files: readonly NamedFile[]) => {
    const added = together(files).map(newSource);
    setSources((all) => [...all, ...added]);
    check(added, choices);
  };

  /** Another choice is another verdict. */
  const choose = (next: ImportChoices) => {
    checking.current.abort();
    checking.current = new AbortController();
    setChoices(next);
    const anew = sources.map(({ key, files, left }) => ({ ...newSource(files), key, left }));
    setSources(anew);
    check(anew, next);
  };

  const importOne = async (source: Source): Promise<Source | null> => {
    const picked = chosenRows(source);
    if (picked.length === 0) return null;
    try {
      const sent = await chosen(source);
      change(source.key, { state: 'importing' });
      const there = picked.flatMap(({ outcome, promptId }) => (outcome === 'updated' ? (promptId ?? []) : []));
      const found = await inTurns([...new Set(there)], before);
      change(source.key, { before: found, rows: [], summary: null });
      const rows = await read(source, sent, choices);
      change(source.key, { state: 'imported' });
      return { ...source, rows, before: found };
    } catch (error) {
      // Nothing is imported yet.
      change(source.key, { state: 'checked', error });
      return null;
    }
  };

  /** Goes on where somebody leaves the page meanwhile: a message says how it ended. */
  const apply = async () => {
    const done: Source[] = [];
    for (const source of sources) {
      const imported = await importOne(source);
      if (imported !== null) done.push(imported);
    }
    await changed();
    const count = done.reduce((sum, { rows }) => sum + rows.filter(isNew).length, 0);
    if (count === 0) return;
    toasts.show({
      text: promptsAre(count, 'imported'),
      act: { name: 'Undo', run: () => void takeBack(done) },
    });
  };

  const leave = (key: string, left: ReadonlySet<string>) => change(key, { left });
  const drop = (key: string) => setSources((all) => all.filter((source) => source.key !== key));
  const clear = () => setSources([]);
  return { sources, choices, add, choose, apply, leave, drop, clear };
}
