import {
  ALL,
  areSame,
  BLANK_TEXT,
  EMPTY,
  EMPTY_TEXT,
  FALSE,
  type Kinds,
  MISSING,
  NIL,
  NULL,
  TRUE,
  TRUE_IN_LIQUID,
} from '../from-liquid/values/value-kinds.ts';
import type { KnownPaths } from '../liquid/known-paths.ts';
import { Refusal } from '../refusal.ts';
import type { Expression } from './jinja-expression.ts';
import type { JinjaFlavor } from './jinja-flavor.ts';
import { isLoopFact, operandOf } from './jinja-values.ts';

/** Liquid for a condition. Liquid has no parentheses, and reads `and` and `or` from the right. */
interface Condition {
  readonly liquid: string;
  /** What joins its parts; null for one comparison. */
  readonly joint: 'and' | 'or' | null;
}

/** What is asked of the value at a path. */
interface Asked {
  readonly path: string;
  readonly kinds: Kinds;
}

const BLANK: Kinds = EMPTY | BLANK_TEXT | NIL | FALSE;

/** What Liquid can ask of a value, the shortest first. */
const QUESTIONS: readonly (readonly [kinds: Kinds, condition: string])[] = [
  [TRUE_IN_LIQUID, ''],
  [ALL & ~NIL, ' != nil'],
  [NIL, ' == nil'],
  [FALSE, ' == false'],
  [ALL & ~FALSE, ' != false'],
  [TRUE, ' == true'],
  [ALL & ~TRUE, ' != true'],
  [ALL & ~BLANK, ' != blank'],
  [BLANK, ' == blank'],
];

/** Null where Liquid has no such question. */
function conditionFor({ path, kinds }: Asked, possible: Kinds): string | null {
  const found = QUESTIONS.find(([asked]) => areSame(asked, kinds, possible));
  return found === undefined ? null : path + found[1];
}

/** Whether something is asked that only together with the rest has a counterpart. */
function asksMore(expression: Expression): boolean {
  switch (expression.kind) {
    case 'none':
    case 'same':
      return true;
    case 'filter':
      return expression.name === 'trim';
    case 'not':
      return asksMore(expression.of);
    case 'and':
    case 'or':
      return asksMore(expression.left) || asksMore(expression.right);
    default:
      return false;
  }
}

/** Writes conditions; parts that would need parentheses are set to names before the tag. */
export class ConditionWriter {
  readonly #flavor: JinjaFlavor;
  readonly #isInLoop: boolean;
  readonly #takeName: () => string;
  readonly #known: KnownPaths;
  /** What stands before the tag. */
  before = '';

  constructor(flavor: JinjaFlavor, isInLoop: boolean, known: KnownPaths, takeName: () => string) {
    this.#known = known;
    this.#flavor = flavor;
    this.#isInLoop = isInLoop;
    this.#takeName = takeName;
  }

  write(expression: Expression): string {
    return this.#condition(expression).liquid;
  }

  #condition(expression: Expression): Condition {
    const asked = asksMore(expression) ? this.#asked(expression) : null;
    const liquid = asked === null ? null : conditionFor(asked, this.#known.kindsOf(asked.path));
    if (liquid !== null) return { liquid, joint: null };
    switch (expression.kind) {
      case 'path':
        return this.#truth(expression);
      case 'boolean':
        return { liquid: String(expression.value), joint: null };
      case 'and':
      case 'or':
        return this.#joined(expression.kind, expression.left, expression.right);
      case 'not':
        return this.#negated(expression.of);
      case 'defined':
        return { liquid: `${this.#path(expression.of)} != nil`, joint: null };
      case 'comparison':
        return { liquid: this.#comparison(expression), joint: null };
      case 'filter':
        if (expression.name === 'length' && expression.args.length === 0) {
          return { liquid: `${this.#path(expression.of)}.size > 0`, joint: null };
        }
    }
    const what = expression.kind === 'none' ? 'The test "none" by itself' : 'This';
    throw new Refusal(`${what} is no condition that Liquid has.`, expression.position);
  }

  /** What is asked of one value, as the kinds for which it is true; null where it is more than that. */
  #asked(expression: Expression): Asked | null {
    switch (expression.kind) {
      case 'path':
        return { path: this.#path(expression), kinds: this.#flavor.truth };
      case 'defined':
        return { path: this.#path(expression.of), kinds: ALL & ~MISSING };
      case 'none':
        return { path: this.#path(expression.of), kinds: NULL };
      case 'same':
        return { path: this.#path(expression.of), kinds: expression.value ? TRUE : FALSE };
      case 'filter': {
        const isTrim = expression.name === 'trim' && expression.args.length === 0 && expression.of.kind === 'path';
        return isTrim ? { path: this.#path(expression.of), kinds: ALL & ~(MISSING | EMPTY_TEXT | BLANK_TEXT) } : null;
      }
      case 'not': {
        const asked = this.#asked(expression.of);
        return asked === null ? null : { ...asked, kinds: ALL & ~asked.kinds };
      }
      case 'and':
      case 'or': {
        const [left, right] = [this.#asked(expression.left), this.#asked(expression.right)];
        if (left === null || right === null || left.path !== right.path) return null;
        const kinds = expression.kind === 'and' ? left.kinds & right.kinds : left.kinds | right.kinds;
        return { path: left.path, kinds };
      }
      default:
        return null;
    }
  }

  #truth(path: Expression): Condition {
    const liquid = this.#path(path);
    if (isLoopFact(liquid)) return { liquid, joint: null };
    const truth = this.#flavor.isTruthy(liquid, this.#known.kindsOf(liquid));
    return { liquid: truth, joint: truth === liquid ? null : 'and' };
  }

  #joined(joint: 'and' | 'or', left: Expression, right: Expression): Condition {
    const parts = [left, right].map((part) => {
      const condition = this.#condition(part);
      return condition.joint === null || condition.joint === joint ? condition.liquid : this.#named(condition);
    });
    return { liquid: parts.join(` ${joint} `), joint };
  }

  #negated(of: Expression): Condition {
    if (of.kind === 'defined') return { liquid: `${this.#path(of.of)} == nil`, joint: null };
    if (of.kind === 'path' && !isLoopFact(this.#path(of)))
      return { liquid: this.#flavor.isFalsy(this.#path(of), this.#known.kindsOf(this.#path(of))), joint: 'or' };
    return { liquid: `${this.#named(this.#condition(of))} == false`, joint: null };
  }

  #named({ liquid }: Condition): string {
    const name = this.#takeName();
    this.before += `{% assign ${name} = ${liquid} %}`;
    return name;
  }

  #comparison({ operator, left, right }: Expression & { readonly kind: 'comparison' }): string {
    if (operator === 'in') return `${this.#path(right)} contains ${operandOf(left, this.#isInLoop, this.#flavor)}`;
    if (left.kind === 'filter') return this.#lengthComparison(left, operator, right);
    const sides = [left, right].map((side) => operandOf(side, this.#isInLoop, this.#flavor));
    return sides.join(` ${operator} `);
  }

  /** Only whether there is anything: Python counts characters, and a missing value has no size in Liquid. */
  #lengthComparison(left: Expression & { readonly kind: 'filter' }, operator: string, right: Expression): string {
    const isFilled = right.kind === 'number' && [`> 0`, `!= 0`, `>= 1`].includes(`${operator} ${right.text}`);
    if (left.name !== 'length' || !isFilled) {
      throw new Refusal(
        'Liquid compares names and literals; of a length only whether it is more than 0.',
        left.position,
      );
    }
    return `${this.#path(left.of)}.size > 0`;
  }

  #path(expression: Expression): string {
    if (expression.kind !== 'path') throw new Refusal('Only a name can stand here.', expression.position);
    return operandOf(expression, this.#isInLoop, this.#flavor);
  }
}
