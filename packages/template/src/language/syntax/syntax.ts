/**
 * A template as a tree: what the engine reads, without how it was spaced, quoted or trimmed. `at` is an offset in the
 * source; everything else is what the template means, so two trees that differ in `at` only are one template.
 */
export type Node =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'raw'; readonly text: string; readonly at: number }
  | { readonly kind: 'comment'; readonly text: string; readonly at: number }
  /** `{% # … %}` */
  | { readonly kind: 'note'; readonly text: string; readonly at: number }
  | { readonly kind: 'output'; readonly value: Value | undefined; readonly at: number }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Value; readonly at: number }
  | { readonly kind: 'capture'; readonly name: string; readonly body: readonly Node[]; readonly at: number }
  | Choice
  | Case
  | Loop
  | {
      readonly kind: 'cycle';
      readonly group: Operand | undefined;
      readonly values: readonly Value[];
      readonly at: number;
    }
  | { readonly kind: 'increment' | 'decrement'; readonly name: string; readonly at: number }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | Include;

/** `if` and `unless` with their `elsif`s; `otherwise` is the body of `else`. */
export interface Choice {
  readonly kind: 'if' | 'unless';
  readonly branches: readonly { readonly condition: Value; readonly body: readonly Node[] }[];
  readonly otherwise: readonly Node[] | undefined;
  readonly at: number;
}

export interface Case {
  readonly kind: 'case';
  readonly value: Value;
  readonly branches: readonly { readonly values: readonly Operand[]; readonly body: readonly Node[] }[];
  readonly otherwise: readonly Node[];
  readonly at: number;
}

/** `for` and `tablerow`. */
export interface Loop {
  readonly kind: 'for' | 'tablerow';
  readonly variable: string;
  readonly collection: Operand;
  /** `limit`, `offset`, `cols`; `reversed` has no value. */
  readonly settings: readonly Argument[];
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly at: number;
}

/** `{% render 'reference' %}` */
export interface Include {
  readonly kind: 'render';
  readonly reference: string;
  /** `with value as name`, or `for values as name`. */
  readonly binding: { readonly each: boolean; readonly value: Operand; readonly name: string } | undefined;
  readonly parameters: readonly Argument[];
  readonly at: number;
}

/** An expression and the filters that it goes through. */
export interface Value {
  readonly expression: Expression;
  readonly filters: readonly FilterCall[];
}

export interface FilterCall {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly at: number;
}

/** With a name: `allow_false: true`. Without a value: a word that is a setting by itself. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: Operand | undefined;
}

export type Expression = Operand | Operation;

export interface Operation {
  readonly kind: 'operation';
  readonly operator: string;
  readonly operands: readonly Expression[];
}

export type Operand =
  | { readonly kind: 'string'; readonly text: string }
  /** As it is written. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'range'; readonly from: Operand; readonly to: Operand }
  | Path;

/** `user.tags[0]`. The root is a name, or a text or range whose property is read. */
export interface Path {
  readonly kind: 'path';
  readonly root: string | Operand;
  readonly steps: readonly Step[];
  readonly at: number;
}

/** A property, an index, or a value that says which of both. */
export type Step = string | number | Operand;

/** The nodes within a node, in their order. */
export function bodiesOf(node: Node): readonly (readonly Node[])[] {
  switch (node.kind) {
    case 'capture':
      return [node.body];
    case 'if':
    case 'unless':
      return [...node.branches.map(({ body }) => body), ...(node.otherwise === undefined ? [] : [node.otherwise])];
    case 'case':
      return [...node.branches.map(({ body }) => body), node.otherwise];
    case 'for':
    case 'tablerow':
      return [node.body, node.otherwise];
    default:
      return [];
  }
}
