import { inputName, memberPath, shown } from '../liquid/paths.ts';
import { type Position, Refusal } from '../refusal.ts';

/** A section around a place, by the variable that holds its item. The inputs are below all of them. */
export interface Context {
  readonly item: string;
  /** What the section is about: of a mere `true` it makes no context of its own. */
  readonly value: string;
}

/** Members of lists and texts in JavaScript, which mustache.js finds there; Liquid has `first` and `last` of lists. */
const MEMBERS_OF_LISTS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Array.prototype),
  ...Object.getOwnPropertyNames(String.prototype),
  'first',
  'last',
]);

/**
 * Where mustache.js looks for a name, nearest first: in each section around it, then in the inputs.
 *
 * @throws Refusal when Liquid cannot read the name, or finds something else by it
 */
export function candidatesOf(name: string, contexts: readonly Context[], position: Position): string[] {
  const innermost = contexts.at(-1);
  if (name === '.') {
    if (innermost === undefined)
      throw new Refusal('"." is all inputs together, which Liquid has no name for.', position);
    return [innermost.item];
  }
  const [head = '', ...members] = name.split('.');
  const looksIntoValues = contexts.length > 0 ? [head, ...members] : members;
  const found = looksIntoValues.find((member) => MEMBERS_OF_LISTS.has(member));
  if (found !== undefined) throw new Refusal(`"${shown(found)}" is also what every list or text has.`, position);
  const pathFrom = (base: string, keys: readonly string[]) =>
    keys.reduce((path, key) => memberPath(path, key, position), base);
  const sections = contexts.toReversed().map(({ item }) => pathFrom(item, [head, ...members]));
  return [...sections, pathFrom(inputName(head, position), members)];
}
