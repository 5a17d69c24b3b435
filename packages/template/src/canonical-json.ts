import type { JsonValue } from './json-value.ts';

/** What is left to write: text as it stands, or a value that is not opened yet. */
type Pending = { text: string } | { value: JsonValue };

/**
 * One text for one JSON value, whatever the order of its keys: keys sorted by UTF-16 code units, no spaces, numbers as
 * ECMAScript writes them. Made to be hashed. Follows RFC 8785, except that a lone surrogate is escaped, not refused.
 * Holds no call stack, so depth is no danger.
 *
 * @throws TypeError for what JSON cannot say (NaN, infinities, undefined, functions).
 */
export function canonicalJson(value: JsonValue): string {
  const written: string[] = [];
  const pending: Pending[] = [{ value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('text' in next) written.push(next.text);
    else if (Array.isArray(next.value)) openArray(next.value, pending);
    else if (typeof next.value === 'object' && next.value !== null) openObject(next.value, pending);
    else written.push(scalarJson(next.value));
  }
  return written.join('');
}

function openArray(items: JsonValue[], pending: Pending[]): void {
  pending.push({ text: ']' });
  for (let index = items.length - 1; index >= 0; index--) {
    pending.push({ value: items[index] as JsonValue });
    if (index > 0) pending.push({ text: ',' });
  }
  pending.push({ text: '[' });
}

function openObject(object: { [key: string]: JsonValue }, pending: Pending[]): void {
  const keys = Object.keys(object).sort();
  pending.push({ text: '}' });
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    pending.push({ value: object[key] as JsonValue });
    pending.push({ text: `${index > 0 ? ',' : ''}${JSON.stringify(key)}:` });
  }
  pending.push({ text: '{' });
}

function scalarJson(value: string | number | boolean | null): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}
