// How a text falls into the words by which it is found. Prompts, what is searched for and what a result marks are all read
// by this one function, so that they cannot disagree, whatever the version and the locale of the database.
//
// - Words are letters and numbers, folded: case, width, form (NFC, NFD) and the accents of Latin, Greek and Cyrillic do not
//   matter. All other characters part words, those of markup too, and are words by themselves: `→`, `{`.
// - `c++`, `c#` and `.net` are words; `.net` is `net` besides.
// - Scripts without spaces (Chinese, Japanese, Thai, …; Korean too, which glues its particles on) are single characters and
//   pairs of neighbours: a run of characters is found by its pairs, without a dictionary and wherever its words end.

/**
 * `plain`: letters and numbers; `named`: c++ or .net; `sign`: any other character; `single` and `pair`: of a script without
 * spaces.
 */
export type WordKind = 'plain' | 'named' | 'sign' | 'single' | 'pair';

/** Takes a word, and where in the text it stands in UTF-16 units. */
export type WordTaker = (word: string, kind: WordKind, start: number, end: number) => void;

/** A word of a text. */
export interface TextWord {
  readonly word: string;
  readonly kind: WordKind;
  readonly start: number;
  readonly end: number;
}

const BLANK = 0;
const LETTER = 1;
const SIGN = 2;
/** What each character of ASCII is. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-z0-9]/i.test(String.fromCharCode(code)) ? LETTER : code > 32 && code < 127 ? SIGN : BLANK,
);
const NAMED_BEHIND = /[a-z](?:\+\+|#)(?![\p{L}+#])/iuy;
const NAMED_BEFORE = /\.[a-z][a-z0-9]*(?![\p{L}+#])/iuy;
const LETTERS = /[\p{L}\p{N}\p{M}]+/uy;
const UNSEEN = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u;
const IN_RUN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3005-\u3007\u30FC]/u;
const MARK = /^\p{M}/u;
const MARKS = /\p{M}+/gu;
const ACCENTS = /[\u0300-\u036F]+/g;
/** Letters that have no accent to take away, and are written without their stroke or as two all the same. */
const PLAINER: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i', ħ: 'h', ŧ: 't', ς: 'σ' },
};
const HAS_PLAINER = new RegExp(`[${Object.keys(PLAINER).join('')}]`, 'g');
/** Longer ones are cut, so that each piece is a word. */
const MAX_WORD = 64;

/** A word as it is compared. */
const foldWord = (word: string): string =>
  word
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(HAS_PLAINER, (letter) => PLAINER[letter] ?? letter);

/** Whether a character is one of a script without spaces: by its number where most of them are, which is fast. */
const isUnspaced = (character: string, code: number): boolean => {
  if (code < 0x0e00) return false;
  if ((code >= 0x3400 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3)) return true;
  return IN_RUN.test(character);
};

/** Calls `take` with the words of a text in their order. Takes time by its length alone. */
export function eachWord(text: string, take: WordTaker): void {
  let at = 0;
  /** Whether what stands before belongs to a word, so that no `c++` or `.net` begins here. */
  let isInside = false;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      const what = ASCII[code];
      if (what === BLANK) {
        at += 1;
        isInside = false;
        continue;
      }
      const named = isInside ? undefined : namedAt(text, at, code);
      if (named !== undefined) {
        const end = at + named.length;
        take(named.toLowerCase(), 'named', at, end);
        if (code === 0x2e) plain(named.slice(1).toLowerCase(), at + 1, end, take);
        at = end;
        isInside = true;
        continue;
      }
      if (what === SIGN) {
        take(text[at] ?? '', 'sign', at, at + 1);
        isInside = code === 0x5f;
        at += 1;
        continue;
      }
    }
    const end = code < 128 ? endOfAscii(text, at) : at;
    // A word that is ASCII whole, as most are.
    if (end > at && (end === text.length || text.charCodeAt(end) < 128)) {
      plain(text.slice(at, end).toLowerCase(), at, end, take);
      at = end;
      isInside = true;
      continue;
    }
    LETTERS.lastIndex = at;
    const letters = LETTERS.exec(text)?.[0];
    if (letters !== undefined) {
      mixed(letters, at, take);
      at += letters.length;
      isInside = true;
    } else {
      at += sign(text, at, take);
      isInside = false;
    }
  }
}

/** The same as a list. */
export function textWords(text: string): TextWord[] {
  const words: TextWord[] = [];
  eachWord(text, (word, kind, start, end) => void words.push({ word, kind, start, end }));
  return words;
}

function endOfAscii(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length && text.charCodeAt(end) < 128 && ASCII[text.charCodeAt(end)] === LETTER) end += 1;
  return end;
}

function namedAt(text: string, at: number, code: number): string | undefined {
  const pattern = code === 0x2e ? NAMED_BEFORE : NAMED_BEHIND;
  if (code !== 0x2e) {
    const next = text.charCodeAt(at + 1);
    if (ASCII[code] !== LETTER || (next !== 0x2b && next !== 0x23)) return undefined;
  }
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function plain(word: string, start: number, end: number, take: WordTaker): void {
  if (word.length <= MAX_WORD) {
    if (word !== '') take(word, 'plain', start, end);
    return;
  }
  const letters = Array.from(word);
  for (let at = 0; at < letters.length; at += MAX_WORD) {
    take(letters.slice(at, at + MAX_WORD).join(''), 'plain', start, end);
  }
}

/** Full-width signs are the narrow ones. Answers how long it is. */
function sign(text: string, at: number, take: WordTaker): number {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (UNSEEN.test(character)) return character.length;
  const folded = character.normalize('NFKC');
  take(/^[^\s\p{L}\p{N}\p{M}]$/u.test(folded) ? folded : character, 'sign', at, at + character.length);
  return character.length;
}

/** Letters of any script: runs without spaces, and what stands between them. */
function mixed(letters: string, offset: number, take: WordTaker): void {
  let wordFrom = 0;
  let before = '';
  let beforeAt = 0;
  let at = 0;
  while (at < letters.length) {
    const code = letters.codePointAt(at) ?? 0;
    const base = String.fromCodePoint(code);
    if (!isUnspaced(base, code) || MARK.test(base)) {
      at += base.length;
      // A mark behind a character of a run belongs to it; all else ends the run.
      if (before === '' || !MARK.test(base)) before = '';
      else wordFrom = at;
      continue;
    }
    if (wordFrom < at) {
      plain(foldWord(letters.slice(wordFrom, at)), offset + wordFrom, offset + at, take);
      before = '';
    }
    let end = at + base.length;
    const belongs = isJamo(code) ? isEndOfSyllable : isMark;
    while (end < letters.length && belongs(letters, end)) end += 1;
    // Of Japanese and Korean characters the marks are a part, of others they are left out.
    const character = end === at + base.length ? base : (letters.slice(at, end).normalize('NFC')[0] ?? base);
    const folded = code >= 0x3400 && code <= 0xd7a3 ? character : foldWord(character).replace(MARKS, '');
    if (before !== '') take(before + folded, 'pair', offset + beforeAt, offset + end);
    take(folded, 'single', offset + at, offset + end);
    before = folded;
    beforeAt = at;
    at = end;
    wordFrom = end;
  }
  if (wordFrom < at) plain(foldWord(letters.slice(wordFrom, at)), offset + wordFrom, offset + at, take);
}

/** A letter of a Korean syllable that is written as its letters (NFD). */
const isJamo = (code: number): boolean => code >= 0x1100 && code <= 0x11ff;
const isEndOfSyllable = (letters: string, at: number): boolean => {
  const code = letters.charCodeAt(at);
  return code >= 0x1160 && code <= 0x11ff;
};

const isMark = (letters: string, at: number): boolean => {
  const code = letters.charCodeAt(at);
  if (code >= 0x3400 && code <= 0xd7ff) return false;
  return MARK.test(letters[at] ?? '');
};
