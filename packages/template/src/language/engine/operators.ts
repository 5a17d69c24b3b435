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

function counted(name: string, operator: Operator): Operator {
  const logical = name === 'and' || name === 'or';
  return (left, right, context) => {
    const { budget } = boundedBy(context);
    budget.spend(OPERATION);
    if (logical || (!isLarge(left) && !isLarge(right))) return operator(left, right, context);
    const read = { shallow: false, weight: 1 };
    budget.read(left, read);
    budget.read(right, read);
    if (name === 'contains') searched(left, right, budget);
    return isData(left) || isData(right) ? orFalse(operator(left, right, context)) : operator(left, right, context);
  };
}

/** An object with a property `toString` has no text to compare, and the engine would fail. */
function* orFalse(steps: unknown): Generator<unknown, boolean, unknown> {
  try {
    return (yield steps) === true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
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
