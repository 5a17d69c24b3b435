import { inputName, memberPath } from '../liquid/paths.ts';
import { type Position, Refusal } from '../refusal.ts';

/** What a path of Handlebars is looked up in: the inputs, an item of a loop, or the value of `with`. */
export interface Scope {
  /** The Liquid path of the context; null for the inputs themselves. */
  readonly path: string | null;
  readonly parent: Scope | null;
  /**
   * Whether `../` leads to `parent` for every value. Handlebars passes over a context that is the same value as the one below
   * it, which two equal numbers or texts are; a member is never the same as what it is in.
   */
  readonly isMemberOfParent: boolean;
  readonly isLoop: boolean;
  /** Names that `as |…|` gives. */
  readonly blockParams: ReadonlyMap<string, string>;
}

export const inputsScope: Scope = {
  path: null,
  parent: null,
  isMemberOfParent: false,
  isLoop: false,
  blockParams: new Map(),
};

/** A path as Handlebars' parser has it. */
export interface HandlebarsPath {
  readonly data: boolean;
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}

/**
 * The Liquid path of a Handlebars path; null for the inputs themselves.
 *
 * @throws Refusal where Liquid has no such path
 */
export function resolvePath(path: HandlebarsPath, scope: Scope, position: Position): string | null {
  if (path.data) return resolveData(path, scope, position);
  const [head] = path.parts;
  const isScoped = /^(?:\.|this\b)/.test(path.original) || path.depth > 0;
  const blockParam = isScoped || head === undefined ? undefined : findBlockParam(scope, head);
  if (blockParam !== undefined) return membersOf(blockParam, path.parts.slice(1), position);
  return membersOf(ancestorOf(scope, path.depth, position).path, path.parts, position);
}

function resolveData({ depth, parts, original }: HandlebarsPath, scope: Scope, position: Position): string | null {
  const [name, ...rest] = parts;
  if (name === 'root' && depth === 0) return membersOf(null, rest, position);
  const liquid = rest.length === 0 && depth === 0 && name !== undefined ? LOOP_DATA.get(name) : undefined;
  if (liquid === undefined) throw new Refusal(`"${original}" has no counterpart in Liquid.`, position);
  if (!isInLoop(scope)) throw new Refusal(`"${original}" is outside of a loop.`, position);
  return liquid;
}

const LOOP_DATA: ReadonlyMap<string, string> = new Map([
  ['index', 'forloop.index0'],
  ['first', 'forloop.first'],
  ['last', 'forloop.last'],
]);

/** `with` and `if` leave the loop's data as it is. */
const isInLoop = (scope: Scope | null): boolean => scope !== null && (scope.isLoop || isInLoop(scope.parent));

function findBlockParam(scope: Scope | null, name: string): string | undefined {
  return scope === null ? undefined : (scope.blockParams.get(name) ?? findBlockParam(scope.parent, name));
}

function ancestorOf(scope: Scope, depth: number, position: Position): Scope {
  if (depth === 0) return scope;
  if (scope.parent === null) throw new Refusal('"../" leads out of the template.', position);
  if (!scope.isMemberOfParent) {
    throw new Refusal('Where "../" leads depends on the values: write "@root." and the whole path.', position);
  }
  return ancestorOf(scope.parent, depth - 1, position);
}

function membersOf(base: string | null, parts: readonly string[], position: Position): string | null {
  return parts.reduce<string | null>(
    (path, part) => (path === null ? inputName(part, position) : memberPath(path, part, position)),
    base,
  );
}
