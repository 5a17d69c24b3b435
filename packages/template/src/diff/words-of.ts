/** Characters that may still be looked up in Unicode's rules and dictionaries of words. */
export interface LookUps {
  lookUps: number;
}

/** By Unicode's rules for words, with dictionaries for scripts that write no spaces (Chinese, Japanese, Thai). */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * A text in its words, and in what stands between them; joined they are the text. ASCII by Unicode's rules, eight times as
 * fast as by `Intl`; anything else by `Intl` while `work` lasts, and beyond it by the same rules with other letters taken
 * for those of words, but each ideograph, kana, Thai letter and sign for a word of its own.
 */
export function wordsOf(text: string, work: LookUps): string[] {
  if (isAscii(text)) return plainWords(text);
  work.lookUps -= text.length;
  return work.lookUps < 0 ? plainWords(text) : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function plainWords(text: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let at = 1; at <= text.length; at++) {
    if (at < text.length && isInside(text, at)) continue;
    words.push(text.slice(start, at));
    start = at;
  }
  return words;
}

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const UNDERSCORE = 3;
const SPACE = 4;
const CR = 5;
const LF = 6;
/** Signs that tie two letters (`don't`), two digits (`3,000`), or both (`e.g`, `3.14`). */
const TIES_LETTERS = 7;
const TIES_DIGITS = 8;
const TIES_BOTH = 9;
const HIGH_SURROGATE = 10;
const LOW_SURROGATE = 11;

/** What each ASCII character is for the rules of words (UAX 29). */
const KINDS = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[A-Za-z]/.test(character)) return LETTER;
  if (/[0-9]/.test(character)) return DIGIT;
  const kind: Record<string, number> = {
    _: UNDERSCORE,
    ' ': SPACE,
    '\r': CR,
    '\n': LF,
    ':': TIES_LETTERS,
    ',': TIES_DIGITS,
    ';': TIES_DIGITS,
    '.': TIES_BOTH,
    "'": TIES_BOTH,
  };
  return kind[character] ?? OTHER;
});

/** The last of the scripts that write letters with spaces between words and no ideographs: up to the Sinhala. */
const LAST_SPACED = 0x0dff;

function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return KINDS[unit] as number;
  if (unit <= LAST_SPACED) return unit < 0xc0 ? OTHER : LETTER;
  if (unit >= 0xd800 && unit <= 0xdbff) return HIGH_SURROGATE;
  return unit >= 0xdc00 && unit <= 0xdfff ? LOW_SURROGATE : OTHER;
}

const isWord = (kind: number): boolean => kind === LETTER || kind === DIGIT || kind === UNDERSCORE;

/** Whether no word begins at a place of a text. */
function isInside(text: string, at: number): boolean {
  const before = kindAt(text, at - 1);
  const here = kindAt(text, at);
  if (isWord(before)) {
    return isWord(here) || (isTie(here, before) && at + 1 < text.length && kindAt(text, at + 1) === before);
  }
  if (before === SPACE) return here === SPACE;
  if (before === CR) return here === LF;
  if (before === HIGH_SURROGATE) return here === LOW_SURROGATE;
  return at > 1 && isTie(before, here) && kindAt(text, at - 2) === here;
}

/** Whether a sign ties two characters of a kind. */
function isTie(sign: number, kind: number): boolean {
  if (sign === TIES_BOTH) return kind === LETTER || kind === DIGIT;
  return (sign === TIES_LETTERS && kind === LETTER) || (sign === TIES_DIGITS && kind === DIGIT);
}
