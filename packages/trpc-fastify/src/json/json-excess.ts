/** Arrays and objects inside each other, at most. */
export const MAX_JSON_DEPTH = 64;

/**
 * Values, and names of members, that one JSON text may have. Each takes many times as long to parse, to check and to free
 * as its characters do: 80,000 different names in a mebibyte, a tenth of a second.
 */
export const MAX_JSON_VALUES = 50_000;
export const MAX_JSON_NAMES = 20_000;

/** What a JSON text has more of than it may. */
export type JsonExcess = 'levels' | 'values' | 'names';

/** How much of each it may have. */
export const jsonBounds: Readonly<Record<JsonExcess, number>> = {
  levels: MAX_JSON_DEPTH,
  values: MAX_JSON_VALUES,
  names: MAX_JSON_NAMES,
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

// packages/db has the like, of what is known to be JSON: both import nothing of ours, and this package is published alone.
/** Where a string ends that begins at a quotation mark: at the next one that is not escaped, or with the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

/**
 * What of {@link jsonBounds} a text exceeds, null where nothing: to be asked before it is parsed, whether it is JSON or not.
 * Looks at each character once, of strings only for their ends.
 */
export function jsonExcess(text: string): JsonExcess | null {
  let depth = 0;
  let values = 1;
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === OPEN_ARRAY || character === OPEN_OBJECT) {
      // An empty one is a value that the comma before it has counted.
      if (text.charCodeAt(at + 1) !== character + 2) values++;
      if (++depth > MAX_JSON_DEPTH) return 'levels';
    } else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) depth--;
    else if (character === COMMA) values++;
    else if (character === COLON) names++;
    if (values > MAX_JSON_VALUES) return 'values';
    if (names > MAX_JSON_NAMES) return 'names';
  }
  return null;
}
