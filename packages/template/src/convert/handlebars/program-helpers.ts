import { FALSE, type Kinds, MISSING, NIL, NULL } from '../from-liquid/values/value-kinds.ts';
import type { KnownPaths } from '../liquid/known-paths.ts';
import { quote } from '../liquid/quote.ts';
import { type Position, Refusal } from '../refusal.ts';
import { type Block, isPath, type Node, type Value } from './handlebars-tree.ts';
import { noPartials, type Partials } from './partials.ts';

/** The Liquid path of a name at a place. */
export type Resolve = (path: Node) => string;

/** Helpers of a program that Liquid has a counterpart for; undefined where it has none. */
export interface Helpers {
  /** What `{{name …}}` prints. */
  value(name: string, statement: Value, resolve: Resolve): string | undefined;
  /** The condition of `{{#name …}}`. */
  condition(name: string, block: Block, resolve: Resolve, known: KnownPaths): string | undefined;
  /** What `{{> name}}` includes. */
  readonly partials: Partials;
}

export const noHelpers: Helpers = { value: () => undefined, condition: () => undefined, partials: noPartials };

/** dotprompt's helpers that only print or choose; those that make messages and parts are its reader's. */
export const dotpromptHelpers: Omit<Helpers, 'partials'> = {
  value(name, { params, hash }, resolve) {
    const [param] = params;
    if (name !== 'json' || params.length !== 1 || param === undefined || !isPath(param)) return undefined;
    const [indent, ...others] = hash?.pairs ?? [];
    if (indent === undefined) return `{{ ${resolve(param)} | json }}`;
    const isIndent = indent.key === 'indent' && typeof indent.value.value === 'number' && others.length === 0;
    return isIndent ? `{{ ${resolve(param)} | json: ${indent.value.value} }}` : undefined;
  },

  condition(name, { params, hash, loc }, resolve, known) {
    const operator = OPERATORS.get(name);
    const [left, right] = params;
    if (operator === undefined || left === undefined || right === undefined || params.length > 2 || hash)
      return undefined;
    const position = { line: loc.start.line, column: loc.start.column + 1 };
    const nil = NIL_LITERALS.get(right.type);
    if (nil !== undefined && isPath(left)) {
      const path = resolve(left);
      // Liquid has one word for both, so that only one of them may be possible.
      if ((known.kindsOf(path) & NIL) !== nil) throw new Refusal('null and undefined are one in Liquid.', position);
      // As people ask it, where that is the same.
      const isFilled = operator === '!=' && (known.kindsOf(path) & FALSE) === 0;
      return isFilled ? path : `${path} ${operator} nil`;
    }
    return `${operandOf(left, resolve, position)} ${operator} ${operandOf(right, resolve, position)}`;
  },
};

const NIL_LITERALS: ReadonlyMap<string, Kinds> = new Map([
  ['NullLiteral', NULL],
  ['UndefinedLiteral', MISSING],
]);

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['ifEquals', '=='],
  ['unlessEquals', '!='],
]);

function operandOf(node: Node & { readonly value?: unknown }, resolve: Resolve, position: Position): string {
  if (isPath(node)) return resolve(node);
  if (typeof node.value === 'string') return quote(node.value);
  if (typeof node.value === 'number' || typeof node.value === 'boolean') return String(node.value);
  throw new Refusal('Only names and literals are compared here.', position);
}
