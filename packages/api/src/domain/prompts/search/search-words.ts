export interface SearchWords {
  /** For websearch_to_tsquery: all words, phrases in quotes. */
  readonly every: string;
  /** For websearch_to_tsquery: any of the words will do. */
  readonly any: string;
  /** For websearch_to_tsquery: none of these may occur; empty when nothing is excluded. */
  readonly excluded: string;
  /** Whether a phrase in quotes asks for just that, where it is to be found. */
  readonly exact: boolean;
  /** The text as it was typed, but for what it excludes. */
  readonly typed: string;
  /** The words that titles are compared with, in lower case. */
  readonly words: readonly string[];
  /** Of each word, whether it counts as found where it stands as it is: Chinese, `c++`, `100%`. */
  readonly literal: readonly boolean[];
}

// The same characters as public.search_words() sets apart.
const CJK = String.raw`[\u2E80-\u2FDF\u3005-\u3007\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\u{20000}-\u{3FFFF}]`;
const CJK_RUNS = new RegExp(`${CJK}+`, 'gu');
const ANY_CJK = new RegExp(CJK, 'u');
const WORD_CHARACTER = /[\p{L}\p{N}]/u;
/** The marks at which public.search_words() parts words, and what folding makes a hyphen. */
const PARTING = /[/_.:|\-\u2010-\u2015\u2212\uFE63\uFF0D]/gu;
const CURLED_QUOTES = /[\u201C-\u201F\uFF02]/gu;
const EXCLUDED = /(?<=^|\s)-("[^"]*"|[\p{L}\p{N}]\S*)/gu;
const MAX_WORDS = 12;

/** Words as the index holds them: parted at marks, and of CJK each character, a run of which is a phrase. */
const asIndexed = (text: string): string =>
  text.replace(PARTING, ' ').replace(CJK_RUNS, (run) => ` "${Array.from(run).join(' ')}" `);

/** Makes of what a person typed the texts that PostgreSQL searches for. */
export function searchWords(query: string): SearchWords {
  const q = query.replace(CURLED_QUOTES, '"');
  const wanted = q.replace(EXCLUDED, ' ').trim();
  // Nothing but exclusions asks for nothing: then a minus is a mark like others.
  const typed = wanted === '' ? q : wanted;
  const excluded = wanted === '' ? [] : Array.from(q.matchAll(EXCLUDED), (match) => match[1] ?? '');
  const unquoted = typed.replaceAll('"', ' ');
  // Quotes do not nest: within quotes of the caller's own, Chinese would end the phrase.
  const within = typed.split('"').slice(1, -1);
  const exact = within.some((part) => WORD_CHARACTER.test(part)) && !ANY_CJK.test(typed);
  const parts = unquoted
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const spelt = parts.filter((word) => WORD_CHARACTER.test(word));
  // Chinese characters that stand apart in a title count too, for less than the run of them that was typed.
  const characters = spelt.flatMap((word) => word.match(CJK_RUNS) ?? []).flatMap((run) => Array.from(run));
  const words = [...new Set(spelt.length > 0 ? [...spelt, ...characters] : parts)].slice(0, MAX_WORDS);
  return {
    every: asIndexed(exact ? typed : unquoted),
    any: words.map(asIndexed).join(' or '),
    excluded: excluded.map((part) => asIndexed(ANY_CJK.test(part) ? part.replaceAll('"', ' ') : part)).join(' or '),
    exact,
    typed,
    words,
    literal: words.map((word) => !/^[\p{L}\p{N}]+$/u.test(word) || ANY_CJK.test(word)),
  };
}
