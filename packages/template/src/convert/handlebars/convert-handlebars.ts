import { BOOLEANS, NUMBERS } from '../from-liquid/values/value-kinds.ts';
import { escapeFilters, HANDLEBARS_HTML } from '../liquid/html-escape.ts';
import type { KnownPaths } from '../liquid/known-paths.ts';
import { LiquidWriter } from '../liquid/liquid-writer.ts';
import { FreshNames, inputName, isInputName, memberPath } from '../liquid/paths.ts';
import { isTruthy, isTruthyOrZero } from '../liquid/truth.ts';
import { type Position, Refusal } from '../refusal.ts';
import { findAddition } from './added-numbers.ts';
import {
  type Block,
  type Hash,
  isBlock,
  isContent,
  isPartial,
  isPath,
  isValue,
  type Node,
  type PartialCall,
  type Program,
  type Value,
} from './handlebars-tree.ts';
import { parseHandlebars, positionOf } from './parse-handlebars.ts';
import { literalOf, partialOf, renderTag } from './partials.ts';
import { type Helpers, noHelpers, type Resolve } from './program-helpers.ts';
import { type HandlebarsPath, inputsScope, resolvePath, type Scope } from './scope.ts';

/** Blocks within blocks; a template that needs more is none that a person wrote. */
const MAX_DEPTH = 40;

/**
 * Handlebars 4 as Liquid: values, `if`, `unless`, `each` over lists, `with`, `else` and comments. Helpers are the program's own
 * and partials are other files, so both are refused.
 */
export function convertHandlebars(source: string, escapesHtml: boolean, known: KnownPaths, warnings: string[]): string {
  const program = parseHandlebars(source);
  const converter = new HandlebarsConverter(source, escapesHtml, known);
  converter.convertProgram(program, inputsScope, 0);
  if (converter.hasEscaped)
    warnings.push('Values are escaped for HTML, as Handlebars does unless it is told otherwise.');
  return converter.writer.end();
}

/** Converts parts of one Handlebars template, each into a Liquid template of its own. */
export class HandlebarsConverter {
  writer = new LiquidWriter();
  hasEscaped = false;
  readonly #names: FreshNames;
  readonly #escape: boolean;
  readonly #helpers: Helpers;
  readonly #source: string;
  readonly #known: KnownPaths;

  constructor(source: string, escapesHtml: boolean, known: KnownPaths, helpers: Helpers = noHelpers) {
    this.#source = source;
    this.#known = known;
    this.#helpers = helpers;
    this.#names = new FreshNames(source);
    this.#escape = escapesHtml;
  }

  convertProgram(program: Program | null | undefined, scope: Scope, depth: number): void {
    if (program === undefined || program === null) return;
    const addition = findAddition(program, this.#escape, (value) => this.#mayBeNumber(value, scope));
    if (addition !== undefined) {
      throw new Refusal(
        'Handlebars adds this value to the one before, if both are numbers: write something between them.',
        positionOf(addition),
      );
    }
    for (const statement of program.body) {
      if (depth > MAX_DEPTH) throw new Refusal('Blocks are nested too deeply.', positionOf(statement));
      this.#convertStatement(statement, scope, depth);
    }
  }

  /** Whether adding a value to another may be more than joining both. */
  #mayBeNumber(statement: Value | PartialCall, scope: Scope): boolean {
    if (isPartial(statement)) return partialOf(statement, this.#helpers.partials, positionOf(statement)).mayBeNumber;
    const { path, params } = statement;
    if (!isPath(path) || params.length > 0) return true;
    try {
      const liquid = resolvePath(asPath(path, positionOf(path)), scope, positionOf(path));
      return liquid === null || (this.#known.kindsOf(liquid) & (NUMBERS | BOOLEANS)) !== 0;
    } catch (error) {
      if (error instanceof Refusal) return true;
      throw error;
    }
  }

  #convertStatement(statement: Node, scope: Scope, depth: number): void {
    if (isContent(statement)) this.writer.literal(statement.value);
    else if (isValue(statement)) this.#convertValue(statement, scope);
    else if (isBlock(statement)) this.#convertBlock(statement, scope, depth);
    else if (isPartial(statement)) this.#convertPartial(statement, scope);
    else if (statement.type !== 'CommentStatement') throw new Refusal(reasonFor(statement.type), positionOf(statement));
  }

  #convertValue(statement: Value, scope: Scope): void {
    const position = positionOf(statement);
    const path = asPath(statement.path, position);
    const isCall = statement.params.length > 0 || statement.hash !== undefined;
    const helped = isCall ? this.#helpers.value(path.original, statement, this.#resolver(scope)) : undefined;
    if (helped !== undefined) {
      this.writer.markup(helped, position);
      return;
    }
    if (isCall || isHelper(path)) throw new Refusal(`"${path.original}" is a helper, which Liquid has not.`, position);
    const liquid = this.#resolve(path, scope, position);
    const isEscaped = this.#escape && statement.escaped;
    this.hasEscaped ||= isEscaped;
    this.writer.markup(`{{ ${liquid}${isEscaped ? escapeFilters(HANDLEBARS_HTML) : ''} }}`, position);
  }

  /**
   * A partial reads its names in the context of where it stands, or in one that it is given, and values by name come before. Behind
   * the parameters of `render` are the inputs, so that each name is a parameter wherever it means another one.
   */
  #convertPartial(statement: PartialCall, scope: Scope): void {
    const position = positionOf(statement);
    const { partials } = this.#helpers;
    const { reference, reads } = partialOf(statement, partials, position);
    const [context, ...others] = statement.params;
    if (others.length > 0) throw new Refusal('A partial takes one context.', position);
    const path =
      context === undefined ? scope.path : resolvePath(asPath(context, positionOf(context)), scope, position);
    if (path === null && partials.areNested && scope.path !== null)
      throw new Refusal('Within a partial, what it was given has no name.', position);
    const parameters = new Map<string, string>();
    if (path !== null || partials.areNested) {
      for (const name of reads) {
        parameters.set(name, path === null ? inputName(name, position) : memberPath(path, name, position));
      }
    }
    for (const { key, value } of statement.hash?.pairs ?? []) {
      const given = literalOf(value) ?? this.#resolve(asPath(value, positionOf(value)), scope, positionOf(value));
      // What it does not read makes no difference.
      if (reads.includes(key)) parameters.set(inputName(key, position), given);
    }
    this.writer.markup(renderTag(reference, parameters), position);
  }

  #convertBlock(block: Block, scope: Scope, depth: number): void {
    const position = positionOf(block);
    const name = asPath(block.path, position).original;
    if (block.params.length === 0) this.#convertInverted(block, scope, depth);
    else this.#convertCall(block, name, scope, depth);
  }

  #convertCall(block: Block, name: string, scope: Scope, depth: number): void {
    const condition = this.#helpers.condition(name, block, this.#resolver(scope), this.#known);
    if (condition !== undefined) {
      this.#choose('if', condition, block, scope, depth);
      return;
    }
    const [param] = block.params;
    if (param === undefined || block.params.length > 1)
      throw new Refusal(`"#${name}" takes one value.`, positionOf(block));
    const path = asPath(param, positionOf(param));
    const target = { path, liquid: this.#resolve(path, scope, positionOf(param)) };
    if (name === 'if' || name === 'unless')
      this.#choose(name, this.#condition(block, target.liquid), block, scope, depth);
    else if (name === 'with') this.#convertWith(block, target, scope, depth);
    else if (name === 'each') this.#convertEach(block, target, scope, depth);
    else throw new Refusal(`"#${name}" is a helper, which Liquid has not.`, positionOf(block));
  }

  /** `{{^name}}…{{/name}}`. A section `{{#name}}` may be a list, an object or a yes: which one, only the values say. */
  #convertInverted(block: Block, scope: Scope, depth: number): void {
    const position = positionOf(block);
    const path = asPath(block.path, position);
    if (block.hash !== undefined || isHelper(path)) {
      throw new Refusal(`"${path.original}" is a helper, which needs a value.`, position);
    }
    if (block.program !== undefined && block.program !== null) {
      throw new Refusal(`"#${path.original}" may be a list or a yes or no: write #each, #with or #if.`, position);
    }
    const liquid = this.#resolve(path, scope, position);
    this.writer.markup(`{% if ${liquid} == nil or ${liquid} == false or ${liquid} == (1..0) %}`, position);
    this.convertProgram(block.inverse, scope, depth + 1);
    this.writer.markup('{% endif %}', position);
  }

  #condition({ hash }: Block, liquid: string): string {
    if (hash === undefined) return LOOP_FACTS.has(liquid) ? liquid : isTruthy(liquid, this.#known.kindsOf(liquid));
    if (!includesZero(hash)) throw new Refusal('A condition takes one option, includeZero=true.', positionOf(hash));
    return isTruthyOrZero(liquid, this.#known.kindsOf(liquid));
  }

  #choose(tag: 'if' | 'unless', condition: string, block: Block, scope: Scope, depth: number): void {
    const position = positionOf(block);
    this.writer.markup(`{% ${tag} ${condition} %}`, position);
    this.convertProgram(block.program, scope, depth + 1);
    this.#convertElse(block, scope, depth);
    this.writer.markup(`{% end${tag} %}`, position);
  }

  #convertWith(block: Block, { path, liquid }: Target, scope: Scope, depth: number): void {
    const position = positionOf(block);
    if (block.hash !== undefined) throw new Refusal('"#with" takes no options.', position);
    const blockParams = namesOf(block, [liquid]);
    this.writer.markup(`{% if ${isTruthyOrZero(liquid, this.#known.kindsOf(liquid))} %}`, position);
    const isMemberOfParent = isMember(path);
    this.convertProgram(
      block.program,
      { path: liquid, parent: scope, isMemberOfParent, isLoop: false, blockParams },
      depth + 1,
    );
    this.#convertElse(block, scope, depth);
    this.writer.markup('{% endif %}', position);
  }

  #convertEach(block: Block, { path, liquid }: Target, scope: Scope, depth: number): void {
    const position = positionOf(block);
    if (block.hash !== undefined) throw new Refusal('"#each" takes no options.', position);
    const item = this.#itemName(block.program?.blockParams?.[0]);
    const leave = this.#known.item(item, liquid);
    const blockParams = namesOf(block, [item, 'forloop.index0']);
    if (blockParams.size > 1 && hasLoop(block.program)) {
      throw new Refusal('The name of an index has no counterpart where there is a loop within.', position);
    }
    this.writer.markup(`{% for ${item} in ${liquid} %}`, position);
    const isMemberOfParent = isMember(path);
    this.convertProgram(
      block.program,
      { path: item, parent: scope, isMemberOfParent, isLoop: true, blockParams },
      depth + 1,
    );
    leave();
    this.#convertElse(block, scope, depth);
    this.writer.markup('{% endfor %}', position);
  }

  /** What the template calls an element, unless an input of that name is read beside it. */
  #itemName(given: string | undefined): string {
    if (given === undefined || !isInputName(given)) return this.#names.take('item');
    const isReadBeside = this.#source.includes(`@root.${given}`) || this.#source.includes(`/${given}`);
    return isReadBeside || this.#source.includes(`this.${given}`) ? this.#names.take('item') : given;
  }

  #convertElse(block: Block, scope: Scope, depth: number): void {
    if (block.inverse === undefined || block.inverse === null) return;
    this.writer.markup('{% else %}', positionOf(block));
    this.convertProgram(block.inverse, scope, depth + 1);
  }

  #resolver(scope: Scope): Resolve {
    return (node) => this.#resolve(asPath(node, positionOf(node)), scope, positionOf(node));
  }

  #resolve(path: HandlebarsPath, scope: Scope, position: Position): string {
    const liquid = resolvePath(path, scope, position);
    if (liquid === null)
      throw new Refusal(`"${path.original}" is all inputs together, which Liquid has no name for.`, position);
    return liquid;
  }
}

interface Target {
  readonly path: HandlebarsPath;
  readonly liquid: string;
}

/** Yes or no in both languages. */
const LOOP_FACTS: ReadonlySet<string> = new Set(['forloop.first', 'forloop.last']);

/** What Handlebars registers itself, and so never looks up in the values. */
const HELPERS: ReadonlySet<string> = new Set(
  'if unless each with lookup log helperMissing blockHelperMissing'.split(' '),
);

const isHelper = ({ data, depth, original }: HandlebarsPath): boolean => !data && depth === 0 && HELPERS.has(original);

/** Whether a path leads into its context, not out of it or to itself. */
const isMember = ({ data, depth, parts }: HandlebarsPath): boolean => !data && depth === 0 && parts.length > 0;

function asPath(node: Node, position: Position): HandlebarsPath {
  if (!isPath(node)) throw new Refusal('Only a name can stand here, no literal and no call.', position);
  const parts = node.parts.filter((part) => typeof part === 'string');
  if (parts.length < node.parts.length) throw new Refusal('A call can have no members here.', position);
  return { data: node.data, depth: node.depth, parts, original: node.original };
}

function namesOf({ program }: Block, paths: readonly string[]): Map<string, string> {
  const names = program?.blockParams ?? [];
  return new Map(names.slice(0, paths.length).map((name, index) => [name, paths[index] as string]));
}

/** Within another loop `forloop` is another one. */
const hasLoop = (program: Program | null | undefined): boolean =>
  (program?.body ?? []).some(
    (statement) =>
      isBlock(statement) &&
      ((isPath(statement.path) && statement.path.original === 'each') ||
        hasLoop(statement.program) ||
        hasLoop(statement.inverse)),
  );

const includesZero = ({ pairs }: Hash): boolean =>
  pairs.length === 1 && pairs[0]?.key === 'includeZero' && pairs[0].value.value === true;

const reasonFor = (type: string): string =>
  type.startsWith('Partial') ? 'A partial is another template, which is not at hand.' : 'Liquid has no decorators.';
