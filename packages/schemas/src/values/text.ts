import { z } from 'zod';
import type { Diagnosis } from '../faults/fault.ts';
import { formatted, matching, refusing } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { brokenFault, storageFault } from '../faults/storage-fault.ts';

const encoder = new TextEncoder();

/** What a text has in JSON, in bytes of UTF-8 without its quotation marks: a control character may have six. */
export const jsonBytes = (value: string): number => encoder.encode(JSON.stringify(value)).length - 2;

/** Text as it was typed, of `min` to `max` UTF-16 units. */
export const text = (max: number, min = 0) =>
  z.string().min(min).max(max, { abort: true }).check(refusing(storageFault));

const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`;
const BIDI = String.raw`\u202a-\u202e\u2066-\u2069`;
const ONE_LINE = new RegExp(`^[^${CONTROL}]*$`, 'u');
const ONE_NAME = new RegExp(`^[^${CONTROL}${BIDI}]*$`, 'u');
const REFUSED = new RegExp(`[${CONTROL}${BIDI}]`, 'u');
/** What shows by itself: neither a blank, a control character or a lone mark, nor what is ignored where it has no look. */
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}]/u;

/** What is wrong with the first character that a name or a line may not have. */
function characterFault(value: string): Diagnosis {
  const [character = '\0'] = REFUSED.exec(value) ?? [];
  const code = character.codePointAt(0) ?? 0;
  if (code === 0) return fault('nul_character');
  const named = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return fault(code > 0x2029 ? 'direction_mark' : 'control_character', { character: named });
}

/** UTF-16 units that a composed character may have been typed with; longer text is refused before it is composed. */
const DECOMPOSED = 8;

function lineOf(pattern: RegExp, max: number, min: number) {
  const tooLong = fault('too_big', { maximum: max, unit: 'characters' });
  return z
    .string()
    .check(refusing((value) => (value.length > max * DECOMPOSED ? tooLong : null)))
    .normalize('NFC')
    .trim()
    .check(matching(pattern, characterFault), refusing(brokenFault))
    .min(min)
    .max(max);
}

/** One line, in NFC and trimmed, of `min` to `max` UTF-16 units, and without control characters. */
export const line = (max: number, min = 1) => lineOf(ONE_LINE, max, min);

const hiddenFault = (value: string): Diagnosis | null =>
  value === '' || VISIBLE.test(value) ? null : fault('nothing_visible');

/**
 * What something is called: a line in which something shows, and nothing turns the direction of what stands beside it.
 * Which names are one is for `nameKey` of the database's package to say.
 */
export const name = (max: number) => lineOf(ONE_NAME, max, 1).check(refusing(hiddenFault));

/** What a person types into a search box. */
export const SearchText = line(200, 0).describe('Words to search for; a slip in a word is forgiven.');

/** Only whether it looks like one, in any form of its sign: what it is as it is stored, and whether that can be, the server's one normaliser says. */
export const EmailAddress = z
  .string()
  .max(254, { abort: true })
  .check(formatted('email', /^[^@＠﹫]+[@＠﹫][^@＠﹫]+$/))
  .describe('An e-mail address, in whatever case and script.');
