import { type Position, Refusal } from '../refusal.ts';

/** What Liquid means by these words itself, so that no input can have such a name. */
const TAKEN = new Set('true false nil null empty blank and or not contains forloop tablerowloop'.split(' '));

/** Members of every object in JavaScript, which some engines find where a value is missing. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;
const KEY = /^[A-Za-z0-9_ -]+$/;

/**
 * Checks the name of an input.
 *
 * @throws Refusal when Liquid cannot read it, or reads it otherwise
 */
export function inputName(name: string, position: Position): string {
  if (!NAME.test(name)) throw new Refusal(`"${shown(name)}" is no name that an input can have here.`, position);
  if (TAKEN.has(name) || INHERITED.has(name)) {
    throw new Refusal(`"${name}" has a meaning of its own here, and is no name for an input.`, position);
  }
  return name;
}

export const isInputName = (name: string): boolean => NAME.test(name) && !TAKEN.has(name) && !INHERITED.has(name);

/**
 * The Liquid path of a member of `base`.
 *
 * @throws Refusal when Liquid reads the key otherwise than other engines do
 */
export function memberPath(base: string, key: string, position: Position): string {
  if (key === 'size')
    throw new Refusal('"size" counts in Liquid where a value has no such member: give it another name.', position);
  if (INHERITED.has(key)) throw new Refusal(`"${key}" is what every object has, and is not read.`, position);
  if (INDEX.test(key)) return `${base}[${key}]`;
  if (NAME.test(key)) return `${base}.${key}`;
  if (KEY.test(key) && key.trim() === key) return `${base}["${key}"]`;
  throw new Refusal(`"${shown(key)}" is no name that Liquid can read.`, position);
}

/** A name in a sentence: the beginning of it, on one line. */
export const shown = (text: string): string =>
  (text.length > 40 ? `${text.slice(0, 39)}…` : text).replaceAll(/\s/g, ' ');

/** Names for what a template needs of its own: none is a word of the source, so none hides an input. */
export class FreshNames {
  readonly #used: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();

  constructor(source: string) {
    this.#used = new Set(source.match(/\w+/g) ?? []);
  }

  /** `base`, or `base2`, and so on. */
  take(base: string): string {
    for (let count = this.#counts.get(base) ?? 1; ; count++) {
      const name = count === 1 ? base : `${base}${count}`;
      this.#counts.set(base, count + 1);
      if (!this.#used.has(name)) return name;
    }
  }
}
