import {
  type Expression as EngineExpression,
  type Value as EngineValue,
  Expression,
  type FilteredValueToken,
  type Token,
  TokenKind,
  TypeGuards,
} from 'liquidjs';
import { RANGE_END } from '../engine/counted-filters.ts';
import { filterRules, PROPERTY_PATH, refusedFilters } from '../engine/filters.ts';
import { loopMembers } from '../engine/render-context.ts';
import { templateLimits } from '../limits.ts';
import { faultAt, type TemplateErrorCode } from '../template-error.ts';
import type { Argument, Expression as ExpressionTree, FilterCall, Operand, Step, Value } from './syntax.ts';

/** Names that only a loop gives a meaning. */
export const loopNames: ReadonlySet<string> = new Set(['forloop', 'tablerowloop']);

type FilterToken = FilteredValueToken['filters'][number];

/**
 * Reads the engine's expressions of one source. Refuses what the engine lets pass, guards the ends of ranges, and counts
 * what it reads.
 */
export class ValueReader {
  /** Operands, steps, filters and arguments read so far. */
  size = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  value(value: EngineValue): Value {
    const expression = this.expression(value.initial);
    // The token that a filter was read from is private, and the only one that knows its place.
    const filters = value.filters.map((filter) => this.#filter((filter as unknown as { token: FilterToken }).token));
    return { expression, filters };
  }

  /** A value that the engine has read, but not prepared: an alternative of `cycle`. */
  token(token: FilteredValueToken): Value {
    return { expression: this.expression(token.initial), filters: token.filters.map((filter) => this.#filter(filter)) };
  }

  /** The engine's postfix list as a tree. */
  expression({ postfix }: EngineExpression): ExpressionTree {
    if (postfix.length > templateLimits.operations) {
      throw faultAt(
        this.#source,
        postfix[0]?.begin ?? 0,
        'limit',
        `an expression has more than ${templateLimits.operations} operators and operands`,
      );
    }
    const stack: ExpressionTree[] = [];
    for (const token of postfix) {
      if (token.kind !== TokenKind.Operator) {
        stack.push(this.operand(token));
        continue;
      }
      const operator = token.getText();
      const operands = stack.splice(-(operator === 'not' ? 1 : 2));
      this.#count(token);
      if (operands.length < (operator === 'not' ? 1 : 2)) {
        throw this.#fault(
          token,
          'syntax',
          `\`${operator}\` needs a value on ${operator === 'not' ? 'its right' : 'both sides'}`,
        );
      }
      stack.push({ kind: 'operation', operator, operands });
    }
    const [expression, ...others] = stack;
    if (expression === undefined || others.length > 0) {
      const last = postfix.at(-1);
      const text = (this.#source.slice(postfix[0]?.begin ?? 0, last?.end ?? 0) || '').slice(0, 80);
      throw faultAt(
        this.#source,
        last?.begin ?? 0,
        'syntax',
        `two values stand side by side in \`${text}\`: a name has no spaces, and a filter begins with \`|\``,
      );
    }
    return expression;
  }

  operand(token: Token): Operand {
    this.#count(token);
    if (TypeGuards.isQuotedToken(token)) return { kind: 'string', text: token.content };
    if (TypeGuards.isNumberToken(token)) {
      if (!(Math.abs(token.content) <= Number.MAX_SAFE_INTEGER))
        throw this.#fault(token, 'limit', 'the number is too large');
      return { kind: 'number', digits: token.getText() };
    }
    if (TypeGuards.isLiteralToken(token))
      return { kind: 'word', word: token.literal === 'null' ? 'nil' : token.literal };
    if (TypeGuards.isRangeToken(token)) {
      const range: Operand = { kind: 'range', from: this.operand(token.lhs), to: this.operand(token.rhs) };
      token.lhs = bounded(token.lhs);
      token.rhs = bounded(token.rhs);
      return range;
    }
    if (TypeGuards.isPropertyAccessToken(token)) return this.#path(token);
    throw this.#fault(token, 'syntax', `\`${token.getText().slice(0, 40)}\` cannot stand here`);
  }

  #path(token: Token & { variable: Token | undefined; props: readonly Token[] }): Operand {
    const props = token.variable === undefined ? token.props.slice(1) : token.props;
    const first = token.props[0];
    let root: string | Operand;
    if (token.variable !== undefined) {
      root = this.operand(token.variable);
      if (root.kind === 'word' || root.kind === 'number')
        throw this.#fault(token, 'syntax', 'a literal has no properties');
    } else if (TypeGuards.isWordToken(first) || TypeGuards.isQuotedToken(first)) root = first.content;
    else throw this.#fault(token, 'dynamic_name', 'the name of an input is written in the template, not computed');
    if (props.length > templateLimits.depth) {
      throw this.#fault(token, 'limit', `a path has more than ${templateLimits.depth} steps`);
    }
    const steps = props.map((prop) => this.#step(prop));
    if (typeof root === 'string' && loopNames.has(root)) {
      const [member, ...more] = steps;
      if (typeof member !== 'string' || more.length > 0 || !loopMembers.has(member)) {
        throw this.#fault(
          token,
          'syntax',
          `of \`${root}\` there are ${[...loopMembers].map((name) => `\`${root}.${name}\``).join(', ')}`,
        );
      }
    }
    return { kind: 'path', root, steps, at: token.begin };
  }

  #step(token: Token): Step {
    this.#count(token);
    if (TypeGuards.isWordToken(token) || TypeGuards.isQuotedToken(token)) {
      if (token.getText() === '') throw this.#fault(token, 'syntax', 'the brackets are empty');
      return token.content;
    }
    if (TypeGuards.isNumberToken(token)) return token.content;
    return this.operand(token);
  }

  #filter(token: FilterToken): FilterCall {
    this.#count(token);
    const rule = filterRules.get(token.name);
    const refused = refusedFilters.get(token.name);
    if (refused !== undefined)
      throw this.#fault(token, 'unknown_filter', `the filter \`${token.name}\` is refused: ${refused}`);
    if (rule === undefined) {
      throw this.#fault(token, 'unknown_filter', `there is no filter \`${token.name}\`${similar(token.name)}`);
    }
    const args = token.args.map((argument) => this.#argument(argument as Token | [string, Token | undefined]));
    const [least, most] = rule.args;
    if (args.length < least || args.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      const what = most === 1 ? 'argument' : 'arguments';
      throw this.#fault(token, 'syntax', `the filter \`${token.name}\` takes ${wanted} ${what}, not ${args.length}`);
    }
    const property = args[0]?.value;
    if (rule.property && property !== undefined && !(property.kind === 'string' && PROPERTY_PATH.test(property.text))) {
      throw this.#fault(
        token,
        'dynamic_name',
        `the property that \`${token.name}\` reads is written in the template: 'name', or 'author.name'`,
      );
    }
    return { name: token.name, args, at: token.begin };
  }

  #argument(argument: Token | [string, Token | undefined]): Argument {
    if (!Array.isArray(argument)) return { name: undefined, value: this.operand(argument) };
    const [name, value] = argument;
    return { name, value: value === undefined ? undefined : this.operand(value) };
  }

  /** Names and values of a tag, such as `limit: 3`. */
  settings(hash: Record<string, Token | undefined>): Argument[] {
    return Object.entries(hash).map(([name, value]) => this.#argument([name, value]));
  }

  #count(token: Token): void {
    if (++this.size > templateLimits.expressionSize) {
      throw this.#fault(token, 'limit', `an expression has more than ${templateLimits.expressionSize} parts`);
    }
  }

  #fault(token: Token, code: TemplateErrorCode, message: string): Error {
    return faultAt(this.#source, token.begin, code, message);
  }
}

/** The end of a range that a value says, kept within what can be counted. */
function bounded<T extends Token>(token: T): T {
  if (TypeGuards.isNumberToken(token)) return token;
  const { input, begin, end } = token;
  const filters = [{ name: RANGE_END, args: [], kind: TokenKind.Filter, input, begin, end }];
  return {
    kind: TokenKind.FilteredValue,
    initial: new Expression([token]),
    filters,
    input,
    begin,
    end,
    getText: () => token.getText(),
  } as unknown as T;
}

function similar(name: string): string {
  const start = name.slice(0, 3);
  const others = [...filterRules.keys()].filter((other) => other.startsWith(start));
  return others.length === 0 ? '' : `; did you mean ${others.map((other) => `\`${other}\``).join(' or ')}?`;
}
