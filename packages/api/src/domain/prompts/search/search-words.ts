import { type TextWord, textWords } from '@promptory/db';

/** A word that is searched for, or a phrase. */
export interface AskedWord {
  readonly word: string;
  /** Of a phrase in quotes all words; else just the one. */
  readonly phrase: readonly string[];
  readonly kind: TextWord['kind'] | 'phrase';
  /** Whether it may be the beginning of a word that is still typed. */
  readonly isLast: boolean;
}

export interface SearchWords {
  readonly words: readonly AskedWord[];
  /** What may not occur: words, and phrases of several. */
  readonly excluded: readonly (readonly string[])[];
  /** The text as it was typed, but for what it excludes. */
  readonly typed: string;
}

const CURLED_QUOTES = /[\u201C-\u201F\uFF02]/gu;
const EXCLUDED = /(?<=^|\s)-("[^"]*"|[\p{L}\p{N}]\S*)/gu;
const MAX_WORDS = 12;

/** Reads what a person typed: words, phrases in quotes, and with a minus what is to be left out. */
export function searchWords(query: string): SearchWords {
  const q = query.replace(CURLED_QUOTES, '"');
  const wanted = q.replace(EXCLUDED, ' ').trim();
  // Nothing but exclusions asks for nothing: then a minus is a sign like others.
  const typed = wanted === '' ? q.trim() : wanted;
  const excluded = wanted === '' ? [] : Array.from(q.matchAll(EXCLUDED), (match) => comparedWords(match[1] ?? ''));
  const words = new Map<string, AskedWord>();
  const add = (asked: AskedWord): void => {
    const key = asked.phrase.join(' ');
    if (words.size < MAX_WORDS && !words.has(key)) words.set(key, asked);
  };
  const parts = typed.split('"');
  // Quotes come in pairs: of the last one that has none, what follows is not quoted.
  const quotedUntil = parts.length % 2 === 0 ? parts.length - 2 : parts.length - 1;
  for (const [index, part] of parts.entries()) {
    const found = comparedWords(part);
    if (index % 2 === 1 && index < quotedUntil && found.length > 1) {
      add({ word: found.join(' '), phrase: found, kind: 'phrase', isLast: false });
      continue;
    }
    const isOpen = index === parts.length - 1 && !/[\s"]$/.test(typed);
    const kinds = kindsOf(part);
    for (const [at, word] of found.entries()) {
      add({ word, phrase: [word], kind: kinds[at] ?? 'plain', isLast: isOpen && at === found.length - 1 });
    }
  }
  return { words: [...words.values()], excluded: excluded.filter(({ length }) => length > 0), typed };
}

/** Of a text the words to compare: no signs beside letters, and of a script without spaces its pairs. */
const compared = (text: string): TextWord[] => {
  const all = textWords(text);
  const spelt = all.filter(({ kind }) => kind !== 'sign');
  if (spelt.length === 0) return all;
  return spelt.filter(({ kind, start, end }, index) => {
    if (kind === 'single') {
      const isPaired = (other: TextWord | undefined): boolean =>
        other?.kind === 'pair' && other.start <= start && end <= other.end;
      return !isPaired(spelt[index - 1]) && !isPaired(spelt[index + 1]);
    }
    const former = spelt[index - 1];
    return !(kind === 'plain' && former?.kind === 'named' && former.end === end);
  });
};

const comparedWords = (text: string): string[] => compared(text).map(({ word }) => word);
const kindsOf = (text: string): TextWord['kind'][] => compared(text).map(({ kind }) => kind);
