import { othersTurn } from '@promptory/db';
import { AppError } from '../../../../errors.ts';
import { encodingOf, notInEncoding, type SourceEncoding } from './encoding.ts';

/** Bytes or characters that are read on at once, however they arrive. */
const PIECE = 65_536;
const BYTE_ORDER_MARK = '\u{feff}';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/**
 * The text of an import in pieces that split no character, without a byte order mark. `about.encoding` is said before the
 * first of them.
 * @throws AppError import.unreadable when it is empty, or in another encoding than UTF-8, or UTF-16 with a mark.
 */
export async function* sourceText(
  body: string | AsyncIterable<Uint8Array>,
  about: { encoding: SourceEncoding },
): AsyncGenerator<string> {
  let empty = true;
  for await (const piece of typeof body === 'string' ? piecesOf(body) : decoded(body, about)) {
    if (piece !== '') empty = false;
    yield piece;
    // What has arrived already is read piece by piece, and others have their turn between.
    await othersTurn();
  }
  if (empty) throw unreadable('The file is empty.');
}

/** Chunks of any size as pieces of one size: byte by byte would be as many strings, the whole file at once too long a one. */
async function* inPieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE);
  let filled = 0;
  for await (const chunk of body) {
    for (let start = 0; start < chunk.byteLength; ) {
      const part = chunk.subarray(start, start + PIECE - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      start += part.byteLength;
      if (filled < PIECE) continue;
      yield piece;
      filled = 0;
    }
  }
  yield piece.subarray(0, filled);
}

/** Bytes of one character at the most, but for its last. */
const TAIL = 3;

async function* decoded(body: AsyncIterable<Uint8Array>, about: { encoding: SourceEncoding }): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let bytes = 0;
  /** Where a character may have begun that the next piece ends. */
  let tail = new Uint8Array(0);
  for await (const piece of inPieces(body)) {
    if (decoder === undefined) {
      about.encoding = encodingOf(piece);
      decoder = new TextDecoder(about.encoding, { fatal: true });
    }
    try {
      yield decoder.decode(piece, { stream: true });
    } catch (cause) {
      throw notInEncoding(about.encoding, Buffer.concat([tail, piece]), bytes - tail.byteLength, cause);
    }
    bytes += piece.byteLength;
    tail = tailOf(piece, about.encoding);
  }
  try {
    yield decoder?.decode() ?? '';
  } catch (cause) {
    throw notInEncoding(about.encoding, tail, bytes - tail.byteLength, cause);
  }
}

/** The last bytes of a piece, where they begin a character that may not be whole. */
function tailOf(piece: Uint8Array, encoding: SourceEncoding): Uint8Array<ArrayBuffer> {
  if (encoding !== 'utf-8') {
    const high = piece.at(encoding === 'utf-16le' ? -1 : -2) ?? 0;
    return Uint8Array.from(high >= 0xd8 && high <= 0xdb ? piece.subarray(-2) : []);
  }
  for (let length = 1; length <= Math.min(TAIL, piece.byteLength); length += 1) {
    const byte = piece.at(-length) ?? 0;
    if (byte >= 0xc0) return Uint8Array.from(piece.subarray(-length));
    if (byte < 0x80) break;
  }
  return new Uint8Array(0);
}

function* piecesOf(text: string): Generator<string> {
  if (!text.isWellFormed()) throw unreadable('The text holds broken Unicode characters.');
  let start = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  while (start < text.length) {
    // A pair of surrogates stays together: each piece becomes bytes on its own.
    const splits = (text.charCodeAt(start + PIECE - 1) & 0xfc00) === 0xd800;
    const end = start + PIECE + (splits ? 1 : 0);
    yield text.slice(start, end);
    start = end;
  }
}
