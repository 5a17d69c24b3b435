import { type Comparisons, type Run, shortestEdit } from './shortest-edit.ts';

/**
 * Matches two lists of tokens after setting aside their common start and end. Where the rest differs by more than 500
 * tokens, or `work` runs out, the rest is removed and added whole.
 *
 * The runs, read in order, spell `from` without the added ones and `to` without the removed ones; between two runs of
 * the same, what is removed comes before what is added, as one run each.
 */
export function align(from: readonly string[], to: readonly string[], work: Comparisons): Run[] {
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

function match(from: readonly string[], to: readonly string[], work: Comparisons): Run[] | undefined {
  if (work.comparisons <= 0) return undefined;
  const numbers = new Map<string, number>();
  return shortestEdit(numbered(from, numbers), numbered(to, numbers), work);
}

/** Each token as a number, equal ones as equal ones: compared far faster than texts, and often. */
function numbered(tokens: readonly string[], numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(tokens.length);
  tokens.forEach((token, at) => {
    const number = numbers.get(token) ?? numbers.size;
    if (number === numbers.size) numbers.set(token, number);
    result[at] = number;
  });
  return result;
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
