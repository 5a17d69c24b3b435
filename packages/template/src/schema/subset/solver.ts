import type { JsonValue } from '../../json-value.ts';
import { JSON_TYPES, type JsonType, type SchemaObject } from '../check/schema-document.ts';
import { TooMuchWork } from '../check/validity.ts';
import { type Atom, branchesOf } from './branches.ts';
import { listWitness } from './lists.ts';
import { holds, type Literal, type Outcome, SchemaNames, type Search } from './literal.ts';
import { numberCandidates } from './numbers.ts';
import { objectWitness } from './objects.ts';
import { textCandidates } from './texts.ts';

const MAX_STEPS = 20_000;
const MAX_DEPTH = 24;

/**
 * Looks for a value that satisfies some schemas and does not satisfy others, which decides whether one schema takes all
 * that another takes: it does where `old and not new` has no value. The method is that of witness generation for JSON
 * Schema (Attouche, Baazizi, Colazzo and others, 2022): for each type the ways in which the schemas can hold are tried, and
 * lists and objects are built from what their parts allow.
 *
 * What keywords are left out on the way leaves more values than there are, so `none` is proved. A value is answered only
 * where the validator says so; what is neither is `unsure`. A schema that refers to itself has a value only if it has one
 * that does not need itself, so a question within itself is answered by `none`, and what follows from that is not kept.
 */
export class Solver implements Search {
  private readonly names = new SchemaNames();
  private readonly known = new Map<string, Outcome>();
  private readonly open = new Map<string, number>();
  /** The outermost open question on which what is being answered depends. */
  private reached = Number.POSITIVE_INFINITY;
  private steps = 0;

  /** A value for which all literals hold. */
  find(literals: readonly Literal[], types: readonly JsonType[] = JSON_TYPES): Outcome {
    try {
      return this.solve(literals, types);
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error;
      this.open.clear();
      return 'unsure';
    }
  }

  /** The same, within a value that is being built. */
  solve(literals: readonly Literal[], types: readonly JsonType[] = JSON_TYPES): Outcome {
    const key = this.keyOf(literals, types);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const within = this.open.get(key);
    if (within !== undefined) {
      this.reached = Math.min(this.reached, within);
      return 'none';
    }
    const depth = this.open.size;
    if (depth > MAX_DEPTH) return 'unsure';
    const outer = this.reached;
    this.reached = Number.POSITIVE_INFINITY;
    this.open.set(key, depth);
    const outcome = firstValue(types, (type) => this.ofType(literals, type));
    this.open.delete(key);
    if (outcome !== 'none' || this.reached >= depth) this.known.set(key, outcome);
    this.reached = Math.min(outer, this.reached < depth ? this.reached : Number.POSITIVE_INFINITY);
    return outcome;
  }

  /** Counts a step. */
  spend(): void {
    if (++this.steps > MAX_STEPS) throw new TooMuchWork();
  }

  private keyOf(literals: readonly Literal[], types: readonly JsonType[]): string {
    const names = new Set(literals.map((literal) => `${literal.positive ? '+' : '-'}${this.names.of(literal)}`));
    return `${types.join()} ${[...names].sort().join('\n')}`;
  }

  private ofType(literals: readonly Literal[], type: JsonType): Outcome {
    if (type === 'null') return firstHolding(literals, [null]);
    if (type === 'boolean') return firstHolding(literals, [true, false]);
    return this.expand(literals, literals, [], new Map(), type);
  }

  /** Takes the literals apart one by one; `seen` has the signs of those that were. */
  private expand(
    asked: readonly Literal[],
    pending: readonly Literal[],
    atoms: readonly Atom[],
    seen: ReadonlyMap<string, Literal>,
    type: JsonType,
  ): Outcome {
    this.spend();
    const [literal, ...rest] = pending;
    if (literal === undefined) return this.ofAtoms(asked, atoms, type);
    const name = this.names.of(literal);
    const sign = seen.get(name)?.positive;
    if (sign !== undefined && sign !== literal.positive) return 'none';
    if (sign !== undefined || this.isIdle(literal, rest, atoms, type))
      return this.expand(asked, rest, atoms, seen, type);
    const now = new Map(seen).set(name, literal);
    return firstValue(branchesOf(literal, type), (branch) => {
      if (branch.values !== undefined) return firstHolding(asked, branch.values);
      // What holds comes first: it leaves little to try for what does not.
      const next = [...branch.literals, ...rest].sort((left, right) => Number(right.positive) - Number(left.positive));
      return this.expand(asked, next, [...atoms, ...branch.atoms], now, type);
    });
  }

  /** Whether what must not hold cannot hold anyway, as most choices of a union cannot: each that is left multiplies the work. */
  private isIdle(literal: Literal, rest: readonly Literal[], atoms: readonly Atom[], type: JsonType): boolean {
    if (literal.positive || rest.length === 0 || typeof literal.node === 'boolean') return false;
    const plain = atoms
      .filter(({ positive }) => positive)
      .map((atom) => ({ ...atom, node: withoutChoices(atom.node) }));
    return plain.length > 0 && this.solve([...plain, { ...literal, positive: true }], [type]) === 'none';
  }

  private ofAtoms(asked: readonly Literal[], atoms: readonly Atom[], type: JsonType): Outcome {
    const { values, all } = this.candidates(atoms, type);
    const found = firstHolding(asked, values);
    return found === 'none' && !all ? 'unsure' : found;
  }

  private candidates(atoms: readonly Atom[], type: JsonType): { values: readonly JsonValue[]; all: boolean } {
    if (type === 'number') return numberCandidates(atoms);
    if (type === 'string') return textCandidates(atoms);
    return type === 'array' ? listWitness(this, atoms) : objectWitness(this, atoms);
  }
}

/** The first value that one of several questions has; `unsure` where none has and one could not be answered. */
export function firstValue<T>(questions: readonly T[], ask: (question: T) => Outcome): Outcome {
  let best: Outcome = 'none';
  for (const question of questions) {
    const outcome = ask(question);
    if (typeof outcome === 'object') return outcome;
    if (outcome === 'unsure') best = outcome;
  }
  return best;
}

function firstHolding(literals: readonly Literal[], values: readonly JsonValue[]): Outcome {
  const value = values.find((candidate) => holds(literals, candidate));
  return value === undefined ? 'none' : { value };
}

const CHOICES = new Set(['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']);
const plainNodes = new WeakMap<SchemaObject, SchemaObject>();

function withoutChoices(node: SchemaObject): SchemaObject {
  const known = plainNodes.get(node);
  if (known !== undefined) return known;
  const plain = Object.fromEntries(Object.entries(node).filter(([keyword]) => !CHOICES.has(keyword)));
  plainNodes.set(node, plain);
  return plain;
}
