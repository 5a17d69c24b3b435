import jsTokens from 'js-tokens';
import { type PrivateWord, privateWords } from './words.ts';

export interface FoundWord extends PrivateWord {
  /** From 1; 0 for the name of the file. */
  readonly line: number;
}

const IDENTIFIER = /[A-Za-z_$][\w$]*/g;
const PART = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

const fold = (text: string): string => text.toLowerCase();
const inProse = privateWords.filter(({ inNames }) => inNames !== true);

const isCompound = (word: string): boolean => /[A-Z]/.test(word);

/** `restDoors` has `doors` as one of its parts; `newCursorKey` has `cursorKey` anywhere in it. */
function wordOf(identifier: string, words: readonly PrivateWord[]): PrivateWord | undefined {
  const whole = fold(identifier);
  const parts = new Set(identifier.match(PART)?.map(fold));
  return words.find(({ word }) => (isCompound(word) ? whole.includes(fold(word)) : parts.has(word)));
}

function* wordsIn(text: string, words: readonly PrivateWord[], line: number): Generator<FoundWord> {
  let at = line;
  for (const each of text.split('\n')) {
    for (const [identifier] of each.matchAll(IDENTIFIER)) {
      const found = wordOf(identifier, words);
      if (found !== undefined) yield { ...found, line: at };
    }
    at += 1;
  }
}

/**
 * The private words in a file's name and text, in their order. Of TypeScript the identifiers are names, and its comments and
 * texts are prose; any other text is prose, but for what stands between backticks.
 */
export function* findPrivateWords(path: string, text: string): Generator<FoundWord> {
  yield* wordsIn(path, privateWords, 0);
  let line = 1;
  const isCode = /\.tsx?$/.test(path);
  const tokens = isCode
    ? Array.from(jsTokens(text, { jsx: path.endsWith('.tsx') }), ({ type, value }) => ({
        value,
        isName: /^(IdentifierName|PrivateIdentifier)$/.test(type),
      }))
    : text.split(/(`[^`\n]*`)/).map((value) => ({ value, isName: value.startsWith('`') }));
  for (const { value, isName } of tokens) {
    yield* wordsIn(value, isName ? privateWords : inProse, line);
    line += value.split('\n').length - 1;
  }
}
