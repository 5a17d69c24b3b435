import type { Shape } from './shape.ts';

/** What a name or an expression stands for, as far as it comes from an input. */
export interface Reference {
  /** The value itself. */
  readonly shape?: Shape;
  /** What its elements are, where it is a list that a filter made. */
  readonly element?: Shape;
  /** Goes through `default`, or is a name that the template may have assigned: it need not be there. */
  readonly isOptional?: boolean;
  /** What `default` puts in its place. */
  readonly alternative?: Reference;
  /** One of several elements: what is known of it holds for no other. */
  readonly isOneOfMany?: boolean;
}

interface Assigned {
  readonly reference: Reference;
  /** Only on some ways through the template. */
  readonly isMaybe: boolean;
}

/** Names that one way through the template assigned, and what they mean at its end. */
export type Changes = ReadonlyMap<string, Assigned>;

/**
 * What names mean, and what is known to be there, at the place of a template that is being looked at. Changed in place and
 * put back, so that it costs what changes, however much there is.
 */
export class Scope {
  readonly #loops: ReadonlyMap<string, Reference>[] = [];
  readonly #assigned: Map<string, Assigned>;
  /** What names meant before, for each way that is open. */
  readonly #before: Map<string, Assigned | undefined>[] = [];
  /** How many conditions around this place say that a shape is there. */
  readonly #known: Map<Shape, number>;

  constructor(assigned: ReadonlyMap<string, Assigned> = new Map(), known: Map<Shape, number> = new Map()) {
    this.#assigned = new Map(assigned);
    this.#known = known;
  }

  /** What a name stands for, when it is no input for certain. */
  find(name: string): Assigned | undefined {
    const loop = this.#loops.findLast((names) => names.has(name))?.get(name);
    return loop === undefined ? this.#assigned.get(name) : { reference: loop, isMaybe: false };
  }

  assign(name: string, reference: Reference): void {
    this.#set(name, { reference, isMaybe: false });
  }

  isKnown(shape: Shape): boolean {
    return this.#known.has(shape);
  }

  /** What a condition says holds from here on, until it is forgotten. */
  learn(facts: readonly Shape[]): void {
    for (const shape of facts) this.#known.set(shape, (this.#known.get(shape) ?? 0) + 1);
  }

  forget(facts: readonly Shape[]): void {
    for (const shape of facts) {
      const count = (this.#known.get(shape) ?? 0) - 1;
      if (count > 0) this.#known.set(shape, count);
      else this.#known.delete(shape);
    }
  }

  /** Looks at one of several ways, on which some facts hold. Answers what it assigns; here, nothing is assigned yet. */
  way(facts: readonly Shape[], look: () => void): Changes {
    const before = new Map<string, Assigned | undefined>();
    this.#before.push(before);
    this.learn(facts);
    look();
    this.forget(facts);
    this.#before.pop();
    const changes = new Map<string, Assigned>();
    for (const [name, assigned] of before) {
      const now = this.#assigned.get(name);
      if (now !== undefined) changes.set(name, now);
      if (assigned === undefined) this.#assigned.delete(name);
      else this.#assigned.set(name, assigned);
    }
    return changes;
  }

  /** The body of a loop. What is known of another element of the same list does not hold in it. */
  loop(
    names: ReadonlyMap<string, Reference>,
    element: Shape | undefined,
    assigns: Iterable<string>,
    look: () => void,
  ): Changes {
    const others = [...this.#known].filter(([shape]) => element !== undefined && shape.isWithin(element));
    for (const [shape] of others) this.#known.delete(shape);
    const changes = this.way([], () => {
      for (const name of assigns) if (!this.#assigned.has(name)) this.#set(name, { reference: {}, isMaybe: true });
      this.#loops.push(names);
      look();
      this.#loops.pop();
    });
    for (const [shape, count] of others) this.#known.set(shape, count);
    return changes;
  }

  /** An included prompt: its parameters, and the inputs. */
  include(parameters: ReadonlyMap<string, Reference>): Scope {
    const assigned = [...parameters].map(([name, reference]): [string, Assigned] => [
      name,
      { reference, isMaybe: false },
    ]);
    return new Scope(new Map(assigned), this.#known);
  }

  /** Goes on where several ways meet: what all of them assigned is assigned, the rest perhaps. */
  join(ways: readonly Changes[]): void {
    for (const name of new Set(ways.flatMap((way) => [...way.keys()]))) {
      const found = ways.map((way) => way.get(name) ?? this.#assigned.get(name));
      const [first] = found;
      const isSame = found.every((assigned) => assigned?.reference === first?.reference);
      const isMaybe = found.some((assigned) => assigned === undefined || assigned.isMaybe);
      this.#set(name, { reference: isSame && first !== undefined ? first.reference : {}, isMaybe });
    }
  }

  #set(name: string, assigned: Assigned): void {
    const before = this.#before.at(-1);
    if (before?.has(name) === false) before.set(name, this.#assigned.get(name));
    this.#assigned.set(name, assigned);
  }
}
