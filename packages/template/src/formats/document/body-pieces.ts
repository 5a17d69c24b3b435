import { Places, Refusal } from '../../convert/refusal.ts';
import { parse } from '../../language/parse.ts';
import type { Node, Operand } from '../../language/syntax/syntax.ts';
import { TemplateError } from '../../language/template-error.ts';
import { FormatFault } from './prompt-document.ts';

/** What every template language can say: text, and the value at a path of names. An include is its reference. */
export type BodyPiece = { text: string } | { path: readonly string[]; at: number } | { include: string; at: number };

/**
 * A Liquid text as pieces.
 *
 * @throws FormatFault where it says more than that, or is no template
 */
export function piecesOf(source: string, within: string): BodyPiece[] {
  const pieces: BodyPiece[] = [];
  for (const node of nodesOf(source, within)) {
    if (node.kind === 'comment' || node.kind === 'note') continue;
    const piece = pieceOf(node);
    if (piece === null) throw faultAt(source, node.at, within, `${constructOf(node)} cannot be written there`);
    const last = pieces.at(-1);
    if ('text' in piece && last !== undefined && 'text' in last) last.text += piece.text;
    else pieces.push(piece);
  }
  return pieces;
}

/** A fault at an offset of a Liquid text. */
export function faultAt(source: string, at: number, within: string, message: string): FormatFault {
  return new FormatFault(message, { ...new Places(source).at(at), within });
}

/** What `write` makes. @throws FormatFault where the language of a format cannot say it */
export function inLanguage(within: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new FormatFault(error.message.replace(/\.$/, ''), { ...error.position, within });
  }
}

function nodesOf(source: string, within: string): readonly Node[] {
  try {
    return parse(source).nodes;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { line, column } = error;
    throw new FormatFault(`it is no template: ${error.message}`, { line, column, within });
  }
}

/** A part of a Liquid text that is more than a plain value, in a sentence. */
function constructOf(node: Node): string {
  if (node.kind !== 'output') return `the tag "${node.kind}"`;
  const [filter] = node.value?.filters ?? [];
  return filter === undefined ? 'a value that is no plain name' : `the filter "${filter.name}"`;
}

function pieceOf(node: Node): BodyPiece | null {
  if (node.kind === 'text' || node.kind === 'raw') return { text: node.text };
  if (node.kind === 'render' && node.binding === undefined && node.parameters.length === 0) {
    return { include: node.reference, at: node.at };
  }
  if (node.kind !== 'output' || node.value === undefined || node.value.filters.length > 0) return null;
  const { expression } = node.value;
  if (expression.kind === 'string') return { text: expression.text };
  const path = expression.kind === 'path' ? namesOf(expression) : null;
  return path === null ? null : { path, at: node.at };
}

function namesOf({ root, steps }: Extract<Operand, { kind: 'path' }>): string[] | null {
  const names = [root, ...steps];
  return names.every((name) => typeof name === 'string') ? (names as string[]) : null;
}
