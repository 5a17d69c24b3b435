import { Document, Scalar } from 'yaml';

/** What an end of a line or an editor would change; such texts stand in the front matter, escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
export const FRAGILE = /[\u0000-\u0008\u000b-\u001f\u007f\u0085\u2028\u2029\ufeff]/;

/** A value as YAML in which a text of several lines is a block, unless a block would lose something of it. */
export function yamlOf(value: unknown): string {
  const quoted = (_: unknown, part: unknown): unknown => {
    if (typeof part !== 'string' || !part.includes('\n') || isPlain(part)) return part;
    const scalar = new Scalar(part);
    scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  };
  const document = new Document(value, quoted, { aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

/** Begins with a word, and ends with one or with the end of its line. */
function isPlain(text: string): boolean {
  const words = text.trimEnd();
  return /^\S/.test(text) && (text === words || text === `${words}\n`) && !FRAGILE.test(text);
}
