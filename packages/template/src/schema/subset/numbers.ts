import type { JsonValue } from '../../json-value.ts';
import { decimal, isMultipleOf } from '../check/json-equality.ts';
import { numberOf, typesOf } from '../check/schema-document.ts';
import type { Atom } from './branches.ts';

const MAX_TRIED = 64;

/** Numbers to try; `all` where there is no other that the atoms allow. */
export interface Candidates {
  readonly values: readonly JsonValue[];
  readonly all: boolean;
}

/** Numbers among which is one that all atoms hold for, where there is one. */
export function numberCandidates(atoms: readonly Atom[]): Candidates {
  const range = new Range();
  const divisors: number[] = [];
  const indivisible: number[] = [];
  for (const { node, positive } of atoms) {
    const whole = typesOf(node)?.includes('integer') && !typesOf(node)?.includes('number');
    const divisor = numberOf(node, 'multipleOf');
    if (whole) (positive ? divisors : indivisible).push(1);
    if (divisor !== undefined) (positive ? divisors : indivisible).push(divisor);
    range.add(numberOf(node, 'minimum'), positive ? 'from' : 'below');
    range.add(numberOf(node, 'exclusiveMinimum'), positive ? 'above' : 'upTo');
    range.add(numberOf(node, 'maximum'), positive ? 'upTo' : 'above');
    range.add(numberOf(node, 'exclusiveMaximum'), positive ? 'below' : 'from');
  }
  if (range.isEmpty()) return { values: [], all: true };
  if (divisors.length === 0) return range.any();
  const step = leastCommonMultiple(divisors);
  if (step === undefined) return { values: [], all: false };
  if (indivisible.some((divisor) => isMultipleOf(step, divisor))) return { values: [], all: true };
  return range.multiples(step);
}

class Range {
  private least = Number.NEGATIVE_INFINITY;
  private most = Number.POSITIVE_INFINITY;
  private leastIn = true;
  private mostIn = true;

  add(bound: number | undefined, kind: 'from' | 'above' | 'upTo' | 'below'): void {
    if (bound === undefined) return;
    const included = kind === 'from' || kind === 'upTo';
    if (kind === 'from' || kind === 'above') {
      if (bound > this.least) [this.least, this.leastIn] = [bound, included];
      else if (bound === this.least) this.leastIn &&= included;
    } else if (bound < this.most) [this.most, this.mostIn] = [bound, included];
    else if (bound === this.most) this.mostIn &&= included;
  }

  isEmpty(): boolean {
    return this.least > this.most || (this.least === this.most && !(this.leastIn && this.mostIn));
  }

  any(): Candidates {
    const { least, most } = this;
    const from = Number.isFinite(least) ? least : Number.isFinite(most) ? most - 1000 : -500;
    const to = Number.isFinite(most) ? most : from + 1000;
    const within = [0, 1, 0.5, 0.123, 0.37, 0.618, 0.75, 0.9].map((part) => from + (to - from) * part);
    const near = [0, 1, 2, 0.5, 0.1, 0.123].flatMap((apart) => [apart, from + apart, to - apart]);
    const whole = [...near, ...within].map(Math.round);
    return { values: [...near, ...within, ...whole].filter((value) => this.has(value)), all: least === most };
  }

  multiples(step: number): Candidates {
    const first = Number.isFinite(this.least) ? Math.ceil(this.least / step) - 1 : undefined;
    const last = Number.isFinite(this.most) ? Math.floor(this.most / step) + 1 : undefined;
    const start = first ?? (last === undefined ? 0 : last - MAX_TRIED);
    const end = Math.min(last ?? start + MAX_TRIED, start + MAX_TRIED);
    const values: number[] = [];
    for (let times = start; times <= end && Number.isSafeInteger(times); times++) values.push(product(step, times));
    const all = first !== undefined && last !== undefined && last - first <= MAX_TRIED && Number.isSafeInteger(first);
    return { values: values.filter((value) => this.has(value)), all };
  }

  private has(value: number): boolean {
    const above = this.leastIn ? value >= this.least : value > this.least;
    return Number.isFinite(value) && above && (this.mostIn ? value <= this.most : value < this.most);
  }
}

function product(step: number, times: number): number {
  const [digits, power] = decimal(step);
  return Number(`${digits * BigInt(times)}e${power}`);
}

/** Undefined where no number says it exactly. */
function leastCommonMultiple(numbers: readonly number[]): number | undefined {
  const decimals = numbers.map(decimal);
  const power = Math.min(...decimals.map(([, own]) => own));
  const whole = decimals.map(([digits, own]) => digits * 10n ** BigInt(own - power));
  const common = whole.reduce((left, right) => (left / greatestCommonDivisor(left, right)) * right);
  return common > Number.MAX_SAFE_INTEGER ? undefined : Number(`${common}e${power}`);
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [larger, smaller] = [left, right];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
