// What a word may have been meant for, as texts of the type tsquery.
import { quoteWord } from '@promptory/db';

const ENDINGS = ['', 's', 'es', 'e', 'ed', 'er', 'ers', 'ing', 'y', 'ies'];
/** Shorter ones begin too many words. */
const LEAST_PREFIX = 3;
const LEAST_STEM_PREFIX = 5;
/** In words of one or two letters each slip makes another word. */
const LEAST_MISTYPED = 3;
const ALPHABETS = [
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїє',
  'αβγδεζηθικλμνξοπρστυφχψω',
];

/** Queries of which one must hold, all, or a phrase. */
export const oneOf = (queries: readonly string[]): string => `(${queries.join(' | ')})`;
export const allOfThem = (queries: readonly string[]): string => queries.join(' & ');
/** Words one behind the other. */
export const phraseOf = (words: readonly string[]): string => `(${words.map(quoteWord).join(' <-> ')})`;
export const prefixOf = (word: string): string => `${quoteWord(word)}:*`;

/** The word, its other endings, and what begins with it where it may be typed still: each a tsquery of one word. */
export function nearForms(word: string, stem: string | null, isOpen: boolean): string[] {
  if (isOpen && word.length >= LEAST_PREFIX) return [...new Set([prefixOf(rootOf(word, stem) ?? word)])];
  const root = rootOf(word, stem);
  if (root !== undefined) return [prefixOf(root), ...(word.startsWith(root) ? [] : [quoteWord(word)])];
  const short = stem?.replace(/i$/, '') ?? '';
  if (short.length < LEAST_PREFIX) return [...new Set([word, ...(short === '' ? [] : [short])])].map(quoteWord);
  return [...new Set([word, ...ENDINGS.map((ending) => short + ending)])].map(quoteWord);
}

/** What a word and its other forms begin with, where that is long enough to be no other word. */
function rootOf(word: string, stem: string | null): string | undefined {
  const root = stem?.replace(/i$/, '') ?? '';
  return root.length >= LEAST_STEM_PREFIX && word.startsWith(root) ? root : undefined;
}

/** Whether a word is looked for with a slip in it too. */
export const isMistypable = (word: string): boolean =>
  word.length >= LEAST_MISTYPED && word.length <= 32 && !/\d/.test(word);

/**
 * All words with one slip less: a letter wrong, missing, too many, or two exchanged. Some fifty for each letter, each of which
 * an index knows or not at once; how many words there are does not matter.
 */
export function mistyped(word: string): string[] {
  const letters = Array.from(word);
  const alphabet = ALPHABETS.find((given) => letters.some((letter) => given.includes(letter))) ?? '';
  const others = Array.from(alphabet);
  const variants = new Set<string>();
  const splice = (at: number, length: number, ...inserted: string[]): void => {
    variants.add([...letters.slice(0, at), ...inserted, ...letters.slice(at + length)].join(''));
  };
  for (let at = 0; at <= letters.length; at += 1) {
    for (const other of others) splice(at, 0, other);
    const letter = letters[at];
    if (letter === undefined) break;
    for (const other of others) splice(at, 1, other);
    if (letters.length > LEAST_MISTYPED) splice(at, 1);
    const next = letters[at + 1];
    if (next !== undefined) splice(at, 2, next, letter);
  }
  variants.delete(word);
  return [...variants];
}
