import {
  ALL,
  EMPTY,
  EMPTY_LIST,
  EMPTY_OBJECT,
  EMPTY_TEXT,
  FALSE,
  type Kinds,
  NIL,
  ZERO,
} from '../from-liquid/values/value-kinds.ts';

// Liquid takes everything for true but false and nil. `(1..0)` is Liquid's empty list; `empty` is also the empty text and
// the empty object. What a value cannot be is not asked for.

const NOT: Readonly<Record<'text' | 'zero' | 'list', readonly [kinds: Kinds, literal: string]>> = {
  text: [EMPTY_TEXT, '""'],
  zero: [ZERO, '0'],
  list: [EMPTY_LIST, '(1..0)'],
};

const truth = (path: string, kinds: Kinds, not: readonly (keyof typeof NOT)[]): string =>
  [
    path,
    ...not.map((name) => NOT[name]).flatMap(([kind, literal]) => (kinds & kind ? [`${path} != ${literal}`] : [])),
  ].join(' and ');

/** True as `if` of Handlebars and sections of Mustache have it: neither false, missing, "", 0 nor an empty list. */
export const isTruthy = (path: string, kinds: Kinds = ALL): string => truth(path, kinds, ['text', 'zero', 'list']);

/** The same with 0 for true. */
export const isTruthyOrZero = (path: string, kinds: Kinds = ALL): string => truth(path, kinds, ['text', 'list']);

/** True as JavaScript has it: every list and every object. */
export const isTruthyInJavaScript = (path: string, kinds: Kinds = ALL): string => truth(path, kinds, ['text', 'zero']);

/** True as Jinja has it: an empty object is false too. */
export function isTruthyInPython(path: string, kinds: Kinds = ALL): string {
  if ((kinds & EMPTY_OBJECT) === 0 && (kinds & EMPTY) !== (EMPTY_TEXT | EMPTY_LIST)) {
    return isTruthy(path, kinds);
  }
  return `${path} and ${path} != empty${kinds & ZERO ? ` and ${path} != 0` : ''}`;
}

/** The opposite of `isTruthyInPython`, as alternatives. */
export const isFalsyInPython = (path: string, kinds: Kinds = ALL): string => falsy(path, kinds, [EMPTY, 'empty']);

/** The opposite of `isTruthyInJavaScript`, as alternatives. */
export const isFalsyInJavaScript = (path: string, kinds: Kinds = ALL): string => falsy(path, kinds, [EMPTY_TEXT, '""']);

function falsy(path: string, kinds: Kinds, empty: readonly [kinds: Kinds, literal: string]): string {
  const all: readonly (readonly [kinds: Kinds, literal: string])[] = [
    [NIL, 'nil'],
    [FALSE, 'false'],
    empty,
    [ZERO, '0'],
  ];
  const possible = all.filter(([kind]) => (kinds & kind) !== 0);
  return (possible.length === 0 ? all : possible).map(([, literal]) => `${path} == ${literal}`).join(' or ');
}
