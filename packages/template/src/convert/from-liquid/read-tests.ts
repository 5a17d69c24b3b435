import type { Expression, Operand as LiquidOperand } from '../../language/syntax/syntax.ts';
import { keyOf, type Literal, type Operand, type Reference, type Test } from './parts.ts';
import {
  ALL,
  BLANK_TEXT,
  EMPTY,
  EMPTY_LIST,
  FALSE,
  isWithin,
  type Kinds,
  kindOf,
  LIST,
  NIL,
  NULL,
  OBJECT,
  TEXT,
  TRUE,
  TRUE_IN_LIQUID,
} from './values/value-kinds.ts';

/** Of an operand: a path, a literal, or null where it is neither. */
export type ReadOperand = (operand: LiquidOperand) => Operand | null;

/** Thrown where a condition says more than tests do. */
export class NoTest extends Error {}

const FILLED: Kinds = TEXT | BLANK_TEXT | LIST | OBJECT;

/** What is asked of the size of a value: whether there is anything in it. LiquidJS takes null for less than 1. */
const SIZES: ReadonlyMap<string, Kinds> = new Map([
  ['> 0', FILLED],
  ['>= 1', FILLED],
  ['== 0', EMPTY],
  ['!= 0', ALL & ~EMPTY],
  ['< 1', EMPTY | NULL],
  ['<= 0', EMPTY | NULL],
]);

const WORDS: ReadonlyMap<string, Kinds> = new Map([
  ['nil', NIL],
  ['true', TRUE],
  ['false', FALSE],
  ['empty', EMPTY],
  ['blank', EMPTY | BLANK_TEXT | NIL | FALSE],
]);

const FLIPPED: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

/** A condition of Liquid as a test. @throws NoTest with what it has that no test has */
export class TestReader {
  readonly #read: ReadOperand;

  constructor(read: ReadOperand) {
    this.#read = read;
  }

  test(expression: Expression, at: number): Test {
    if (expression.kind !== 'operation') return this.#truth(expression, at);
    const { operator, operands } = expression;
    const [left, right] = operands;
    if (left === undefined) throw new NoTest('this condition');
    if (operator === 'not') return negated(this.test(left, at));
    if (right === undefined) throw new NoTest('this condition');
    if (operator === 'and' || operator === 'or') {
      return joined(operator, [this.test(left, at), this.test(right, at)], at);
    }
    if (left.kind === 'operation' || right.kind === 'operation') throw new NoTest('this comparison');
    return this.#comparison(operator, left, right, at);
  }

  #truth(operand: LiquidOperand, at: number): Test {
    if (operand.kind === 'word' && (operand.word === 'empty' || operand.word === 'blank')) {
      throw new NoTest(`the word "${operand.word}" alone`);
    }
    if (operand.kind === 'word') return { kind: 'constant', value: operand.word === 'true', at };
    const read = this.#read(operand);
    if (read === null) throw new NoTest('this value');
    return read.kind === 'literal' ? { kind: 'constant', value: true, at } : is(read, TRUE_IN_LIQUID, at);
  }

  #comparison(operator: string, left: LiquidOperand, right: LiquidOperand, at: number): Test {
    if (operator === 'contains') return this.#has(left, right, at);
    const path = left.kind === 'path' ? left : right;
    const other = path === left ? right : left;
    const turned = path === left ? operator : (FLIPPED[operator] ?? operator);
    if (path.kind !== 'path') throw new NoTest('a comparison of two literals');
    const size = this.#sizeTest(path, turned, other, at);
    if (size !== null) return size;
    const of = this.#read(path);
    if (of === null || of.kind !== 'path') throw new NoTest('this value');
    if (turned === '==') return this.#equality(of, other, at);
    if (turned === '!=') return negated(this.#equality(of, other, at));
    const literal = this.#read(other);
    if (literal?.kind !== 'literal' || typeof literal.value !== 'number') {
      throw new NoTest(`"${operator}" with anything but a number`);
    }
    return { kind: 'order', operator: turned, left: of, right: literal, at };
  }

  #equality(of: Reference, other: LiquidOperand, at: number): Test {
    if (other.kind === 'word') {
      const kinds = WORDS.get(other.word);
      if (kinds === undefined) throw new NoTest(`the word "${other.word}"`);
      return is(of, kinds, at);
    }
    if (other.kind === 'range') {
      const [from, to] = [other.from, other.to].map((end) => (end.kind === 'number' ? Number(end.digits) : null));
      if (from === null || to === null || (from ?? 0) <= (to ?? 0)) throw new NoTest('a comparison with a range');
      return is(of, EMPTY_LIST, at);
    }
    const right = this.#read(other);
    if (right === null) throw new NoTest('this value');
    if (right.kind === 'literal' && (right.value === '' || right.value === 0)) return is(of, kindOf(right.value), at);
    return { kind: 'equals', left: of, right, at };
  }

  #sizeTest(path: LiquidOperand & { kind: 'path' }, operator: string, other: LiquidOperand, at: number): Test | null {
    if (path.steps.at(-1) !== 'size' || other.kind !== 'number') return null;
    const kinds = SIZES.get(`${operator} ${other.digits}`);
    const of = this.#read({ ...path, steps: path.steps.slice(0, -1) });
    if (kinds === undefined || of?.kind !== 'path') throw new NoTest('how many there are');
    return is(of, kinds, at);
  }

  #has(left: LiquidOperand, right: LiquidOperand, at: number): Test {
    const [of, item] = [this.#read(left), this.#read(right)];
    if (of?.kind !== 'path' || item?.kind !== 'literal') throw new NoTest('"contains" of anything but a literal');
    return { kind: 'has', left: of, right: item as Literal, at };
  }
}

const is = (of: Reference, kinds: Kinds, at: number): Test => ({ kind: 'is', of, kinds, at });

export function negated(test: Test): Test {
  if (test.kind === 'is') return { ...test, kinds: ALL & ~test.kinds };
  if (test.kind === 'not') return test.of;
  if (test.kind === 'constant') return { ...test, value: !test.value };
  return { kind: 'not', of: test, at: test.at };
}

/** Tests of one value are one. */
export function joined(kind: 'and' | 'or', tests: readonly Test[], at: number): Test {
  const flat = tests.flatMap((test) => (test.kind === kind ? test.tests : [test]));
  const merged: Test[] = [];
  for (const test of flat) {
    const index =
      test.kind === 'is' ? merged.findIndex((one) => one.kind === 'is' && keyOf(one.of) === keyOf(test.of)) : -1;
    const same = merged[index];
    if (test.kind !== 'is' || same?.kind !== 'is') merged.push(test);
    else merged[index] = { ...same, kinds: kind === 'and' ? same.kinds & test.kinds : same.kinds | test.kinds };
  }
  const [only, another] = merged;
  return only !== undefined && another === undefined ? only : { kind, tests: merged, at };
}

/** What a test answers for every value that the inputs allow; null where that depends on the values. */
export function knownAnswer(test: Test): boolean | null {
  switch (test.kind) {
    case 'constant':
      return test.value;
    case 'is':
      if ((test.kinds & test.of.kinds) === 0) return false;
      return isWithin(test.of.kinds, test.kinds) ? true : null;
    case 'not': {
      const answer = knownAnswer(test.of);
      return answer === null ? null : !answer;
    }
    case 'and':
    case 'or': {
      const deciding = test.kind === 'or';
      const answers = test.tests.map(knownAnswer);
      if (answers.includes(deciding)) return deciding;
      return answers.includes(null) ? null : !deciding;
    }
    default:
      return null;
  }
}
