import { Places, Refusal } from '../refusal.ts';
import type { Reference } from './parts.ts';

/** What is written may be longer than its source, since some languages say a body twice; by no more than this. */
const MAX_GROWTH = 4;
const MAX_ADDED = 2_000;

/** Writes the parts of one Liquid template in another language. */
export class PartWriter {
  readonly #places: Places;
  readonly #longest: number;

  constructor(source: string) {
    this.#places = new Places(source);
    this.#longest = source.length * MAX_GROWTH + MAX_ADDED;
  }

  refusal(reason: string, at: number): Refusal {
    return new Refusal(`${reason}.`, this.#places.at(at));
  }

  /** @throws Refusal where what is written has grown too long */
  bounded(text: string, at: number): string {
    this.bound(text.length, at);
    return text;
  }

  bound(length: number, at: number): void {
    if (length > this.#longest) throw this.refusal('What depends on this would have to be written too often', at);
  }
}

/** A path in a sentence. */
export const shownPath = ({ root, steps }: Reference): string => [root, ...steps].join('.');
