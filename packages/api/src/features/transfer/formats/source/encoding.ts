import { analyse } from 'chardet';
import { AppError } from '../../../../errors.ts';

/** The encodings that a file may have, by their WHATWG names. */
export type SourceEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const ADVICE = 'Save it as UTF-8, or as UTF-16 with a byte order mark.';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/** What a file is that begins so, where it is nothing that can be read; longer marks first. */
const foreignMarks: readonly { readonly bytes: readonly number[]; readonly what: string }[] = [
  { bytes: [0xff, 0xfe, 0, 0], what: 'is UTF-32LE' },
  { bytes: [0, 0, 0xfe, 0xff], what: 'is UTF-32BE' },
  { bytes: [0x84, 0x31, 0x95, 0x33], what: 'is GB18030' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'is a ZIP archive, as a workbook (.xlsx, .ods) is one, and no text' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'is a workbook or document of Microsoft Office (.xls), and no text' },
  { bytes: [0x1f, 0x8b], what: 'is compressed by gzip, and no text' },
];

/** That of UTF-8 is left out: without a mark a file is read as that, and who decodes it leaves its mark out. */
const textMarks: readonly { readonly bytes: readonly number[]; readonly encoding: SourceEncoding }[] = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** Which of four bytes are NUL where a Latin letter stands first, without a mark. */
const unmarked: Readonly<Record<string, string>> = {
  x0x0: 'UTF-16LE',
  '0x0x': 'UTF-16BE',
  x000: 'UTF-32LE',
  '000x': 'UTF-32BE',
};

/**
 * The encoding of a file that begins with these bytes: that of its byte order mark, else UTF-8.
 * @throws AppError import.unreadable where the bytes show another encoding, or no text, and names it.
 */
export function encodingOf(start: Uint8Array): SourceEncoding {
  const begins = (bytes: readonly number[]): boolean => bytes.every((byte, at) => start[at] === byte);
  const foreign = foreignMarks.find(({ bytes }) => begins(bytes));
  if (foreign !== undefined) throw unreadable(`The file ${foreign.what}. ${ADVICE}`);
  const marked = textMarks.find(({ bytes }) => begins(bytes));
  if (marked !== undefined) return marked.encoding;
  const pattern = Array.from(start.subarray(0, 4), (byte) => (byte === 0 ? '0' : 'x')).join('');
  const name = unmarked[pattern];
  if (name !== undefined) throw unreadable(`The file looks like ${name} without a byte order mark. ${ADVICE}`);
  return 'utf-8';
}

/** Bytes around a fault from which an encoding is guessed: ten milliseconds' work. */
const GUESSED_FROM = 4_096;
const LIKELY = 10;
const MOST_GUESSES = 3;

/** The WHATWG encoding that what a guess calls so is read as. */
const readAs: Readonly<Record<string, string>> = { 'ISO-8859-1': 'Windows-1252', 'ISO-8859-9': 'Windows-1254' };

/** The encodings that bytes which are no UTF-8 are likeliest in, which no look at them can prove. */
export function likelyEncodings(bytes: Uint8Array): string[] {
  const names = analyse(bytes)
    .filter(({ confidence, name }) => confidence >= LIKELY && !name.startsWith('UTF') && name !== 'ASCII')
    .map(({ name }) => (readAs[name] ?? name).replace(/^windows/, 'Windows'));
  return [...new Set(names)].slice(0, MOST_GUESSES);
}

/** Says that bytes are not in their encoding, and what they may be: `before` counts the bytes of the file before them. */
export function notInEncoding(encoding: SourceEncoding, bytes: Uint8Array, before: number, cause: unknown): AppError {
  const name = encoding.toUpperCase();
  const at = validLength(encoding, bytes);
  const byte = bytes[at]?.toString(16).toUpperCase().padStart(2, '0');
  const where =
    byte === undefined ? 'it ends within a character' : `byte ${before + at + 1} (0x${byte}) is in no character`;
  const start = Math.max(0, at - GUESSED_FROM / 2);
  const likely =
    encoding === 'utf-8' && byte !== undefined ? likelyEncodings(bytes.subarray(start, start + GUESSED_FROM)) : [];
  const guess = likely.length === 0 ? '' : ` It may be ${likely.join(', or ')}.`;
  return new AppError('import.unreadable', { message: `The file is not ${name}: ${where}.${guess} ${ADVICE}`, cause });
}

/** How many bytes are whole characters before the first that are in none; all of them where only the end is missing. */
function validLength(encoding: SourceEncoding, bytes: Uint8Array): number {
  const isValid = (length: number, stream = true): boolean => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let [valid, most] = [0, bytes.byteLength];
  while (valid < most) {
    const middle = Math.ceil((valid + most) / 2);
    if (isValid(middle)) valid = middle;
    else most = middle - 1;
  }
  // What began a character that does not go on is at fault, and not the byte behind it.
  if (valid < bytes.byteLength) while (!isValid(valid, false)) valid -= 1;
  return valid;
}
