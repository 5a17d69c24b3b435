import type { JsonValue } from '../../json-value.ts';
import { elementOf, inputOf, type Known, memberOf, unknown } from '../from-liquid/values/known-values.ts';
import type { Kinds } from '../from-liquid/values/value-kinds.ts';

/** What is known of the values at Liquid paths of a template that is being converted. */
export class KnownPaths {
  readonly #inputs: JsonValue | undefined;
  readonly #names = new Map<string, Known>();

  /** @param inputs a schema of the inputs; none where nothing is known of them */
  constructor(inputs: JsonValue | undefined) {
    this.#inputs = inputs;
  }

  /** Within a loop its item is an element of that list, until what this answers is called. */
  item(name: string, list: string): () => void {
    const before = this.#names.get(name);
    this.#names.set(name, elementOf(this.#at(list)));
    return () => {
      if (before === undefined) this.#names.delete(name);
      else this.#names.set(name, before);
    };
  }

  /** A name that the template sets may be anything. */
  set(name: string): void {
    this.#names.set(name, unknown);
  }

  kindsOf(path: string): Kinds {
    return this.#at(path).kinds;
  }

  #at(path: string): Known {
    if (this.#inputs === undefined) return unknown;
    const [root = '', ...steps] = Array.from(path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|[^.[\]]+/g), ([all, key, index]) =>
      index === undefined ? (key ?? all) : Number(index),
    );
    if (root === 'forloop') return unknown;
    const known = this.#names.get(String(root)) ?? inputOf(this.#inputs, String(root));
    return steps.reduce<Known>(memberOf, known);
  }
}
