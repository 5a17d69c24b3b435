import { AppError } from '../../../errors.ts';

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
  }
  if (empty) throw unreadable('The file is empty.');
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
  for await (const chunk of body) {
    yield decode(chunk);
    bytes += chunk.byteLength;
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
