import type { JsonValue } from '../../json-value.ts';
import { jsonKey } from '../check/json-equality.ts';
import { list, members, numberOf, own, type SchemaNode, type SchemaObject } from '../check/schema-document.ts';
import type { Atom } from './branches.ts';
import { type Literal, listedValues, type Search } from './literal.ts';
import type { Candidates } from './numbers.ts';

const MAX_MEMBERS = 200;
const NOTHING: Candidates = { values: [], all: true };
const FRESH = ['other', 'x', 'aa', 'x-a', 'b', 'a_b', 'A', '1', 'ab', 'a'];

/** That some member is there and does not satisfy something: given its name, the ways in which it may not. */
type Demand = (name: string) => Literal[];
type State = { readonly there: ReadonlyMap<string, readonly Literal[]>; readonly absent: ReadonlySet<string> };

/** Objects among which is one that all atoms hold for, where their parts let one be found. */
export function objectWitness(solver: Search, atoms: readonly Atom[]): Candidates {
  const plan = new ObjectPlan(atoms);
  if (plan.impossible || plan.least > plan.most) return NOTHING;
  if (plan.least > MAX_MEMBERS) return { values: [], all: false };
  const there = new Map(plan.required.map((name) => [name, []]));
  return new ObjectBuilder(solver, plan).build({ there, absent: plan.absent }, 0);
}

class ObjectPlan {
  least = 0;
  most = Number.POSITIVE_INFINITY;
  impossible = false;
  readonly required: string[] = [];
  readonly absent = new Set<string>();
  readonly demands: Demand[] = [];
  readonly positive: readonly Atom[];
  /** The names that schemas speak of. */
  readonly named: ReadonlySet<string>;
  /** Names of which no schema speaks; one is enough where no pattern tells them apart. */
  readonly fresh: readonly string[];
  /** Whether the names are all that matter. */
  readonly exact: boolean;

  constructor(atoms: readonly Atom[]) {
    this.positive = atoms.filter(({ positive }) => positive);
    this.named = new Set(atoms.flatMap(namesOf));
    const patterns = atoms.flatMap(({ node }) => Object.keys(members(node, 'patternProperties')));
    const byPattern = patterns.length > 0 || atoms.some(({ node }) => 'propertyNames' in node);
    const guesses = patterns.map((pattern) => pattern.replace(/[^\w-]/g, ''));
    const fresh = [...FRESH, ...guesses, ...guesses.map((guess) => `${guess}a`)].filter(
      (name) => !this.named.has(name),
    );
    this.fresh = byPattern ? [...new Set(fresh)] : [freshName(this.named, 0)];
    this.exact = !byPattern;
    for (const atom of atoms) this.add(atom);
    this.impossible ||= this.required.some((name) => this.absent.has(name));
  }

  private add(atom: Atom): void {
    const { node, validity, positive } = atom;
    const required = list(node, 'required') as string[];
    if (positive) this.required.push(...required);
    else for (const name of required) this.absent.add(name);
    const least = numberOf(node, 'minProperties');
    const most = numberOf(node, 'maxProperties');
    if (least !== undefined) positive ? this.atLeast(least) : this.atMost(least - 1);
    if (most !== undefined) positive ? this.atMost(most) : this.atLeast(most + 1);
    if (positive) return;
    for (const [name, needed] of Object.entries(members(node, 'dependentRequired'))) {
      this.required.push(name);
      for (const other of needed as string[]) this.absent.add(other);
    }
    const names = own(node, 'propertyNames') as SchemaNode | undefined;
    if (names !== undefined) this.demands.push((name) => (validity.of(names, name) ? [] : [anything(atom)]));
    if (!memberKeywords.some((keyword) => own(node, keyword) !== undefined)) return;
    if (this.positive.some((other) => sameMembers(other, atom))) this.impossible = true;
    this.demands.push((name) => validity.forMember(node, name).map((schema) => ({ node: schema, validity, positive })));
  }

  private atLeast(size: number): void {
    this.least = Math.max(this.least, size);
  }

  private atMost(size: number): void {
    this.most = Math.min(this.most, size);
  }

  /** What a member of a name has to satisfy; undefined where no member may have the name. */
  memberOf(name: string): Literal[] | undefined {
    const wanted: Literal[] = [];
    for (const { node, validity } of this.positive) {
      const names = own(node, 'propertyNames') as SchemaNode | undefined;
      if (names !== undefined && !validity.of(names, name)) return undefined;
      for (const schema of validity.forMember(node, name)) {
        if (schema === false) return undefined;
        wanted.push({ node: schema, validity, positive: true });
      }
    }
    return wanted;
  }

  /** The names that must be there where one is. */
  dependents(name: string): string[] {
    return this.positive.flatMap(({ node }) => (own(members(node, 'dependentRequired'), name) ?? []) as string[]);
  }

  /** Whether no name may be there but those that schemas speak of. */
  get closed(): boolean {
    return this.positive.some(({ node }) => {
      const patterns = Object.keys(members(node, 'patternProperties'));
      const alone = own(node, 'additionalProperties') === false && patterns.length === 0;
      return alone || namesListed(node) !== undefined;
    });
  }
}

class ObjectBuilder {
  private readonly solver: Search;
  private readonly plan: ObjectPlan;

  constructor(solver: Search, plan: ObjectPlan) {
    this.solver = solver;
    this.plan = plan;
  }

  /** Gives the demands their names, one after another. */
  build(state: State, demand: number): Candidates {
    this.solver.spend();
    const ask = this.plan.demands[demand];
    if (ask === undefined) return this.fill(state);
    const values: JsonValue[] = [];
    const freshNames = this.plan.closed ? [] : this.freshFor(state);
    let all = this.plan.exact || this.plan.closed;
    for (const name of [...this.plan.named, ...freshNames]) {
      if (state.absent.has(name)) continue;
      const wanted = this.plan.memberOf(name);
      if (wanted === undefined) continue;
      for (const literal of ask(name)) {
        // Before the other members are looked for, which are the same for each name.
        if (this.solver.solve([...wanted, literal]) === 'none') continue;
        const there = new Map(state.there).set(name, [...(state.there.get(name) ?? []), literal]);
        const built = this.build({ ...state, there }, demand + 1);
        values.push(...built.values);
        all &&= built.all;
        if (values.length > 0) return { values, all: false };
      }
    }
    return { values, all };
  }

  /** Two demands may be for two members that no schema names. */
  private freshFor(state: State): readonly string[] {
    if (!this.plan.exact) return this.plan.fresh;
    const taken = [...state.there.keys()].filter((name) => !this.plan.named.has(name));
    return [...taken, freshName(new Set([...this.plan.named, ...taken]), 0)];
  }

  private fill({ there, absent }: State): Candidates {
    const pending = [...there.keys()];
    const names = new Set<string>();
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (absent.has(name)) return NOTHING;
      if (names.has(name)) continue;
      names.add(name);
      pending.push(...this.plan.dependents(name));
    }
    if (names.size > this.plan.most) return NOTHING;
    const built = new Map<string, JsonValue>();
    for (const name of names) {
      const wanted = this.plan.memberOf(name);
      const outcome = wanted === undefined ? 'none' : this.solver.solve([...wanted, ...(there.get(name) ?? [])]);
      if (typeof outcome === 'string') return { values: [], all: outcome === 'none' };
      built.set(name, outcome.value);
    }
    const sure = this.addOthers(built, absent);
    if (built.size < this.plan.least) return { values: [], all: sure };
    return { values: [Object.fromEntries(built)], all: false };
  }

  /** Adds members until there are enough; answers whether what is missing then cannot be had. */
  private addOthers(built: Map<string, JsonValue>, absent: ReadonlySet<string>): boolean {
    let sure = this.plan.closed || this.plan.exact;
    const fresh = this.plan.closed ? [] : this.plan.fresh;
    const more = this.plan.closed
      ? []
      : Array.from({ length: this.plan.least }, (_, at) => freshName(this.plan.named, at));
    for (const name of [...this.plan.named, ...fresh, ...more]) {
      if (built.size >= this.plan.least) return sure;
      if (built.has(name) || absent.has(name)) continue;
      const wanted = this.plan.memberOf(name);
      if (this.plan.dependents(name).some((other) => !built.has(other))) sure = false;
      const outcome = wanted === undefined ? 'none' : this.solver.solve(wanted);
      if (typeof outcome === 'object') built.set(name, outcome.value);
      else if (outcome === 'unsure') sure = false;
    }
    return sure;
  }
}

const memberKeywords = ['properties', 'patternProperties', 'additionalProperties'];

function sameMembers(left: Atom, right: Atom): boolean {
  const text = ({ node }: Atom) => jsonKey(memberKeywords.map((keyword) => own(node, keyword) ?? null));
  const joined = text(left);
  const alone = left.validity.document === right.validity.document || !joined.includes('"$ref"');
  return alone && joined === text(right);
}

function anything({ validity }: Atom): Literal {
  return { node: true, validity, positive: true };
}

function namesOf({ node }: Atom): string[] {
  const dependents = members(node, 'dependentRequired');
  return [
    ...(namesListed(node) ?? []),
    ...Object.keys(members(node, 'properties')),
    ...(list(node, 'required') as string[]),
    ...Object.keys(dependents),
    ...Object.values(dependents).flatMap((needed) => needed as string[]),
  ];
}

function freshName(taken: ReadonlySet<string>, count: number): string {
  let at = count;
  while (taken.has(at === 0 ? 'other' : `other${at}`)) at++;
  return at === 0 ? 'other' : `other${at}`;
}

/** The only names that members may have. */
function namesListed(node: SchemaObject): string[] | undefined {
  const names = own(node, 'propertyNames');
  const listed = typeof names === 'object' && names !== null ? listedValues(names as SchemaObject) : undefined;
  return listed?.filter((name) => typeof name === 'string');
}
