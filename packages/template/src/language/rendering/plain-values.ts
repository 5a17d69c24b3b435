import { pointer } from '../../json-pointer.ts';
import type { ValueFault } from '../../schema/check.ts';
import { MAX_VALUE_DEPTH } from '../limits.ts';

/** The values of a prompt's inputs, by name: what JSON can say. */
export type InputValues = Readonly<Record<string, unknown>>;

/** Elements and members of all values together. */
const MAX_VALUES = 1_000_000;

/** What in the values is no JSON: a function, a date, an object with methods. Reads no getter. */
export function findUnplain(values: InputValues): ValueFault[] {
  const faults: ValueFault[] = [];
  const state = { left: MAX_VALUES };
  examine(values, '', 0, faults, state);
  return faults;
}

function examine(value: unknown, path: string, depth: number, faults: ValueFault[], state: { left: number }): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) add(faults, path, 'a finite number', `${value} is no number of JSON`);
    return;
  }
  if (--state.left < 0 || depth > MAX_VALUE_DEPTH) {
    if (state.left >= -1)
      add(faults, path, 'a smaller value', 'the values are too many, or lie too deep in one another');
    state.left = -2;
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && state.left >= 0; index++) {
      examine(value[index], `${path}/${index}`, depth + 1, faults, state);
    }
    return;
  }
  if (typeof value !== 'object' || !isPlain(value)) {
    add(faults, path, 'a JSON value', `${kindOf(value)} is no value of JSON: give its text, its number or its parts`);
    return;
  }
  for (const key of Object.keys(value)) {
    const at = pointer(path, key);
    const member = Object.getOwnPropertyDescriptor(value, key);
    if (member === undefined || !('value' in member)) add(faults, at, 'a JSON value', 'it is computed, not given');
    // As in JSON, a member that is undefined is not there.
    else if (member.value !== undefined) examine(member.value, at, depth + 1, faults, state);
  }
}

/** An object of this realm or another, or one without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function add(faults: ValueFault[], path: string, expected: string, message: string): void {
  faults.push({ path, code: 'type', expected, message });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `an object of ${value.constructor?.name || 'a class'}`;
}
