const MAX_CHARACTERS = 60;
const UNSHOWN = '(a name that cannot be shown)';

// What a name loses, in this order. What is left are words: nothing in it closes a quotation or opens another line, and no
// mail program finds an address, a number or a page in it.
const steps: ReadonlyArray<readonly [RegExp, string]> = [
  // Zero-width, bidi and the like, which part what a reader sees from what a program finds.
  [/\p{Default_Ignorable_Code_Point}|(?!\p{Cc})\p{C}/gu, ''],
  [/[\p{Cc}\p{Z}]+/gu, ' '],
  [/\p{Pd}/gu, '-'],
  // The apostrophe of O'Neil becomes the letter that looks like it; every other one is a quotation mark.
  [/(?<=\p{L})['’‘ʻʼ](?=\p{L})/gu, 'ʼ'],
  [/[\u02b0-\u02bb\u02bd-\u02ff]|(?<!\p{L})ʼ|ʼ(?!\p{L})/gu, ' '],
  // The dot of “Dr. Ann” and “4.1” stays, that of “evil.example” and “10.0.0.1” goes.
  [/(?<!(?<![\p{N}.])\p{N}{1,3})\.(?!\s|$)|\.(?!\s|$|\p{N}{1,3}(?![\p{L}\p{N}.]))/gu, ' '],
  [/[^\p{L}\p{M}\p{N}\p{Emoji_Presentation}ʼ.,&+!? -]+/gu, ' '],
  // As many digits as a telephone number has.
  [/\p{N}(?:[ .,+-]*\p{N}){6,}/gu, ' '],
  [/(?<=\p{M}{3})\p{M}+/gu, ''],
  [/ {2,}/g, ' '],
  [/^[^\p{L}\p{N}\p{Emoji_Presentation}]+/gu, ''],
];

const DANGLING = ' ,&+-';

/** What stands before a name's end that is no part of one; a pattern would try it from each of its characters. */
function withoutDanglingEnd(text: string): string {
  let end = text.length;
  while (end > 0 && DANGLING.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** A handle in a mail. It is shown whole or not at all: a part of it may be somebody else's. */
export const shownHandle = (handle: string): string => (shownName(handle) === handle ? handle : UNSHOWN);

/**
 * A name that somebody typed, as it stands in a mail to somebody else: on one line, at most 60 characters, and without quotation
 * marks, brackets, links, addresses, numbers to call and characters that do not show. `most`: where it is more than a name.
 */
export function shownName(name: string, most = MAX_CHARACTERS): string {
  const words = withoutDanglingEnd(
    steps.reduce((text, [lost, left]) => text.replace(lost, left), name.normalize('NFKC')),
  );
  const characters = Array.from(words);
  if (characters.length === 0) return UNSHOWN;
  return characters.length <= most
    ? words
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
