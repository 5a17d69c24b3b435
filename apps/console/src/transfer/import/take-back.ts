import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';
import { bringBack, changed, moveToTrash } from '../calls.ts';
import { inTurns } from './in-turns.ts';
import type { Source } from './source.ts';

/**
 * Takes an import back: what it made goes into the trash, and what was there before is as it was, in a version of its own.
 *
 * @returns whether all of it is back
 */
export async function takeBack(sources: readonly Source[]): Promise<boolean> {
  const refused: unknown[] = [];
  const tried = async (act: Promise<unknown>) => {
    await act.catch((error: unknown) => refused.push(error));
  };
  const made = sources.flatMap(({ rows }) =>
    rows.flatMap(({ outcome, promptId }) => (outcome === 'created' ? (promptId ?? []) : [])),
  );
  // The last one first: what others include is in use as long as they are there.
  await inTurns([...new Set(made)].reverse(), (id) => tried(moveToTrash(id)));
  await inTurns(
    sources.flatMap(({ before }) => before),
    (prompt) => tried(bringBack(prompt)),
  );
  await changed();
  const [first] = refused;
  toasts.show(
    first === undefined
      ? { text: 'The import is taken back' }
      : { text: `Of the import ${refused.length} could not be taken back: ${wordsOf(first)}`, isBad: true },
  );
  return refused.length === 0;
}
