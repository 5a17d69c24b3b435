import type { JsonValue } from '../../json-value.ts';

/** What a template does with a value, and so what the value must be. */
export type Use = 'text' | 'number' | 'integer' | 'moment' | 'measured' | 'list' | 'indexed';

type JsonSchema = { [keyword: string]: JsonValue };
type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

const TYPES_OF_USE: Record<Use, readonly JsonType[]> = {
  text: ['string', 'number', 'boolean'],
  number: ['number'],
  integer: ['integer'],
  moment: ['string', 'number'],
  measured: ['string', 'array'],
  list: ['array'],
  indexed: ['array', 'object'],
};

/** Properties that lists, and for `size` and `length` texts, have of themselves. */
const OF_ITSELF: ReadonlyMap<string, readonly JsonType[]> = new Map([
  ['size', ['string', 'array', 'object']],
  ['length', ['string', 'array', 'object']],
  ['first', ['array', 'object']],
  ['last', ['array', 'object']],
]);

/** A value as a template reads it: an input, a property of one, or an element of a list. */
export class Shape {
  readonly parent: Shape | undefined;
  readonly members = new Map<string, Shape>();
  readonly uses = new Set<Use>();
  /** Read where nothing makes sure that it is there: then it must be. */
  isNeeded = false;
  /** Read at all, other than where the template may have assigned the name itself. */
  isSeen = false;
  /** Read as a whole, so that properties which the template does not name count too. */
  isWhole = false;
  /** Where it is read first. */
  readonly at: number;
  #element: Shape | undefined;

  constructor(at: number, parent?: Shape) {
    this.at = at;
    this.parent = parent;
  }

  member(name: string, at: number): Shape {
    const known = this.members.get(name);
    if (known !== undefined) return known;
    const member = new Shape(at, this);
    this.members.set(name, member);
    return member;
  }

  element(at: number): Shape {
    this.#element ??= new Shape(at, this);
    return this.#element;
  }

  /** The end of a list, or a property that is called so: the same is asked of both. */
  end(name: 'first' | 'last', at: number): Shape {
    const element = this.element(at);
    element.isSeen = true;
    this.members.set(name, element);
    return element;
  }

  /** Whether it lies in another shape, or is that shape. */
  isWithin(other: Shape): boolean {
    for (let shape: Shape | undefined = this; shape !== undefined; shape = shape.parent)
      if (shape === other) return true;
    return false;
  }

  /** What the template asks of it, as JSON Schema 2020-12. */
  schema(): JsonSchema {
    const types = this.#types();
    if (types === undefined) return {};
    const schema: JsonSchema = {};
    const all: JsonValue[] = this.isNeeded ? types : [...types, 'null'];
    schema.type = all.length === 1 ? (all[0] as JsonValue) : all;
    if (types.includes('object')) Object.assign(schema, this.objectSchema());
    const items = this.#element?.schema() ?? {};
    if (types.includes('array') && Object.keys(items).length > 0) schema.items = items;
    return schema;
  }

  /** The keywords of an object, without its type. */
  objectSchema(): JsonSchema {
    const schema: JsonSchema = {};
    // An input may be called so; below one it counts what is there.
    const counts = (name: string): boolean => this.parent !== undefined && (name === 'size' || name === 'length');
    const members = [...this.members].filter(([name, member]) => member.isSeen && !counts(name));
    const properties = members.map(([name, member]): [string, JsonValue] => [name, member.schema()]);
    const needed = members.filter(([, member]) => member.isNeeded).map(([name]) => name);
    if (properties.length > 0) schema.properties = Object.fromEntries(properties);
    if (needed.length > 0) schema.required = needed;
    const isOpen = this.isWhole || [...this.members.keys()].some(counts);
    if (!isOpen) schema.additionalProperties = false;
    return schema;
  }

  /** The types that every use allows; where none is left, those of its properties and elements. None: any value will do. */
  #types(): JsonType[] | undefined {
    const structural = this.#structuralTypes();
    const used = [...this.uses].map((use) => TYPES_OF_USE[use]);
    const all = [...structural, ...used];
    if (all.length === 0) return undefined;
    return intersection(all) ?? intersection(structural) ?? [...((structural[0] ?? used[0]) as JsonType[])];
  }

  #structuralTypes(): (readonly JsonType[])[] {
    const types: (readonly JsonType[])[] = [];
    for (const [name, member] of this.members) if (member.isSeen) types.push(OF_ITSELF.get(name) ?? ['object']);
    if (this.uses.has('list')) types.push(['array']);
    return types;
  }
}

function intersection(lists: readonly (readonly JsonType[])[]): JsonType[] | undefined {
  let common: readonly JsonType[] | undefined;
  for (const types of lists) {
    common = common === undefined ? types : both(common, types);
  }
  return common === undefined || common.length === 0 ? undefined : [...common];
}

function both(left: readonly JsonType[], right: readonly JsonType[]): JsonType[] {
  const found = left.filter((type) => right.includes(type) || (type === 'integer' && right.includes('number')));
  if (left.includes('number') && right.includes('integer')) found.push('integer');
  return found;
}
