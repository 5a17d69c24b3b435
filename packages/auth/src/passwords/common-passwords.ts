import { ENDINGS, STEMS, WHOLE } from './common-words.ts';
import { isMadeOfWalks } from './keyboard-walks.ts';
import { isPublishedPassword } from './published-passwords.ts';

const LONGEST_REPEATED_UNIT = 6;

/**
 * Whether a password of ten characters or more is among the first that an attacker tries, whatever its case: one of the
 * published list or a common word, also with a number, a year or marks at its end; neighbouring keys, letters or digits,
 * in one run or several, with at most three other characters; or up to six characters said over and over.
 */
export function isCommonPassword(password: string): boolean {
  const folded = password.normalize('NFKC').toLowerCase();
  return isMadeOfWords(folded) || isMadeOfWalks(folded) || repeatsShortUnit(folded);
}

/** A common word, or one twice, with what people put before or behind it, and with a number and marks behind that. */
function isMadeOfWords(text: string): boolean {
  return [text, withoutNumber(text)].some((part) => isWord(part) || isWordTwice(part) || isWordWithEnding(part));
}

const isWord = (text: string): boolean => STEMS.has(text) || WHOLE.has(text) || isPublishedPassword(text);

function isWordTwice(text: string): boolean {
  const half = text.slice(0, text.length / 2);
  return text === half + half && isWord(half);
}

function isWordWithEnding(text: string): boolean {
  for (const ending of ENDINGS) {
    if (text.endsWith(ending) && isWord(text.slice(0, -ending.length))) return true;
    if (text.startsWith(ending) && isWord(text.slice(ending.length))) return true;
  }
  return false;
}

/** Without up to four digits at its end and up to two marks behind them. */
const withoutNumber = (text: string): string => text.replace(/\d{0,4}[!?.@#$%&*_-]{0,2}$/u, '');

function repeatsShortUnit(text: string): boolean {
  const characters = [...text];
  for (let unit = 1; unit <= LONGEST_REPEATED_UNIT; unit += 1) {
    if (characters.every((character, index) => character === characters[index % unit])) return true;
  }
  return false;
}
