import { z } from 'zod';

const encoder = new TextEncoder();

/** What a text has in JSON, in bytes of UTF-8 without its quotation marks: a control character may have six. */
export const jsonBytes = (value: string): number => encoder.encode(JSON.stringify(value)).length - 2;

const NUL_FAULT = 'Must not contain NUL (U+0000)';

const brokenFault = (value: string): string | null =>
  value.isWellFormed() ? null : 'Must not contain half of a surrogate pair: the text is not well-formed Unicode';

/** Why PostgreSQL cannot hold a text, which has neither NUL nor half a surrogate pair; null where it can. */
export const storageFault = (value: string): string | null => (value.includes('\0') ? NUL_FAULT : brokenFault(value));

/** A check that says the one thing that is wrong, or null. */
const says = (faultOf: (value: string) => string | null) => (payload: z.core.ParsePayload<string>) => {
  const message = faultOf(payload.value);
  if (message !== null) payload.issues.push({ code: 'custom', message, input: payload.value });
};

/** Text as it was typed, of `min` to `max` UTF-16 units. */
export const text = (max: number, min = 0) => z.string().min(min).max(max, { abort: true }).check(says(storageFault));

const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`;
const BIDI = String.raw`\u202a-\u202e\u2066-\u2069`;
const ONE_LINE = new RegExp(`^[^${CONTROL}]*$`, 'u');
const ONE_NAME = new RegExp(`^[^${CONTROL}${BIDI}]*$`, 'u');
const REFUSED = new RegExp(`[${CONTROL}${BIDI}]`, 'u');
/** What shows by itself: neither a blank, a control character or a lone mark, nor what is ignored where it has no look. */
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Says of the first character that a pattern refuses which it is. */
function characterFault({ input }: { readonly input?: unknown }): string {
  const [character = '\0'] = REFUSED.exec(String(input)) ?? [];
  const code = character.codePointAt(0) ?? 0;
  const named = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code === 0) return NUL_FAULT;
  return code > 0x2029
    ? `Must not contain marks that turn the direction of text around, such as ${named}; leave it out`
    : `Must be one line without control characters; it contains ${named}`;
}

/** Units that a composed one may have been typed with; longer text is refused before it is composed. */
const DECOMPOSED = 4;

function lineOf(pattern: RegExp, max: number, min: number) {
  return z
    .string()
    .max(max * DECOMPOSED, { abort: true, error: `Must have at most ${max} characters` })
    .normalize('NFC')
    .trim()
    .regex(pattern, { error: characterFault })
    .check(says(brokenFault))
    .min(min)
    .max(max);
}

/** One line, in NFC and trimmed, of `min` to `max` UTF-16 units, and without control characters. */
export const line = (max: number, min = 1) => lineOf(ONE_LINE, max, min);

const hiddenFault = (value: string): string | null =>
  value === '' || VISIBLE.test(value) ? null : 'Must contain at least one character that can be seen';

/**
 * What something is called: a line in which something shows, and nothing turns the direction of what stands beside it.
 * Which names are one is for `nameKey` of the database's package to say.
 */
export const name = (max: number) => lineOf(ONE_NAME, max, 1).check(says(hiddenFault));

/** What a person types into a search box. */
export const SearchText = line(200, 0);
