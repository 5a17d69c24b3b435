import { pointer } from '../../json-pointer.ts';

import type { ValueFault } from './value-fault.ts';

const MAX_DEPTH = 100;
const MAX_VALUES = 200_000;

/**
 * What a value has that JSON has not: functions, dates, NaN, circles, more than 100 levels. A member that is undefined
 * counts as absent. One fault at most, the first that is met.
 */
export function notJson(value: unknown): ValueFault[] {
  let left = MAX_VALUES;
  const pending: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next;
    const wrong = depth > MAX_DEPTH ? `is deeper than ${MAX_DEPTH} levels` : wrongKind(next.value);
    if (wrong !== undefined) return [{ path, code: 'type', expected: 'a value that JSON has', message: wrong }];
    if (--left < 0) {
      return [{ path: '', code: 'value', expected: `at most ${MAX_VALUES} values`, message: 'holds too many values' }];
    }
    for (const [name, item] of itemsOf(next.value)) {
      pending.push({ value: item, path: pointer(path, name), depth: depth + 1 });
    }
  }
  return [];
}

function itemsOf(value: unknown): Iterable<[string | number, unknown]> {
  if (Array.isArray(value)) return value.entries();
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function wrongKind(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
    return undefined;
  if (typeof value === 'number') return `is ${value}, which JSON has not`;
  if (typeof value !== 'object')
    return `is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which JSON has not`;
  if (Array.isArray(value) || isPlain(value)) return undefined;
  return 'is neither a plain object nor a list';
}

/** An object literal, whichever realm it is from: what has a class says nothing of how it looks as JSON. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
