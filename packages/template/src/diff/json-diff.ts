import { pointer } from '../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../json-value.ts';

/** One place where two JSON values differ. `path` is a JSON Pointer (RFC 6901); the whole value is `""`. */
export interface PathChange {
  path: string;
  type: 'added' | 'removed' | 'changed' | 'reordered';
  /** The value before; absent where it was added. Of what is reordered, its names in their order. */
  from?: JsonValue;
  /** The value after; absent where it was removed. Of what is reordered, its names in their order. */
  to?: JsonValue;
}

type JsonObject = { [key: string]: JsonValue };
type Step = { change: PathChange } | { path: string; from: JsonValue; to: JsonValue };

/**
 * Where two JSON values differ, by path. Empty for equal values, in which members stand in the same order too.
 *
 * The order is that of a JSON Patch (added → add, removed → remove, changed → replace): applied from first to last to
 * `from`, the changes give `to`; so what leaves the end of an array is named highest index first. An object whose members
 * then still stand in another order is `reordered`, a member that is added being its last. Values are those of the
 * arguments, not copies. Only own keys count, and a key named `__proto__` is a key like any other. Holds no call stack.
 */
export function diffJson(from: JsonValue, to: JsonValue): PathChange[] {
  const changes: PathChange[] = [];
  const pending: Step[] = [{ path: '', from, to }];
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if ('change' in step) changes.push(step.change);
    else if (Array.isArray(step.from) && Array.isArray(step.to)) {
      pushReversed(pending, arraySteps(step.path, step.from, step.to));
    } else if (isJsonObject(step.from) && isJsonObject(step.to)) {
      pushReversed(pending, objectSteps(step.path, step.from, step.to));
    } else if (step.from !== step.to) {
      changes.push({ path: step.path, type: 'changed', from: step.from, to: step.to });
    }
  }
  return changes;
}

function arraySteps(path: string, from: JsonValue[], to: JsonValue[]): Step[] {
  const steps: Step[] = [];
  const shared = Math.min(from.length, to.length);
  for (let index = 0; index < shared; index++) {
    steps.push({ path: `${path}/${index}`, from: from[index] as JsonValue, to: to[index] as JsonValue });
  }
  for (let index = from.length - 1; index >= shared; index--) {
    steps.push({ change: { path: `${path}/${index}`, type: 'removed', from: from[index] as JsonValue } });
  }
  for (let index = shared; index < to.length; index++) {
    steps.push({ change: { path: `${path}/${index}`, type: 'added', to: to[index] as JsonValue } });
  }
  return steps;
}

function objectSteps(path: string, from: JsonObject, to: JsonObject): Step[] {
  const before = Object.keys(from);
  const after = Object.keys(to);
  const removed = before.filter((key) => !Object.hasOwn(to, key));
  const steps = [...removed, ...after].map((key): Step => {
    const at = pointer(path, key);
    if (!Object.hasOwn(to, key)) return { change: { path: at, type: 'removed', from: from[key] as JsonValue } };
    if (!Object.hasOwn(from, key)) return { change: { path: at, type: 'added', to: to[key] as JsonValue } };
    return { path: at, from: from[key] as JsonValue, to: to[key] as JsonValue };
  });
  const patched = [
    ...before.filter((key) => Object.hasOwn(to, key)),
    ...after.filter((key) => !Object.hasOwn(from, key)),
  ];
  if (patched.some((key, place) => key !== after[place])) {
    steps.push({ change: { path, type: 'reordered', from: before, to: after } });
  }
  return steps;
}

function pushReversed(pending: Step[], steps: Step[]): void {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) pending.push(step);
}
