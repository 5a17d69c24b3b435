import type { JsonValue } from '../../json-value.ts';
import { list, numberOf, own, type SchemaNode } from '../check/schema-document.ts';
import { itemSchema } from '../check/validity.ts';
import type { Atom } from './branches.ts';
import type { Literal, Search } from './literal.ts';
import type { Candidates } from './numbers.ts';

const MAX_ITEMS = 200;
const NOTHING: Candidates = { values: [], all: true };

/** What some item has to be, given its place; undefined where no item can be it there. */
type Demand = (index: number) => Literal | undefined;

/** Lists among which is one that all atoms hold for, where their parts let one be found. */
export function listWitness(solver: Search, atoms: readonly Atom[]): Candidates {
  const plan = new ListPlan(atoms);
  if (plan.least > plan.most) return NOTHING;
  if (plan.least > MAX_ITEMS) return { values: [], all: false };
  return new ListBuilder(solver, plan).build([]);
}

class ListPlan {
  least = 0;
  most = Number.POSITIVE_INFINITY;
  firsts = 0;
  unique = false;
  readonly demands: Demand[] = [];
  readonly every: Literal[] = [];
  readonly positive: readonly Atom[];

  constructor(atoms: readonly Atom[]) {
    this.positive = atoms.filter(({ positive }) => positive);
    for (const atom of atoms) this.add(atom);
  }

  private add({ node, validity, positive }: Atom): void {
    this.firsts = Math.max(this.firsts, list(node, 'prefixItems').length);
    const least = numberOf(node, 'minItems');
    const most = numberOf(node, 'maxItems');
    if (least !== undefined) positive ? this.atLeast(least) : this.atMost(least - 1);
    if (most !== undefined) positive ? this.atMost(most) : this.atLeast(most + 1);
    if (own(node, 'uniqueItems') === true && positive) this.unique = true;
    if (own(node, 'uniqueItems') === true && !positive) this.atLeast(2);
    const contains = own(node, 'contains') as SchemaNode | undefined;
    const times = numberOf(node, 'minContains') ?? 1;
    if (contains !== undefined && positive && times > 0)
      this.demands.push(() => ({ node: contains, validity, positive }));
    if (contains !== undefined && !positive && times === 1 && numberOf(node, 'maxContains') === undefined) {
      this.every.push({ node: contains, validity, positive });
    }
    if (positive || (own(node, 'items') === undefined && own(node, 'prefixItems') === undefined)) return;
    this.demands.push((index) => {
      const schema = itemSchema(node, index);
      return schema === undefined ? undefined : { node: schema, validity, positive };
    });
  }

  private atLeast(size: number): void {
    this.least = Math.max(this.least, size);
  }

  private atMost(size: number): void {
    this.most = Math.min(this.most, size);
  }
}

class ListBuilder {
  private readonly solver: Search;
  private readonly plan: ListPlan;

  constructor(solver: Search, plan: ListPlan) {
    this.solver = solver;
    this.plan = plan;
  }

  /** Gives the demands their places, one after another, in every way that matters: all places behind the first ones are alike. */
  build(places: readonly number[]): Candidates {
    this.solver.spend();
    const { demands, firsts, most } = this.plan;
    if (places.length === demands.length) return this.fill(places);
    const end = Math.min(firsts + demands.length, most);
    const values: JsonValue[] = [];
    let all = true;
    for (let place = 0; place < end; place++) {
      const built = this.build([...places, place]);
      values.push(...built.values);
      all &&= built.all;
      if (built.values.length > 0) break;
    }
    // What is found first may fail by what was left out, so only nothing at all is known to be all.
    return { values, all: all && values.length === 0 };
  }

  private fill(places: readonly number[]): Candidates {
    const length = Math.max(this.plan.least, ...places.map((place) => place + 1));
    if (length > this.plan.most) return NOTHING;
    const items: JsonValue[] = [];
    for (let index = 0; index < length; index++) {
      const wanted = this.wanted(index, places);
      if (wanted === undefined) return NOTHING;
      const apart: Literal[] = this.plan.unique ? items.map((item) => differs(item, this.plan)) : [];
      const outcome = this.solver.solve([...wanted, ...apart]);
      if (typeof outcome === 'string') return { values: [], all: outcome === 'none' && apart.length === 0 };
      items.push(outcome.value);
    }
    const [first] = items;
    const twice = items.length > 1 && first !== undefined ? [[first, ...items.slice(0, -1)]] : [];
    return {
      values: [items, ...twice, ...(items.length === 2 ? [[items[1] as JsonValue, items[1] as JsonValue]] : [])],
      all: false,
    };
  }

  private wanted(index: number, places: readonly number[]): Literal[] | undefined {
    const wanted: Literal[] = [...this.plan.every];
    for (const { node, validity } of this.plan.positive) {
      const schema = itemSchema(node, index);
      if (schema !== undefined) wanted.push({ node: schema, validity, positive: true });
    }
    for (const [demand, place] of places.entries()) {
      if (place !== index) continue;
      const literal = this.plan.demands[demand]?.(index);
      if (literal === undefined) return undefined;
      wanted.push(literal);
    }
    return wanted;
  }
}

function differs(item: JsonValue, plan: ListPlan): Literal {
  const [atom] = plan.positive;
  if (atom === undefined) throw new Error('a list is unique by no schema');
  return { node: { const: item }, validity: atom.validity, positive: false };
}
