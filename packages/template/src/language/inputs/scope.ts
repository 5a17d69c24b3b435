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

/** What names mean, and what is known to be there, at one place of a template. */
export class Scope {
  readonly #loops: readonly ReadonlyMap<string, Reference>[];
  readonly #assigned: Map<string, Assigned>;
  readonly facts: ReadonlySet<Shape>;

  constructor(
    loops: readonly ReadonlyMap<string, Reference>[] = [],
    assigned: ReadonlyMap<string, Assigned> = new Map(),
    facts: ReadonlySet<Shape> = new Set(),
  ) {
    this.#loops = loops;
    this.#assigned = new Map(assigned);
    this.facts = facts;
  }

  /** What a name stands for, when it is no input for certain. */
  find(name: string): Assigned | undefined {
    const loop = this.#loops.findLast((names) => names.has(name))?.get(name);
    return loop === undefined ? this.#assigned.get(name) : { reference: loop, isMaybe: false };
  }

  assign(name: string, reference: Reference): void {
    this.#assigned.set(name, { reference, isMaybe: false });
  }

  /** The same place, where more is known. What is assigned in it stays in it. */
  branch(facts: Iterable<Shape> = []): Scope {
    return new Scope(this.#loops, this.#assigned, new Set([...this.facts, ...facts]));
  }

  /** The body of a loop. What is known of another element of the same list is forgotten. */
  loop(names: ReadonlyMap<string, Reference>, element: Shape | undefined, assigns: Iterable<string>): Scope {
    const facts = [...this.facts].filter((fact) => element === undefined || !fact.isWithin(element));
    const scope = new Scope([...this.#loops, names], this.#assigned, new Set(facts));
    for (const name of assigns) {
      if (!scope.#assigned.has(name)) scope.#assigned.set(name, { reference: {}, isMaybe: true });
    }
    return scope;
  }

  /** An included prompt: its parameters, and the inputs. */
  include(parameters: ReadonlyMap<string, Reference>): Scope {
    const assigned = [...parameters].map(([name, reference]): [string, Assigned] => [
      name,
      { reference, isMaybe: false },
    ]);
    return new Scope([], new Map(assigned), this.facts);
  }

  /** Goes on where several ways meet: what all of them assigned is assigned, the rest perhaps. */
  join(ways: readonly Scope[]): void {
    const names = new Set(ways.flatMap((way) => [...way.#assigned.keys()]));
    for (const name of names) {
      const found = ways.map((way) => way.#assigned.get(name));
      const [first] = found;
      const isSame = found.every((assigned) => assigned?.reference === first?.reference);
      const isMaybe = found.some((assigned) => assigned === undefined || assigned.isMaybe);
      this.#assigned.set(name, { reference: isSame && first !== undefined ? first.reference : {}, isMaybe });
    }
  }
}
