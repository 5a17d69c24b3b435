import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { diffJson, type PathChange } from './json-diff.ts';

const key = fc.constantFrom('a', 'b', '', '/', '~', '~1', '0', '__proto__', 'constructor', 'toString', '模型');
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.boolean(), fc.constant(null), fc.integer({ min: -3, max: 3 }), fc.constantFrom('', 'x', 'y')),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map(fromEntries),
  ),
}));

describe('diffJson', () => {
  it('finds nothing between a value and its copy', () => {
    fc.assert(fc.property(json, (value) => void expect(diffJson(value, structuredCopy(value))).toEqual([])));
  });

  it('turns the first value into the second, applied from first to last as a JSON Patch', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(JSON.stringify(applied(from, diffJson(from, to)))).toBe(JSON.stringify(to));
      }),
      { numRuns: 2_000 },
    );
  });

  it('names what is gone first, then what is there in its order', () => {
    expect(diffJson({ c: 1, a: 1 }, { d: 1, a: 2 })).toEqual([
      { path: '/c', type: 'removed', from: 1 },
      { path: '/d', type: 'added', to: 1 },
      { path: '/a', type: 'changed', from: 1, to: 2 },
      { path: '', type: 'reordered', from: ['c', 'a'], to: ['d', 'a'] },
    ]);
  });

  it('sees another order of members, at any depth, and none where members are added behind the others', () => {
    expect(diffJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([
      { path: '', type: 'reordered', from: ['a', 'b'], to: ['b', 'a'] },
    ]);
    expect(diffJson({ x: [{ a: 1, b: 2 }] }, { x: [{ b: 2, a: 1 }] })).toEqual([
      { path: '/x/0', type: 'reordered', from: ['a', 'b'], to: ['b', 'a'] },
    ]);
    expect(diffJson({ b: 1 }, { b: 1, a: 2 })).toEqual([{ path: '/a', type: 'added', to: 2 }]);
  });

  it('names the end of a longer array by index, highest first when it goes', () => {
    expect(diffJson([1], [1, 2, 3]).map(({ type, path }) => `${type} ${path}`)).toEqual(['added /1', 'added /2']);
    expect(diffJson([1, 2, 3], [1]).map(({ type, path }) => `${type} ${path}`)).toEqual(['removed /2', 'removed /1']);
  });

  it('escapes ~ and / in paths, and calls the whole value by the empty path', () => {
    expect(diffJson({ 'a/b~c': { '': 1 } }, { 'a/b~c': { '': 2 } })).toEqual([
      { path: '/a~1b~0c/', type: 'changed', from: 1, to: 2 },
    ]);
    expect(diffJson(null, [])).toEqual([{ path: '', type: 'changed', from: null, to: [] }]);
    expect(diffJson([], {})).toEqual([{ path: '', type: 'changed', from: [], to: {} }]);
  });

  it('sees a key named __proto__ as a key, and inherited names as absent', () => {
    const hostile: JsonValue = JSON.parse('{"__proto__":{"admin":true}}');
    expect(diffJson({}, hostile)).toEqual([{ path: '/__proto__', type: 'added', to: { admin: true } }]);
    expect(diffJson({ toString: 1 }, {})).toEqual([{ path: '/toString', type: 'removed', from: 1 }]);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('reaches a change 20,000 levels down', () => {
    const deep = (leaf: JsonValue): JsonValue =>
      Array.from({ length: 20_000 }).reduce<JsonValue>((inner) => [inner], leaf);
    expect(diffJson(deep(1), deep(2))).toEqual([{ path: '/0'.repeat(20_000), type: 'changed', from: 1, to: 2 }]);
  });
});

function fromEntries(entries: [string, JsonValue][]): JsonValue {
  return Object.fromEntries(entries);
}

function structuredCopy(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value));
}

/** Applies changes as RFC 6902 says for add, remove and replace, fails where it would, and reorders. */
function applied(from: JsonValue, changes: PathChange[]): JsonValue {
  const holder: { [key: string]: JsonValue } = { root: structuredCopy(from) };
  for (const { path, type, to } of changes) {
    const steps = `root${path}`.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() ?? '';
    const target = steps.reduce<JsonValue>((value, step) => childOf(value, step), holder);
    if (type === 'reordered') {
      reorder(childOf(target, last), to);
      continue;
    }
    if (typeof target !== 'object' || target === null) throw new Error(`nothing at ${path}`);
    const present = Object.hasOwn(target, last);
    if (present !== (type !== 'added')) throw new Error(`${type} at ${path}`);
    if (Array.isArray(target))
      target.splice(Number(last), type === 'added' ? 0 : 1, ...(type === 'removed' ? [] : [to as JsonValue]));
    else if (type === 'removed') delete target[last];
    else Object.defineProperty(target, last, { value: to, enumerable: true, configurable: true, writable: true });
  }
  return childOf(holder, 'root');
}

/** Takes every member out and puts it back in the order of `names`. */
function reorder(target: JsonValue, names: JsonValue | undefined): void {
  const members = new Map(Object.entries(Object(target)));
  if (!Array.isArray(names) || names.length !== members.size) throw new Error('other names');
  for (const name of members.keys()) Reflect.deleteProperty(Object(target), name);
  for (const name of names.map(String)) {
    if (!members.has(name)) throw new Error(`no ${name}`);
    const described = { value: members.get(name), enumerable: true, configurable: true, writable: true };
    Object.defineProperty(target, name, described);
  }
}

function childOf(value: JsonValue, step: string): JsonValue {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) throw new Error(`no ${step}`);
  return (value as { [key: string]: JsonValue })[step] as JsonValue;
}
