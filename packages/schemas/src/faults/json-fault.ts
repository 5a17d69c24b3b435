import type { Diagnosis } from './fault.ts';
import { fault } from './sentences.ts';
import { storageFault } from './storage-fault.ts';

const MAX_SHOWN_PATH = 100;

interface Place {
  readonly value: unknown;
  readonly path: readonly string[];
}

/** Where in a JSON value a fault lies, as a person would write it. */
const shownPath = (path: readonly string[]): string => {
  const joined = path.join('.').replaceAll(/\p{C}/gu, '�');
  return joined.length > MAX_SHOWN_PATH ? `${joined.slice(0, MAX_SHOWN_PATH).toWellFormed()}…` : joined;
};

/**
 * The first thing for which a JSON value is refused, said for people: what its texts and names contain, a number that JSON
 * cannot hold, its depth, else its size. Without recursion, and no deeper than `maxDepth`.
 */
export function jsonFault(
  value: unknown,
  limits: { maxDepth: number; maxLength: number; maxBytes: number },
): Diagnosis {
  const open: Place[] = [{ value, path: [] }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value: inner, path } = place;
    if (path.length >= limits.maxDepth) return fault('too_big', { maximum: limits.maxDepth, unit: 'levels' });
    const wrong = faultAt(inner);
    if (wrong !== null) return within(wrong, 'as it does at', path);
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [key, child] of Object.entries(inner).reverse()) {
      const nameFault = Array.isArray(inner) ? null : storageFault(key);
      if (nameFault !== null) return within(nameFault, 'as a name in it does at', [...path, key]);
      open.push({ value: child, path: [...path, key] });
    }
  }
  return fault('too_big', { maximum: limits.maxLength, unit: 'characters', maximumBytes: limits.maxBytes });
}

function within({ code, params, message }: Diagnosis, words: string, path: readonly string[]): Diagnosis {
  const at = shownPath(path);
  return fault(code, { ...params, at }, `${message}, ${words} ${at}`);
}

function faultAt(value: unknown): Diagnosis | null {
  if (typeof value === 'string') return storageFault(value);
  if (typeof value !== 'number' || Number.isFinite(value)) return null;
  return fault('not_kept', {}, `Must not contain ${value}, which JSON has no number for`);
}
