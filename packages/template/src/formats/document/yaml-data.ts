import { parseDocument } from 'yaml';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { FormatFault } from './prompt-document.ts';

const MAX_ALIASES = 50;

/**
 * The keys and values of a YAML text; nothing is an empty one.
 *
 * @param what the text in a sentence
 * @param linesBefore lines of the file before it
 * @throws FormatFault where it is no YAML, no mapping, or grows by its aliases
 */
export function parseYaml(text: string, what: string, linesBefore = 0): { [key: string]: JsonValue } {
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const [start] = fault.linePos ?? [];
    const message = fault.message.split(' at line ', 1)[0] ?? fault.message;
    const place = { line: (start?.line ?? 1) + linesBefore, column: start?.col ?? 1 };
    throw new FormatFault(`The ${what} is no YAML: ${message}.`, place);
  }
  const data = dataOf(() => document.toJS({ maxAliasCount: MAX_ALIASES }), what, linesBefore);
  if (data === null || data === undefined) return {};
  if (isJsonObject(data)) return data;
  throw new FormatFault(`The ${what} is no list of keys and values.`, { line: linesBefore + 1 });
}

function dataOf(read: () => unknown, what: string, linesBefore: number): unknown {
  try {
    return read();
  } catch {
    throw new FormatFault(`The ${what} repeats itself too often.`, { line: linesBefore + 1 });
  }
}
