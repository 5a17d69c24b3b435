import { type BodyPiece, faultAt, piecesOf } from './body-pieces.ts';
import { FormatFault } from './prompt-document.ts';

/** How a language writes what all of them have. What throws a FormatFault it cannot write. */
export interface BodyWriter {
  /** `next` is what follows, if anything does. */
  text(text: string, next: BodyPiece | undefined, within: string): string;
  /** Of a name of an input, and of members below it. */
  value(path: readonly string[]): string | null;
  /** Of another prompt, by its reference. */
  include?(reference: string): string | null;
}

/**
 * A Liquid text in another language.
 *
 * @throws FormatFault with its place, where it has no exact counterpart there
 */
export function bodyIn(writer: BodyWriter, source: string, within: string): string {
  const pieces = piecesOf(source, within);
  return pieces
    .map((piece, index) => {
      if ('text' in piece) return writer.text(piece.text, pieces[index + 1], within);
      const written = 'path' in piece ? writer.value(piece.path) : (writer.include?.(piece.include) ?? null);
      if (written !== null) return written;
      const what = 'path' in piece ? `"${piece.path.join('.')}"` : 'another prompt';
      throw faultAt(source, piece.at, within, `${what} cannot be written there`);
    })
    .join('');
}

/** Text of a language that knows no other sign for braces: none may stand in it that would be read as a value. */
export function textWithoutBraces(text: string, next: BodyPiece | undefined, within: string): string {
  const isJoined = next !== undefined && text.endsWith('{');
  if (!text.includes('{{') && !isJoined) return text;
  throw new FormatFault('braces that are text cannot be written there', { within });
}

/** `{{a.b}}`, of names that every language takes. */
export const braced = (path: readonly string[]): string | null =>
  path.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) ? `{{${path.join('.')}}}` : null;
