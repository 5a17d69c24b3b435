import type { JsonValue } from '../../json-value.ts';
import { parseYaml } from './yaml-data.ts';

export interface FrontMatter {
  readonly data: { [key: string]: JsonValue };
  /** Its first line still has the white space before it. */
  readonly body: string;
  /** The line of the file on which the body begins, from 1. */
  readonly bodyLine: number;
}

/**
 * Splits a file at its two lines `---`. Before the first may be blank lines and lines with `#`; without them all is body.
 *
 * @throws FormatFault where the YAML between them is none, or no mapping
 */
export function splitFrontMatter(text: string): FrontMatter {
  const lines = Array.from(text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g), ([whole, line = ''], at) => ({
    whole,
    line,
    at,
  }));
  const open = lines.find(({ line }) => !line.startsWith('#') && line.trim() !== '');
  const close =
    open !== undefined && isMark(open.line) ? lines.find(({ line, at }) => at > open.at && isMark(line)) : undefined;
  if (open === undefined || close === undefined) return { data: {}, body: text, bodyLine: 1 };
  const yaml = lines.slice(open.at + 1, close.at).map(({ whole }) => whole);
  const body = lines.slice(close.at + 1).map(({ whole }) => whole);
  // Around the body white space is not part of it.
  const first = body.findIndex((line) => line.trim() !== '');
  return {
    data: parseYaml(yaml.join(''), 'front matter', open.at + 1),
    body: body.slice(Math.max(first, 0)).join('').trimEnd(),
    bodyLine: close.at + 2 + Math.max(first, 0),
  };
}

const isMark = (line: string): boolean => line.startsWith('---') && line.slice(3).trim() === '';
