import { parse } from '@handlebars/parser';
import { type Position, Refusal } from '../refusal.ts';
import { refuseDeepBlocks, refuseLongWhitespace } from '../source-bounds.ts';
import type { Node, Program } from './handlebars-tree.ts';

/** The parser's tree, its white space already as Handlebars prints it. */
export function parseHandlebars(source: string): Program {
  refuseLongWhitespace(source);
  refuseDeepBlocks(source);
  try {
    return parse(source);
  } catch (error) {
    throw refusalOf(error);
  }
}

export const positionOf = ({ loc }: Node): Position => ({ line: loc.start.line, column: loc.start.column + 1 });

/** The parser says where in `hash.loc` (a token that it does not expect) or in `lineNumber` (a block that is closed by another name). */
function refusalOf(error: unknown): Refusal {
  if (error instanceof RangeError) return new Refusal('Blocks are nested too deeply.', { line: 1, column: 1 });
  const { message, hash, lineNumber, column } = error as ParserError;
  const isSyntax = hash !== undefined;
  const line = hash?.loc?.first_line ?? lineNumber ?? lineIn(message);
  const start = hash?.loc?.first_column ?? column ?? 0;
  const reason = isSyntax ? `Handlebars does not expect ${expectedToken(hash.token)} here.` : firstLine(message);
  return new Refusal(reason, { line, column: start + 1 });
}

interface ParserError {
  readonly message: string;
  readonly hash?: { readonly token?: string; readonly loc?: { first_line: number; first_column: number } };
  readonly lineNumber?: number;
  readonly column?: number;
}

const expectedToken = (token: string | undefined): string =>
  token === undefined || token === 'EOF' ? 'the end of the template' : `this (${token})`;

const lineIn = (message: string): number => Number(/line (\d+)/.exec(message)?.[1] ?? 1);

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message;
