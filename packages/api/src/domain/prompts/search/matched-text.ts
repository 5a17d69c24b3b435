// What a result shows of why it was found: which words of its title, and a piece of its content with the words in it.
import { eachWord, othersTurn, type TextWord, textWords } from '@promptory/db';
import type { PromptMatch, TextMark } from '@promptory/schemas';
import { isMistypable, mistyped } from './near-words.ts';
import { type AskedWord, searchWords } from './search-words.ts';

interface Searched {
  readonly title: string;
  readonly content: string;
}

const EXCERPT_LENGTH = 200;
/** How much of an excerpt stands before the first word that was found. */
const LEAD = 40;
const MOST_MARKS = 12;
/** Of a content so much is looked through for words as they are spelt, and so much for those that are only alike. */
const LOOKED_THROUGH = 200_000;
const READ = 4_000;
/** Places of one word, and places that are looked at. */
const MOST_PLACES = 20;
const MOST_LOOKS = 400;
/** So many prompts are looked at before others have their turn. */
const PROMPTS_A_TURN = 4;
const MAX_WORD = 64;
/** Of all matches of a page together, as JSON; what more there is has no excerpt. */
const PAGE_BYTES = 56_000;
/** Letters that the end of a word may differ by, in a word of which more are left. */
const ENDING = 3;
const LEAST_ROOT = 4;

type Finds = (word: TextWord) => boolean;

/** Adds to the prompts of a page, which `q` has found, what of it stands in them. */
export async function withMatches<Found extends Searched>(
  q: string,
  prompts: readonly Found[],
): Promise<Array<Found & { match: PromptMatch }>> {
  const { words } = searchWords(q);
  const [finds, findsAlike] = [findsWhole(words), findsSlips(words)];
  const places = placesOf(words);
  let left = PAGE_BYTES;
  const matched: Array<Found & { match: PromptMatch }> = [];
  for (const prompt of prompts) {
    if (matched.length > 0 && matched.length % PROMPTS_A_TURN === 0) await othersTurn();
    const title = marksOf(prompt.title, finds, findsAlike);
    const excerpt = left > 0 ? excerptOf(prompt.content.slice(0, LOOKED_THROUGH), places, finds, findsAlike) : null;
    const match = { title, excerpt };
    left -= Buffer.byteLength(JSON.stringify(match));
    matched.push({ ...prompt, match });
  }
  return matched;
}

const findsWhole = (asked: readonly AskedWord[]): Finds => {
  const spelt = new Set(asked.flatMap(({ phrase }) => phrase));
  const roots = asked
    .filter(({ kind }) => kind === 'plain')
    .flatMap(({ word, isLast }) => [
      rootOf(word),
      ...(isLast && word.length >= ENDING ? [[word, MAX_WORD] as const] : []),
    ]);
  return ({ word, kind }) =>
    spelt.has(word) ||
    (kind === 'plain' && roots.some(([root, more]) => word.startsWith(root) && word.length <= root.length + more));
};

/** What another form of a word begins with, and how many letters may follow. */
const rootOf = (word: string): readonly [root: string, more: number] => {
  const root = word.slice(0, Math.max(LEAST_ROOT, word.length - ENDING));
  return [root, word.length > LEAST_ROOT ? word.length - root.length + ENDING : word.length - root.length];
};

const findsSlips = (asked: readonly AskedWord[]): Finds => {
  const others = new Set(
    asked.flatMap(({ word, kind }) => (kind === 'plain' && isMistypable(word) ? mistyped(word) : [])),
  );
  return ({ word }) => others.has(word);
};

const marksOf = (text: string, ...ways: readonly Finds[]): TextMark[] => {
  const words = textWords(text);
  for (const finds of ways) {
    const marks = joined(words.filter(finds));
    if (marks.length > 0) return marks.slice(0, MOST_MARKS);
  }
  return [];
};

/** Pairs and single characters that overlap are one mark. */
function joined(words: readonly TextWord[]): TextMark[] {
  const marks: TextMark[] = [];
  for (const { start, end } of words) {
    const last = marks.at(-1);
    if (last !== undefined && start <= last.end)
      marks[marks.length - 1] = { start: last.start, end: Math.max(end, last.end) };
    else marks.push({ start, end });
  }
  return marks;
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Finds where a word may begin, as it is spelt: fast, for long texts. */
function placesOf(asked: readonly AskedWord[]): RegExp {
  const spelt = asked.flatMap(({ phrase }) => phrase).map((word) => escaped(word));
  const roots = asked
    .filter(({ kind, word }) => kind === 'plain' && word.length > LEAST_ROOT)
    .map(({ word }) => escaped(rootOf(word)[0]));
  return new RegExp([...spelt, ...roots].join('|'), 'giu');
}

function excerptOf(content: string, places: RegExp, ...ways: readonly Finds[]): PromptMatch['excerpt'] {
  const { found, counts } = placesIn(content, places, ways[0]);
  const at = found.length > 0 ? densest(found, counts) : firstOf(content.slice(0, READ), ways);
  if (at === undefined) return null;
  const start = beginning(content, Math.max(0, at - LEAD));
  const piece = content.slice(start, end(content, start + EXCERPT_LENGTH));
  const marks = marksOf(piece, ...ways);
  return marks.length === 0 ? null : { text: piece.replace(/\p{Cc}/gu, ' '), marks };
}

/** Where whole words begin, of the places at which they may. */
function placesIn(
  content: string,
  places: RegExp,
  finds: Finds | undefined,
): { found: TextWord[]; counts: Map<string, number> } {
  const found: TextWord[] = [];
  const counts = new Map<string, number>();
  let looks = 0;
  for (const { index, 0: spelt } of content.matchAll(places)) {
    looks += 1;
    if (looks > MOST_LOOKS) break;
    if (
      /[\p{L}\p{N}]/u.test(content[index - 1] ?? '') &&
      /^[\p{L}\p{N}]/u.test(spelt) &&
      !/[\u0E00-\uFAFF]/.test(spelt)
    )
      continue;
    const word = textWords(content.slice(index, index + spelt.length + 32)).find(
      (one) => finds?.(one) === true && one.start === 0,
    );
    if (word === undefined) continue;
    const count = (counts.get(word.word) ?? 0) + 1;
    counts.set(word.word, count);
    if (count <= MOST_PLACES) found.push({ ...word, start: index, end: index + word.end });
  }
  return { found, counts };
}

/** Where within an excerpt most different words begin, of which one that is rare in this text counts more. */
function densest(found: readonly TextWord[], counts: ReadonlyMap<string, number>): number | undefined {
  let best: { at: number | undefined; weight: number } = { at: undefined, weight: 0 };
  for (const [index, { start }] of found.entries()) {
    const near = new Set<string>();
    for (let next = index; next < found.length; next += 1) {
      const other = found[next];
      if (other === undefined || other.end > start + EXCERPT_LENGTH - LEAD) break;
      near.add(other.word);
    }
    const weight = [...near].reduce((sum, word) => sum + 1 / (counts.get(word) ?? 1), 0);
    if (weight > best.weight) best = { at: start, weight };
  }
  return best.at;
}

function firstOf(text: string, ways: readonly Finds[]): number | undefined {
  for (const finds of ways) {
    let first: number | undefined;
    eachWord(text, (word, kind, start, stop) => {
      if (first === undefined && finds({ word, kind, start, end: stop })) first = start;
    });
    if (first !== undefined) return first;
  }
  return undefined;
}

/** The beginning of a word near a place, and never the middle of a character. */
function beginning(text: string, near: number): number {
  if (near === 0) return 0;
  const blank = text.slice(near, near + LEAD / 2).search(/\s/);
  return end(text, blank === -1 ? near : near + blank + 1);
}

const end = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
};
