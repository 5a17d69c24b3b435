import { type Context, Drop, defaultOperators } from 'liquidjs';
import { boundedBy } from './tags.ts';

type Operators = typeof defaultOperators;
type Operator = (left: unknown, right: unknown, context: Context) => ReturnType<Operators[string]>;

const OPERATION = 25;
/** Comparing a text with every place of another, at worst. */
const SEARCH = 1 / 50;

/** The engine's operators; what they compare counts. */
export const countedOperators: Operators = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operator]) => [
    name,
    name === 'not' ? operator : counted(name, operator as Operator),
  ]),
);

/** By their size, or by what their text holds: lists and objects have neither. */
const OF_SCALARS = new Set(['<', '<=', '>', '>=']);

function counted(name: string, operator: Operator): Operator {
  const logical = name === 'and' || name === 'or';
  return (left, right, context) => {
    const { budget } = boundedBy(context);
    budget.spend(OPERATION);
    if (!logical && (isLarge(left) || isLarge(right))) {
      const read = { shallow: false, weight: 1 };
      budget.read(left, read);
      budget.read(right, read);
      if (OF_SCALARS.has(name) && (isData(left) || isData(right))) return false;
      if (name === 'contains') {
        if (isData(right) && !Array.isArray(left)) return false;
        searched(left, right, budget);
      }
    }
    return operator(left, right, context);
  };
}

/** The work of looking for one text in another, which may be the product of their lengths. */
export function searched(text: unknown, pattern: unknown, budget: { spend(units: number): void }): void {
  if (typeof text !== 'string' || typeof pattern !== 'string') return;
  budget.spend(text.length * Math.min(pattern.length, text.length) * SEARCH);
}

function isLarge(value: unknown): boolean {
  return typeof value === 'string' ? value.length > 20 : typeof value === 'object' && value !== null;
}

function isData(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Drop);
}
