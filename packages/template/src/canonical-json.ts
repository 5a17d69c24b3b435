/** What is left to write: text as it stands, or a value that is not opened yet. */
type Pending = { text: string } | { value: unknown };

/**
 * One text for one JSON value, whatever the order of its keys: keys sorted by UTF-16 code units, no spaces, numbers as
 * ECMAScript writes them. Made to be hashed. Follows RFC 8785, except that a lone surrogate is escaped, not refused.
 * Holds no call stack, so depth is no danger.
 *
 * @param options.omitUndefined takes undefined as `JSON.stringify` does: a member is left out, an item is null
 * @throws TypeError for what JSON cannot say (NaN, infinities, functions, and undefined unless it is omitted)
 */
export function canonicalJson(value: unknown, { omitUndefined = false } = {}): string {
  const written: string[] = [];
  const pending: Pending[] = [{ value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('text' in next) written.push(next.text);
    else if (Array.isArray(next.value)) openArray(next.value, pending, omitUndefined);
    else if (typeof next.value === 'object' && next.value !== null) openObject(next.value, pending, omitUndefined);
    else written.push(scalarJson(next.value));
  }
  return written.join('');
}

function openArray(items: readonly unknown[], pending: Pending[], omitUndefined: boolean): void {
  pending.push({ text: ']' });
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index];
    pending.push({ value: omitUndefined && item === undefined ? null : item });
    if (index > 0) pending.push({ text: ',' });
  }
  pending.push({ text: '[' });
}

function openObject(object: object, pending: Pending[], omitUndefined: boolean): void {
  const members: ReadonlyMap<string, unknown> = new Map(Object.entries(object));
  const keys = [...members.keys()].filter((key) => !omitUndefined || members.get(key) !== undefined).sort();
  pending.push({ text: '}' });
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    pending.push({ value: members.get(key) });
    pending.push({ text: `${index > 0 ? ',' : ''}${JSON.stringify(key)}:` });
  }
  pending.push({ text: '{' });
}

function scalarJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}
