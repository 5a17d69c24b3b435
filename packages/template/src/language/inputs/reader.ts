import { type FilterInput, type FilterRule, filterRules } from '../engine/filters.ts';
import { loopNames } from '../syntax/read-value.ts';
import type { Expression, FilterCall, Operand, Operation, Path, Step, Value } from '../syntax/syntax.ts';
import type { Reference, Scope } from './scope.ts';
import type { Shape, Use } from './shape.ts';

/** What a condition says of the shapes in it. */
export interface Facts {
  readonly whenTrue: readonly Shape[];
  readonly whenFalse: readonly Shape[];
}

const NOTHING: Facts = { whenTrue: [], whenFalse: [] };

/** Filters that ask of an element's property only whether it is true, when they have no second argument. */
const ASKING = new Set(['where', 'reject', 'find', 'has', 'find_index']);

/** Follows values back to the inputs that they come from, and notes what they must be. */
export class InputReader {
  readonly #root: Shape;

  constructor(root: Shape) {
    this.#root = root;
  }

  /** A value as it goes on. Is read as far as its filters read it. */
  value({ expression, filters }: Value, scope: Scope): Reference {
    const isOptional = filters.some(({ name }) => name === 'default');
    let reference = this.#expression(expression, scope, isOptional);
    if (isOptional) reference = { ...reference, isOptional };
    for (const filter of filters) reference = this.#filter(filter, reference, scope);
    return reference;
  }

  /** What holds where a condition is true, and where it is false. */
  condition({ expression, filters }: Value, scope: Scope): Facts {
    if (filters.length === 0) return this.#facts(expression, scope);
    this.touch(this.value({ expression, filters }, scope), scope);
    return NOTHING;
  }

  /**
   * A value that decides, and what is there where it is known to be.
   * @param isCaught whether one of the answers is that there is none
   */
  asked(value: Value, scope: Scope, isCaught: boolean): { asked: Reference; facts: readonly Shape[] } {
    if (!isCaught || value.filters.length > 0) return { asked: this.value(value, scope), facts: [] };
    const asked = this.#expression(value.expression, scope, true);
    return { asked, facts: known(asked) };
  }

  /** @param isOptional whether nothing is missed where the value is not there */
  operand(operand: Operand, scope: Scope, isOptional = false): Reference {
    if (operand.kind === 'path') return this.#path(operand, scope, isOptional);
    if (operand.kind === 'range') {
      this.use(this.operand(operand.from, scope), 'integer', scope);
      this.use(this.operand(operand.to, scope), 'integer', scope);
    }
    return {};
  }

  /** Reads a value: it must be there, unless something makes sure or takes its place. */
  touch({ shape, isOptional, alternative }: Reference, scope: Scope): void {
    if (alternative !== undefined) this.touch(alternative, scope);
    if (shape !== undefined && isOptional !== true && !scope.isKnown(shape)) shape.isNeeded = true;
  }

  use(reference: Reference, use: Use, scope: Scope): void {
    this.touch(reference, scope);
    for (let next: Reference | undefined = reference; next !== undefined; next = next.alternative) {
      next.shape?.uses.add(use);
      // The elements of a list are written in a row.
      if (use === 'text') next.element?.uses.add(use);
    }
  }

  /** Reads a value with all that lies in it. */
  whole(reference: Reference, scope: Scope): void {
    this.touch(reference, scope);
    for (let next: Reference | undefined = reference; next !== undefined; next = next.alternative) {
      if (next.shape !== undefined) next.shape.isWhole = true;
    }
  }

  elementOf({ shape, element, alternative }: Reference): Reference {
    const found = element ?? shape?.element(shape.at);
    return {
      ...(found && { shape: found }),
      ...(alternative && { alternative: this.elementOf(alternative) }),
    };
  }

  #expression(expression: Expression, scope: Scope, isOptional: boolean): Reference {
    if (expression.kind !== 'operation') return this.operand(expression, scope, isOptional);
    this.#facts(expression, scope);
    return {};
  }

  #path({ root, steps, at }: Path, scope: Scope, isOptional: boolean): Reference {
    let reference = typeof root === 'string' ? this.#name(root, scope, at) : this.operand(root, scope);
    if (isOptional) reference = { ...reference, isOptional };
    for (const step of steps) {
      this.touch(reference, scope);
      const next = this.#step(reference, step, at, scope);
      reference = isOptional ? { ...next, isOptional } : next;
    }
    return reference;
  }

  #name(name: string, scope: Scope, at: number): Reference {
    if (loopNames.has(name)) return {};
    const known = scope.find(name);
    if (known !== undefined && !known.isMaybe) return known.reference;
    const shape = this.#root.member(name, at);
    if (known !== undefined) return { shape, isOptional: true };
    shape.isSeen = true;
    return { shape };
  }

  /** A step into a value, and into what `default` puts in its place. */
  #step(reference: Reference, step: Step, at: number, scope: Scope): Reference {
    const next = this.#stepInto(reference, step, at, scope);
    if (reference.alternative === undefined) return next;
    return { ...next, alternative: this.#step(reference.alternative, step, at, scope) };
  }

  #stepInto({ shape, element, isOneOfMany }: Reference, step: Step, at: number, scope: Scope): Reference {
    const many = isOneOfMany === true ? { isOneOfMany } : {};
    if (typeof step === 'object') {
      this.use(this.operand(step, scope), 'text', scope);
      shape?.uses.add('indexed');
      if (shape !== undefined) shape.isWhole = true;
      return {};
    }
    if (shape === undefined)
      return element !== undefined && step !== 'size' ? { shape: element, isOneOfMany: true } : {};
    if (typeof step === 'number' || /^\d+$/.test(step)) {
      shape.uses.add('list');
      return { shape: shape.element(at), isOneOfMany: true };
    }
    if (step === 'first' || step === 'last') return { shape: shape.end(step, at), isOneOfMany: true };
    const member = shape.member(step, at);
    member.isSeen = true;
    return step === 'size' || step === 'length' ? {} : { shape: member, ...many };
  }

  #facts(expression: Expression, scope: Scope): Facts {
    if (expression.kind !== 'operation') {
      const reference = this.operand(expression, scope, true);
      return { whenTrue: known(reference), whenFalse: [] };
    }
    const [left, right] = expression.operands;
    if (left === undefined) return NOTHING;
    if (right === undefined) {
      const { whenTrue, whenFalse } = this.#facts(left, scope);
      return { whenTrue: whenFalse, whenFalse: whenTrue };
    }
    if (expression.operator !== 'and' && expression.operator !== 'or') return this.#comparison(expression, scope);
    const first = this.#facts(left, scope);
    if (expression.operator === 'and') {
      const second = this.#factsWith(first.whenTrue, right, scope);
      return { whenTrue: [...first.whenTrue, ...second.whenTrue], whenFalse: [] };
    }
    const second = this.#factsWith(first.whenFalse, right, scope);
    const those = new Set(second.whenTrue);
    const inBoth = first.whenTrue.filter((shape) => those.has(shape));
    return { whenTrue: inBoth, whenFalse: [...first.whenFalse, ...second.whenFalse] };
  }

  #factsWith(facts: readonly Shape[], expression: Expression, scope: Scope): Facts {
    scope.learn(facts);
    const found = this.#facts(expression, scope);
    scope.forget(facts);
    return found;
  }

  #comparison({ operator, operands }: Operation, scope: Scope): Facts {
    const [left, right] = operands as [Expression, Expression];
    const isAbsence = isWord(left, 'nil', 'blank') || isWord(right, 'nil', 'blank');
    const references = [left, right].map((side) => this.#expression(side, scope, isAbsence));
    if (isAbsence) {
      const shapes = references.flatMap(known);
      if (operator === '==') return { whenTrue: [], whenFalse: shapes };
      return { whenTrue: operator === '!=' ? shapes : [], whenFalse: [] };
    }
    for (const [index, reference] of references.entries()) {
      const other = index === 0 ? right : left;
      if (operator === 'contains' && index === 0) this.use(reference, 'measured', scope);
      else if (other.kind === 'number' && operator !== '==' && operator !== '!=') this.use(reference, 'number', scope);
      else if (isNothing(other)) this.touch(reference, scope);
      else if (other.kind === 'number' || other.kind === 'string' || isWord(other, 'true', 'false'))
        this.use(reference, 'text', scope);
      else this.touch(reference, scope);
    }
    return NOTHING;
  }

  #filter({ name, args, at }: FilterCall, reference: Reference, scope: Scope): Reference {
    const rule = filterRules.get(name);
    if (rule === undefined) return {};
    const [property] = rule.property ? args : [];
    const others = property === undefined ? args : args.slice(1);
    const given = others.map(({ value }) => (value === undefined ? {} : this.operand(value, scope)));
    for (const [index, argument] of given.entries()) {
      const takes = rule.takes?.[Math.min(index, rule.takes.length - 1)] ?? 'any';
      if (name !== 'default') this.#input(argument, takes, scope);
    }
    if (name === 'default') return withDefault(reference, given[0]);
    this.#input(reference, rule.input, scope);
    if (name === 'join' || name === 'array_to_sentence_string') this.use(this.elementOf(reference), 'text', scope);
    const path = property?.value?.kind === 'string' ? property.value.text.split('.') : [];
    const isAsked = ASKING.has(name) && args.length === 1;
    const inElement = this.#property(this.elementOf(reference), path, at, scope, isAsked);
    if (name === 'sum') this.use(inElement, 'number', scope);
    return this.#output(rule, reference, inElement);
  }

  #property(element: Reference, path: readonly string[], at: number, scope: Scope, isAsked: boolean): Reference {
    let reference = element;
    for (const step of path) {
      if (!isAsked) this.touch(reference, scope);
      reference = this.#step(reference, step, at, scope);
    }
    if (path.length > 0 && !isAsked) this.touch(reference, scope);
    return reference;
  }

  #output({ output }: FilterRule, reference: Reference, property: Reference): Reference {
    const { isOptional } = reference;
    switch (output) {
      case 'same': {
        const { shape } = this.elementOf(reference);
        const isList = reference.element !== undefined || reference.shape?.uses.has('list');
        return isList && shape !== undefined ? { element: shape, ...(isOptional ? { isOptional } : {}) } : reference;
      }
      case 'element':
        return { ...this.elementOf(reference), isOneOfMany: true };
      case 'property':
        return listOf(property);
      case 'new':
        return {};
    }
  }

  #input(reference: Reference, input: FilterInput, scope: Scope): void {
    if (input === 'any') this.whole(reference, scope);
    else this.use(reference, input, scope);
  }
}

/** A value that may be missing, with what then takes its place, behind what took it already. */
const withDefault = (reference: Reference, instead: Reference | undefined): Reference => {
  const alternative = reference.alternative === undefined ? instead : withDefault(reference.alternative, instead);
  return { ...reference, isOptional: true, ...(alternative && { alternative }) };
};

const listOf = ({ shape, alternative }: Reference): Reference => ({
  ...(shape && { element: shape }),
  ...(alternative && { alternative: listOf(alternative) }),
});

/** Comparing with it asks whether there is anything, which any value may be asked. */
const isNothing = (expression: Expression): boolean =>
  (expression.kind === 'string' && expression.text === '') ||
  (expression.kind === 'number' && Number(expression.digits) === 0);

/** What is there where a value is true: the value, and all that it lies in. */
function known({ shape, isOneOfMany }: Reference): Shape[] {
  const shapes: Shape[] = [];
  if (isOneOfMany === true) return shapes;
  for (let next = shape; next !== undefined; next = next.parent) shapes.push(next);
  return shapes;
}

/** Whether an expression is one of the language's words. */
export function isWord(expression: Expression, ...words: readonly string[]): boolean {
  return expression.kind === 'word' && words.includes(expression.word);
}
