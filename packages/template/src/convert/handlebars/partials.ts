import { quote } from '../liquid/quote.ts';
import { type Position, Refusal } from '../refusal.ts';
import type { Node, PartialCall } from './handlebars-tree.ts';

/** A partial as those that include it know it: the prompt that it is, or why none of them can include it. */
export type KnownPartial =
  | {
      readonly reference: string;
      /** The names that it reads. */
      readonly reads: readonly string[];
      /** Whether all of it may be one number, which Handlebars adds to another one. */
      readonly mayBeNumber: boolean;
    }
  | { readonly reason: string };

/** By the names by which they are included. */
export type KnownPartials = { readonly [name: string]: KnownPartial };

/** What a template may include. */
export interface Partials {
  readonly known: KnownPartials;
  /** Whether the template is a partial itself: the names that it reads may be parameters then, and are handed on one by one. */
  readonly areNested: boolean;
}

export const noPartials: Partials = { known: {}, areNested: false };

export const nameOfPartial = ({ name }: PartialCall): string | null =>
  name.type === 'SubExpression' || name.original === undefined ? null : String(name.original);

/** @throws Refusal where it cannot be included */
export function partialOf(statement: PartialCall, { known }: Partials, position: Position): Found {
  const name = nameOfPartial(statement);
  if (name === null) throw new Refusal('Which partial it is depends on a value.', position);
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw new Refusal('A partial is another template, which is not at hand.', position);
  if ('reason' in found) throw new Refusal(`A partial cannot be included: ${found.reason}`, position);
  if (statement.indent !== '')
    throw new Refusal('White space before a partial stands before each of its lines, also those of values.', position);
  return found;
}

type Found = Extract<KnownPartial, { reference: string }>;

export const renderTag = (reference: string, parameters: ReadonlyMap<string, string>): string =>
  `{% render ${quote(reference)}${Array.from(parameters, ([name, value]) => `, ${name}: ${value}`).join('')} %}`;

/** What a partial is given by a literal; undefined where it is none. */
export function literalOf({ type, value }: Node & { readonly value?: unknown }): string | undefined {
  if (type === 'StringLiteral') return quote(String(value));
  if (type === 'NumberLiteral' && /^-?\d+(?:\.\d+)?$/.test(String(value))) return String(value);
  if (type === 'BooleanLiteral') return String(value);
  return type === 'NullLiteral' || type === 'UndefinedLiteral' ? 'nil' : undefined;
}
