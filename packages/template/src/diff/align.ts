import { diffArrays } from 'diff';
import type { ChangeType } from './text-change.ts';

/** So many tokens in a row: in both texts, only in the old one, or only in the new one. */
export interface Run {
  type: ChangeType;
  count: number;
}

/** Comparisons that a diff may still make. Counted, not timed, so that every machine gives the same answer. */
export interface Work {
  left: number;
}

/** Edits after which two texts count as different altogether: the search grows with their square. */
const MAX_EDITS = 500;

/**
 * Matches two lists of tokens (Myers, by jsdiff) after setting aside their common start and end. Where the rest differs
 * by more than 500 tokens, or `work` runs out, the rest is removed and added whole.
 *
 * The runs, read in order, spell `from` without the added ones and `to` without the removed ones; between two runs of
 * the same, what is removed comes before what is added, as one run each.
 */
export function align(from: readonly string[], to: readonly string[], work: Work): Run[] {
  const shortest = Math.min(from.length, to.length);
  let start = 0;
  while (start < shortest && from[start] === to[start]) start++;
  let end = 0;
  while (end < shortest - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;

  const runs: Run[] = [{ type: 'same', count: start }];
  const oldCount = from.length - end - start;
  const newCount = to.length - end - start;
  const matched =
    oldCount > 0 && newCount > 0 && match(from.slice(start, start + oldCount), to.slice(start, start + newCount), work);
  runs.push(
    ...(matched || [{ type: 'removed', count: oldCount } as const, { type: 'added', count: newCount } as const]),
  );
  runs.push({ type: 'same', count: end });
  return joined(runs);
}

function match(from: string[], to: string[], work: Work): Run[] | undefined {
  if (work.left <= 0) return undefined;
  const numbers = new Map<string, number>();
  const numbered = (token: string): number => {
    const number = numbers.get(token) ?? numbers.size;
    numbers.set(token, number);
    return number;
  };
  const changes = diffArrays(from.map(numbered), to.map(numbered), {
    maxEditLength: MAX_EDITS,
    comparator: (left, right) => work.left-- > 0 && left === right,
  });
  return changes?.map(({ added, removed, count }) => ({ type: added ? 'added' : removed ? 'removed' : 'same', count }));
}

/** Neighbours of one type become one run, and empty ones go. */
function joined(runs: Run[]): Run[] {
  const result: Run[] = [];
  let removed = 0;
  let added = 0;
  const flush = (): void => {
    if (removed > 0) result.push({ type: 'removed', count: removed });
    if (added > 0) result.push({ type: 'added', count: added });
    removed = 0;
    added = 0;
  };
  for (const { type, count } of runs) {
    if (count === 0) continue;
    if (type === 'removed') removed += count;
    else if (type === 'added') added += count;
    else {
      flush();
      const last = result.at(-1);
      if (last?.type === 'same') last.count += count;
      else result.push({ type, count });
    }
  }
  flush();
  return result;
}
