import { othersTurn } from '../others-turn.ts';
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

/** Values of the type tsvector, as PostgreSQL receives them: it parses no text, and nobody writes one. */
export interface PromptVectors {
  /** What it is called and filed under: title (weight A), tags and category (B), slug (C). */
  readonly names: Buffer;
  /** All of that, and its description (C) and content (D). */
  readonly texts: Buffer;
}

const weights = { A: 3, B: 2, C: 1, D: 0 } as const;
type Weight = keyof typeof weights;

/** What a vector holds of a word. */
interface Places {
  /** How long the word is. */
  readonly bytes: number;
  /** Where it stands, each time at a greater position: of a position that comes again the first one, which weighs most, counts. */
  readonly positions: number[];
  last: number;
}

/** A tsvector holds a mebibyte of words and positions. */
const MAX_BYTES = 1_000_000;
/** PostgreSQL counts positions so far, and keeps so many of a word. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 200;
/** Of a long text so many characters are read at once, which takes some milliseconds. */
const PART = 16_384;
/** How far before the end of a part a place to cut it is looked for. */
const BEFORE_CUT = 1_000;
const BLANK = /\s/;
const SIGN = /[、。，．！？；：」』）]/;

/** Behind the last character of such a kind before `end`, or undefined. */
function behindLast(kind: RegExp, text: string, end: number): number | undefined {
  for (let at = end; at > end - BEFORE_CUT; at -= 1) if (kind.test(text[at - 1] ?? '')) return at;
  return undefined;
}

/** What goes on with the character before it: a mark, the end of a Korean syllable, the second half of a pair. */
const CONTINUES = /^[\p{M}\u1160-\u11FF]/u;
const continues = (text: string, at: number): boolean =>
  at < text.length && (CONTINUES.test(text[at] ?? '') || (text.charCodeAt(at) & 0xfc00) === 0xdc00);

/**
 * The parts of a text, cut between words. Where there is no such place the next one begins with the last character of the one
 * before, so that no pair of neighbours is missed.
 */
function* partsOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > PART) {
    const between = behindLast(BLANK, text, from + PART) ?? behindLast(SIGN, text, from + PART);
    let to = between ?? from + PART;
    while (continues(text, to)) to += 1;
    yield text.slice(from, to);
    from = to;
    if (between !== undefined) continue;
    do from -= 1;
    while (continues(text, from));
  }
  yield text.slice(from);
}

/** Between two texts, so that no phrase goes from one to the next. */
const GAP = 8;

class Vector {
  readonly #words = new Map<string, Places>();
  #position = 0;
  #bytes = 0;

  /** In parts, between which others have their turn. */
  async addLong(text: string, weight: Weight): Promise<this> {
    let isFirst = true;
    for (const part of partsOf(text)) {
      if (!isFirst) await othersTurn();
      isFirst = false;
      this.#read(part, weight);
    }
    return this.#end();
  }

  add(text: string, weight: Weight): this {
    this.#read(text, weight);
    return this.#end();
  }

  #read(text: string, weight: Weight): void {
    eachWord(text, (word, kind) => {
      // A pair stands where its first character does, and a sign nowhere.
      if (kind === 'plain' || kind === 'single') this.#position = Math.min(this.#position + 1, MAX_POSITION);
      const at = kind === 'sign' ? 1 : kind === 'named' ? this.#position + 1 : this.#position;
      this.#note(word, Math.min(Math.max(at, 1), MAX_POSITION), weights[weight]);
    });
  }

  #end(): this {
    this.#position = Math.min(this.#position + GAP, MAX_POSITION);
    return this;
  }

  #note(word: string, position: number, weight: number): void {
    const known = this.#words.get(word);
    if (known === undefined) {
      const bytes = Buffer.byteLength(word);
      if (this.#bytes + bytes + 8 > MAX_BYTES) return;
      this.#bytes += bytes + 8;
      this.#words.set(word, { bytes, positions: [position | (weight << 14)], last: position });
    } else if (known.last < position && known.positions.length < MAX_POSITIONS && this.#bytes + 2 <= MAX_BYTES) {
      this.#bytes += 2;
      known.positions.push(position | (weight << 14));
      known.last = position;
    }
  }

  /** As `tsvectorrecv` reads it: each word ends with a NUL, and its positions hold their weight. */
  toBuffer(): Buffer {
    let size = 4;
    for (const { bytes, positions } of this.#words.values()) size += bytes + 3 + 2 * positions.length;
    const buffer = Buffer.allocUnsafe(size);
    let at = buffer.writeInt32BE(this.#words.size);
    for (const [word, { bytes, positions }] of this.#words) {
      if (bytes === word.length) for (let i = 0; i < bytes; i += 1) buffer[at + i] = word.charCodeAt(i);
      else buffer.write(word, at, 'utf8');
      buffer[at + bytes] = 0;
      at = buffer.writeUInt16BE(positions.length, at + bytes + 1);
      for (const position of positions) at = buffer.writeUInt16BE(position, at);
    }
    return buffer;
  }
}

/** A word as the types tsvector and tsquery read it. */
export const quoteWord = (word: string): string => `'${word.replace(/['\\]/g, '$&$&')}'`;

/** What the index of searches holds of a prompt. */
export async function promptVectors(prompt: SearchedPrompt): Promise<PromptVectors> {
  const vector = new Vector().add(prompt.title, 'A');
  for (const name of prompt.tags) vector.add(name, 'B');
  if (prompt.category !== null) vector.add(prompt.category, 'B');
  const names = vector.add(prompt.slug, 'C').toBuffer();
  await vector.add(prompt.description, 'C').addLong(prompt.content, 'D');
  return { names, texts: vector.toBuffer() };
}
