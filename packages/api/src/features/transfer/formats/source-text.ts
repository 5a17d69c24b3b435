import { AppError } from '../../../errors.ts';

/** Bytes or characters that are read on at once, however they arrive. */
const PIECE = 65_536;
const BYTE_ORDER_MARK = '\u{feff}';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/**
 * The text of an import in pieces that split no character, without a byte order mark.
 * @throws AppError import.unreadable when it is empty or not UTF-8.
 */
export async function* sourceText(body: string | AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let empty = true;
  for await (const piece of typeof body === 'string' ? piecesOf(body) : decoded(body)) {
    if (piece !== '') empty = false;
    yield piece;
    // What has arrived already is read piece by piece, and others have their turn between.
    await new Promise((resolve) => setImmediate(resolve));
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

async function* decoded(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new AppError('import.unreadable', { message: `The file is not UTF-8 after byte ${bytes}.`, cause });
    }
  };
  for await (const piece of inPieces(body)) {
    yield decode(piece);
    bytes += piece.byteLength;
  }
  yield decode();
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
