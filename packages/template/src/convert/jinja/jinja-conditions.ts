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

/** Writes conditions; parts that would need parentheses are set to names before the tag. */
export class ConditionWriter {
  readonly #flavor: JinjaFlavor;
  readonly #isInLoop: boolean;
  readonly #takeName: () => string;
  /** What stands before the tag. */
  before = '';

  constructor(flavor: JinjaFlavor, isInLoop: boolean, takeName: () => string) {
    this.#flavor = flavor;
    this.#isInLoop = isInLoop;
    this.#takeName = takeName;
  }

  write(expression: Expression): string {
    return this.#condition(expression).liquid;
  }

  #condition(expression: Expression): Condition {
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
    throw new Refusal('This is no condition that Liquid has.', expression.position);
  }

  #truth(path: Expression): Condition {
    const liquid = this.#path(path);
    return isLoopFact(liquid) ? { liquid, joint: null } : { liquid: this.#flavor.isTruthy(liquid), joint: 'and' };
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
      return { liquid: this.#flavor.isFalsy(this.#path(of)), joint: 'or' };
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
