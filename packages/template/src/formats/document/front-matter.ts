import type { JsonValue } from '../../json-value.ts';
import { parseYaml } from './yaml-data.ts';

export interface FrontMatter {
  readonly data: { [key: string]: JsonValue };
  /** Its first line still has the white space before it. */
  readonly body: string;
  /** The line of the file on which the body begins, from 1. */
  readonly bodyLine: number;
}

/** A file at its two lines `---`, each line with its end. */
export interface FileParts {
  readonly yaml: readonly string[];
  /** Of the file, before the first line of YAML. */
  readonly linesBefore: number;
  readonly body: readonly string[];
}

/** What stands around front matter: Prompty takes a second one. */
export type Marks = readonly ['---'] | readonly ['---', '+++'];
const DASHES: Marks = ['---'];
export const DASHES_OR_PLUSES: Marks = ['---', '+++'];

/** Before the first mark may be blank lines and lines with `#`; null where there are not two marks. */
export function partsOf(text: string, marks = DASHES): FileParts | null {
  const lines = Array.from(text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g), ([whole, line = ''], at) => ({
    whole,
    line,
    at,
  }));
  const open = lines.find(({ line }) => !line.startsWith('#') && line.trim() !== '');
  const close =
    open !== undefined && isMark(open.line, marks)
      ? lines.find(({ line, at }) => at > open.at && isMark(line, marks))
      : undefined;
  if (open === undefined || close === undefined) return null;
  const wholeLines = lines.map(({ whole }) => whole);
  return {
    yaml: wholeLines.slice(open.at + 1, close.at),
    linesBefore: open.at + 1,
    body: wholeLines.slice(close.at + 1),
  };
}

/**
 * Splits a file at its two lines `---`. Without them all is body.
 *
 * @throws FormatFault where the YAML between them is none, or no mapping
 */
export function splitFrontMatter(text: string, marks = DASHES): FrontMatter {
  const parts = partsOf(text, marks);
  if (parts === null) return { data: {}, body: text, bodyLine: 1 };
  const { yaml, linesBefore, body } = parts;
  // Around the body white space is not part of it.
  const first = Math.max(
    body.findIndex((line) => line.trim() !== ''),
    0,
  );
  return {
    data: parseYaml(yaml.join(''), 'front matter', linesBefore),
    body: body.slice(first).join('').trimEnd(),
    bodyLine: linesBefore + yaml.length + 2 + first,
  };
}

const isMark = (line: string, marks: Marks): boolean =>
  marks.some((mark) => line.startsWith(mark)) && line.slice(3).trim() === '';
