import { pointer } from '../../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { describeSchema, quoted } from '../check/describe-schema.ts';
import { jsonKey } from '../check/json-equality.ts';
import {
  type JsonType,
  list,
  members,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
} from '../check/schema-document.ts';
import { itemSchema, Validity } from '../check/validity.ts';
import { isKnownToHold, type Literal, type Outcome } from '../subset/literal.ts';
import { Solver } from '../subset/solver.ts';
import type { SchemaBreak } from './schema-break.ts';
import { facesOf, fails, is, type PlainView, type View } from './view.ts';

/** Enough for a thousand members, each of them shown in an object that has them all: half a second. */
const MEMBER_STEPS = 2_000_000;

/**
 * Finds where one schema takes what another does not, by walking both at once. At each place the solver says whether there
 * is a break at all; members and items that break are named by their own paths, and what is left then, by this one.
 */
export class BreakFinder {
  private readonly side: SchemaBreak['side'];
  private readonly solver = new Solver();
  private readonly open = new Set<string>();
  private readonly checks = new Map<SchemaDocument, Validity>();

  constructor(side: SchemaBreak['side']) {
    this.side = side;
  }

  find(path: string, before: View, after: View): SchemaBreak[] {
    const [given, taken] = this.side === 'input' ? [before, after] : [after, before];
    const key = jsonKey([given.nodes, taken.nodes] as JsonValue);
    if (this.open.has(key) || this.solver.find([...is(given), fails(taken)]) === 'none') return [];
    this.open.add(key);
    const explained: Literal[] = [];
    // As one literal for all members that were named, since each that stands apart multiplies the work.
    const breaks = [...this.inObjects(path, given, taken, explained), ...this.inLists(path, given, taken, explained)];
    this.open.delete(key);
    const left = this.solver.find([...is(given), fails(taken), ...explained]);
    if (left !== 'none') breaks.unshift(this.ofWhole(path, given, taken, left));
    return breaks;
  }

  private inObjects(path: string, given: View, taken: View, explained: Literal[]): SchemaBreak[] {
    const from = facesOf(given, 'object', this.solver);
    const to = facesOf(taken, 'object', this.solver);
    if (from === undefined || to === undefined) return [];
    const breaks: SchemaBreak[] = [];
    const named: string[] = [];
    const shaped: [string, JsonValue][] = [];
    // A name that only one of them has is said once.
    const alone = new Set<string>();
    const always = requiredOf(from);
    const usual = this.solver.find(is(given), ['object']);
    for (const name of requiredOf(to)) {
      if (always.has(name)) continue;
      const literal = { node: { required: [name] }, validity: taken.validity, positive: false };
      const lacking = this.withMember(usual, name, undefined, given, literal);
      if (lacking === 'none') continue;
      breaks.push(this.ofRequired(pointer(path, name), from, to, name, lacking));
      if (!namesOf(from.nodes).includes(name)) alone.add(name);
      named.push(name);
    }
    for (const name of new Set([...namesOf(from.nodes), ...namesOf(to.nodes)])) {
      const before = memberView(from, name);
      const after = memberView(to, name);
      // A whole object is made only where the member alone may break: each has all other members that it needs.
      const refusedHere = this.solver.find([...is(before), fails(after)]);
      if (refusedHere === 'none') continue;
      const member = { allOf: [true, ...after.nodes] as JsonValue[] };
      const node = { properties: Object.fromEntries([[name, member]]) };
      const literal = { node, validity: taken.validity, positive: false };
      if (this.withMember(usual, name, refusedHere, given, literal) === 'none') continue;
      shaped.push([name, member]);
      if (alone.has(name)) continue;
      const at = pointer(path, name);
      const refused = after.nodes.includes(false);
      breaks.push(...(refused ? [this.ofRefused(at, before)] : this.inside(at, before, after)));
    }
    const said = { required: named, properties: Object.fromEntries(shaped) };
    if (named.length + shaped.length > 0) explained.push({ node: said, validity: taken.validity, positive: true });
    return breaks;
  }

  private inLists(path: string, given: View, taken: View, explained: Literal[]): SchemaBreak[] {
    const from = facesOf(given, 'array', this.solver);
    const to = facesOf(taken, 'array', this.solver);
    if (from === undefined || to === undefined) return [];
    const breaks: SchemaBreak[] = [];
    const firsts = Math.max(0, ...[...from.nodes, ...to.nodes].map((node) => list(node, 'prefixItems').length));
    for (let index = 0; index <= firsts; index++) {
      const before = itemView(from, index);
      const after = itemView(to, index);
      const item = { allOf: [true, ...after.nodes] as JsonValue[] };
      const others = Array<JsonValue>(index).fill(true);
      const here =
        index < firsts
          ? { prefixItems: [...others, item] }
          : index > 0
            ? { prefixItems: others, items: item }
            : { items: item };
      if (this.among('array', given, { node: here, validity: taken.validity, positive: false }) === 'none') continue;
      if (after.nodes.includes(false)) continue;
      explained.push({ node: here, validity: taken.validity, positive: true });
      breaks.push(...this.inside(pointer(path, index < firsts ? index : '*'), before, after));
    }
    return breaks;
  }

  private inside(path: string, given: View, taken: View): SchemaBreak[] {
    return this.side === 'input' ? this.find(path, given, taken) : this.find(path, taken, given);
  }

  /**
   * An object that breaks by one member, or without it: what `usual` is otherwise, where that shows it, so that an object with
   * hundreds of members is built once, not for each of them.
   */
  private withMember(
    usual: Outcome,
    name: string,
    member: Outcome | undefined,
    given: View,
    literal: Literal,
  ): Outcome {
    if (typeof usual === 'object' && typeof member !== 'string' && isJsonObject(usual.value)) {
      const others = Object.entries(usual.value).filter(([other]) => other !== name);
      const value = Object.fromEntries(member === undefined ? others : [...others, [name, member.value]]);
      const literals = [...is(given), literal].map((each) => ({ ...each, validity: this.checking(each.validity) }));
      if (isKnownToHold(literals, value)) return { value };
    }
    return this.among('object', given, literal);
  }

  /** What checks whole objects has work of its own, so that the solver is left all of its. */
  private checking({ document }: Validity): Validity {
    const known = this.checks.get(document) ?? new Validity(document, MEMBER_STEPS);
    this.checks.set(document, known);
    return known;
  }

  private among(type: JsonType, given: View, literal: Literal): Outcome {
    return this.solver.find([...is(given), literal], [type]);
  }

  private ofRequired(path: string, given: PlainView, taken: PlainView, name: string, found: Outcome): SchemaBreak {
    const has = given.nodes.some((node) => own(members(node, 'properties'), name) !== undefined);
    const [from, to] = [memberView(given, name), memberView(taken, name)];
    const known = has ? schemaOf(from) : undefined;
    if (this.side === 'input') {
      const message = has ? 'must be given now' : 'is new and must be given';
      return this.made(path, 'required', message, found, known, schemaOf(to));
    }
    const message = has ? 'is not always there any more' : 'is not there any more';
    return this.made(path, has ? 'optional' : 'removed', message, found, schemaOf(to), known);
  }

  private ofRefused(path: string, given: View): SchemaBreak {
    const schema = schemaOf(given);
    const example = this.solver.find(is(given));
    return this.side === 'input'
      ? this.made(path, 'removed', 'is not taken any more', example, schema, undefined)
      : this.made(path, 'widened', 'is new, where nothing but what was named was promised', example, undefined, schema);
  }

  private ofWhole(path: string, given: View, taken: View, found: Outcome): SchemaBreak {
    const [from, to] = [given, taken].map((view) =>
      describeSchema(view.validity.document, schemaOf(view) as SchemaNode),
    );
    const example = typeof found === 'object' ? `; for example ${quoted(found.value)}` : '';
    return this.side === 'input'
      ? this.made(
          path,
          'narrowed',
          `took ${from}, and takes ${to}${example && `${example} is refused now`}`,
          found,
          schemaOf(given),
          schemaOf(taken),
        )
      : this.made(
          path,
          'widened',
          `promised ${to}, and promises ${from}${example && `${example} is new`}`,
          found,
          schemaOf(taken),
          schemaOf(given),
        );
  }

  private made(
    path: string,
    kind: SchemaBreak['kind'],
    text: string,
    found: Outcome,
    before: JsonValue | undefined,
    after: JsonValue | undefined,
  ): SchemaBreak {
    const decided = typeof found === 'object';
    return {
      side: this.side,
      path,
      kind,
      decided,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(decided ? { example: found.value } : {}),
      message: decided ? text : `cannot be compared: it ${text}`,
    };
  }
}

function requiredOf({ nodes }: PlainView): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => list(node, 'required') as string[]));
}

function namesOf(nodes: readonly SchemaObject[]): string[] {
  return nodes.flatMap((node) => Object.keys(members(node, 'properties')));
}

function memberView({ nodes, validity }: PlainView, name: string): View {
  return { nodes: nodes.flatMap((node) => validity.forMember(node, name)), validity };
}

function itemView({ nodes, validity }: PlainView, index: number): View {
  const schemas = nodes.map((node) => itemSchema(node, index));
  return { nodes: schemas.filter((schema) => schema !== undefined), validity };
}

/** What a view says, as one schema. */
function schemaOf({ nodes }: View): JsonValue {
  const node = nodes.length > 1 ? { allOf: nodes as JsonValue[] } : (nodes[0] ?? true);
  return node as JsonValue;
}
