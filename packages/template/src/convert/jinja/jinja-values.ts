import { inputName, memberPath } from '../liquid/paths.ts';
import { quote } from '../liquid/quote.ts';
import { type Position, Refusal } from '../refusal.ts';
import type { Expression, Member } from './jinja-expression.ts';
import type { JinjaFlavor } from './jinja-flavor.ts';

const LOOP: ReadonlyMap<string, string> = new Map([
  ['index', 'index'],
  ['index0', 'index0'],
  ['revindex', 'rindex'],
  ['revindex0', 'rindex0'],
  ['first', 'first'],
  ['last', 'last'],
  ['length', 'length'],
]);

/** Filters whose counterpart makes the same text of a text. */
const FILTERS: ReadonlyMap<string, string> = new Map([
  ['upper', 'upcase'],
  ['lower', 'downcase'],
  ['capitalize', 'capitalize'],
  ['trim', 'strip'],
  ['first', 'first'],
  ['last', 'last'],
]);

/** Whether a Liquid path is a yes or no of its own. */
export const isLoopFact = (liquid: string): boolean => liquid === 'forloop.first' || liquid === 'forloop.last';

/** The Liquid for a value: a path or a literal. */
export function operandOf(expression: Expression, isInLoop: boolean, flavor: JinjaFlavor): string {
  switch (expression.kind) {
    case 'path':
      return pathOf(expression, isInLoop, flavor);
    case 'text':
      return quote(expression.value);
    case 'number':
      return expression.text;
    case 'boolean':
      return String(expression.value);
    default:
      throw new Refusal('Liquid has no such value here: set it to a name first.', expression.position);
  }
}

type Path = Expression & { readonly kind: 'path' };

function pathOf({ name, members, position }: Path, isInLoop: boolean, flavor: JinjaFlavor): string {
  if (name === 'loop') return loopPath(members, isInLoop, position);
  if (flavor.globals.has(name)) throw new Refusal(`"${name}" is a function or an object of the engine.`, position);
  return members.reduce(
    (path, { key, isAttribute }) => {
      if (isAttribute && flavor.attributes.has(key)) {
        throw new Refusal(`".${key}" is a method in Python: write ["${key}"] for a member.`, position);
      }
      return memberPath(path, key, position);
    },
    inputName(name, position),
  );
}

function loopPath(members: readonly Member[], isInLoop: boolean, position: Position): string {
  const [member] = members;
  const liquid = members.length === 1 && member !== undefined && isInLoop ? LOOP.get(member.key) : undefined;
  if (liquid === undefined) throw new Refusal('This of "loop" has no counterpart in Liquid.', position);
  return `forloop.${liquid}`;
}

/** A value with filters, as Liquid prints or assigns it. */
export function filteredOf(expression: Expression, isInLoop: boolean, flavor: JinjaFlavor): string {
  if (expression.kind !== 'filter') return operandOf(expression, isInLoop, flavor);
  const { name, of, args, position } = expression;
  const value = filteredOf(of, isInLoop, flavor);
  const texts = args.map((arg) => (arg.kind === 'text' ? arg.value : undefined));
  const filter = FILTERS.get(name);
  if (filter !== undefined && args.length === 0) return `${value} | ${filter}`;
  if (name === 'safe' && args.length === 0) return value;
  if (name === 'join' && args.length < 2 && !texts.includes(undefined))
    return `${value} | join: ${quote(texts[0] ?? '')}`;
  const [from, to] = texts;
  if (name === 'replace' && args.length === 2 && from !== undefined && from !== '' && to !== undefined) {
    return `${value} | replace: ${quote(from)}, ${quote(to)}`;
  }
  throw new Refusal(`The filter "${name}" has no exact counterpart in Liquid, or not with these arguments.`, position);
}
