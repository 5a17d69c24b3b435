// A Liquid template as what other languages can say too: texts, values, choices and loops. Each place is an offset in the source.
import type { FilterCall } from '../../language/syntax/syntax.ts';
import type { Known } from './values/known-values.ts';
import type { Kinds } from './values/value-kinds.ts';

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'value'; readonly value: Operand; readonly filters: readonly FilterCall[]; readonly at: number }
  | Choice
  | Loop
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly value: Operand;
      readonly filters: readonly FilterCall[];
      readonly at: number;
    }
  | { readonly kind: 'include'; readonly reference: string; readonly at: number };

export interface Choice {
  readonly kind: 'choice';
  readonly test: Test;
  readonly yes: readonly Part[];
  readonly no: readonly Part[];
  readonly at: number;
}

export interface Loop {
  readonly kind: 'loop';
  /** What each element is called within. */
  readonly name: string;
  readonly list: Reference;
  readonly body: readonly Part[];
  /** Instead of an empty list. */
  readonly none: readonly Part[];
  readonly at: number;
}

/** A value by its path. */
export interface Reference extends Known {
  readonly kind: 'path';
  readonly root: string;
  readonly steps: readonly (string | number)[];
  /** Whether what its last step is read of is there for sure. */
  readonly hasHolder: boolean;
  /** `item`: an element of a loop around it; `set`: what the template has set; `loop`: a fact of the innermost loop. */
  readonly origin: 'input' | 'item' | 'set' | 'loop';
}

export type Literal = { readonly kind: 'literal'; readonly value: string | number | boolean };
export type Operand = Reference | Literal;

export type Test = { readonly at: number } & (
  | { readonly kind: 'is'; readonly of: Reference; readonly kinds: Kinds }
  | { readonly kind: 'equals'; readonly left: Reference; readonly right: Operand }
  | { readonly kind: 'order'; readonly operator: string; readonly left: Reference; readonly right: Literal }
  | { readonly kind: 'has'; readonly left: Reference; readonly right: Literal }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly tests: readonly Test[] }
  | { readonly kind: 'not'; readonly of: Test }
);

/** A path, as it is told apart from others. */
export const keyOf = ({ origin, root, steps }: Reference): string => JSON.stringify([origin, root, ...steps]);

/** The names of the inputs that parts read, each once. */
export function inputNamesIn(parts: readonly Part[]): string[] {
  const names = new Set<string>();
  JSON.stringify(parts, (key, value: unknown) => {
    if (key === 'schema') return undefined;
    const reference = value as Partial<Reference> | null;
    if (reference?.kind === 'path' && reference.origin === 'input' && reference.root !== undefined)
      names.add(reference.root);
    return value;
  });
  return [...names];
}
