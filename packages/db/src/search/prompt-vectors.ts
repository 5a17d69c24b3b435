import { eachWord } from './text-words.ts';

/** Of a prompt, what it is found by. */
export interface SearchedPrompt {
  readonly title: string;
  readonly tags: readonly string[];
  readonly category: string | null;
  readonly slug: string;
  readonly description: string;
  readonly content: string;
}

/** Texts of the type tsvector. */
export interface PromptVectors {
  /** What it is called and filed under: title (weight A), tags and category (B), slug (C). */
  readonly names: string;
  /** All of that, and its description (C) and content (D). */
  readonly texts: string;
}

type Weight = 'A' | 'B' | 'C' | 'D';

/** A tsvector holds a mebibyte of words and positions. */
const MAX_BYTES = 1_000_000;
/** PostgreSQL counts positions so far, and keeps so many of a word. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 200;
/** Between two texts, so that no phrase goes from one to the next. */
const GAP = 8;

class Vector {
  readonly #words = new Map<string, string[]>();
  #position = 0;
  #bytes = 0;

  add(text: string, weight: Weight): this {
    eachWord(text, (word, kind) => {
      // A pair stands where its first character does, and a sign nowhere.
      if (kind === 'plain' || kind === 'single') this.#position = Math.min(this.#position + 1, MAX_POSITION);
      const at = kind === 'sign' ? 1 : kind === 'named' ? this.#position + 1 : this.#position;
      this.#note(word, `${Math.min(Math.max(at, 1), MAX_POSITION)}${weight}`);
    });
    this.#position = Math.min(this.#position + GAP, MAX_POSITION);
    return this;
  }

  #note(word: string, position: string): void {
    const positions = this.#words.get(word);
    if (positions === undefined) {
      const bytes = Buffer.byteLength(word) + 8;
      if (this.#bytes + bytes > MAX_BYTES) return;
      this.#bytes += bytes;
      this.#words.set(word, [position]);
    } else if (positions.length < MAX_POSITIONS && positions.at(-1) !== position && this.#bytes + 2 <= MAX_BYTES) {
      this.#bytes += 2;
      positions.push(position);
    }
  }

  toString(): string {
    return Array.from(this.#words, ([word, positions]) => `${quoteWord(word)}:${positions.join(',')}`).join(' ');
  }
}

/** A word as the types tsvector and tsquery read it. */
export const quoteWord = (word: string): string => `'${word.replace(/['\\]/g, '$&$&')}'`;

/** What the index of searches holds of a prompt. */
export function promptVectors(prompt: SearchedPrompt): PromptVectors {
  const filedUnder = [...prompt.tags, ...(prompt.category === null ? [] : [prompt.category])];
  const named = (vector: Vector): Vector => {
    vector.add(prompt.title, 'A');
    for (const name of filedUnder) vector.add(name, 'B');
    return vector.add(prompt.slug, 'C');
  };
  return {
    names: named(new Vector()).toString(),
    texts: named(new Vector()).add(prompt.description, 'C').add(prompt.content, 'D').toString(),
  };
}
