import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { FormatFault } from './prompt-document.ts';
import { unkeptNode } from './unkept-node.ts';

const MAX_ALIASES = 50;
/** Characters of JSON, to which a text may grow by its aliases: more than any prompt takes. */
const MAX_GROWN = 4_194_304;

/**
 * The keys and values of a YAML text; nothing is an empty one. Tags mean nothing, and `<<` merges, as in YAML 1.1 and as
 * PyYAML and js-yaml read it.
 *
 * @param what the text in a sentence
 * @param linesBefore lines of the file before it
 * @throws FormatFault where it is no YAML, no mapping, nested too deeply, or grows by its aliases
 */
export function parseYaml(text: string, what: string, linesBefore = 0): { [key: string]: JsonValue } {
  const lineCounter = new LineCounter();
  const fault = (message: string, offset = 0) => {
    const { line, col } = lineCounter.linePos(offset);
    return new FormatFault(`The ${what} ${message}.`, {
      line: Math.max(line, 1) + linesBefore,
      column: Math.max(col, 1),
    });
  };
  try {
    // Its own search for keys that stand there twice compares each with each.
    const options = {
      prettyErrors: false,
      logLevel: 'silent',
      uniqueKeys: false,
      resolveKnownTags: false,
      merge: true,
    } as const;
    const document = parseDocument(text, { ...options, lineCounter });
    const [error] = document.errors;
    if (error?.code === 'RESOURCE_EXHAUSTION') throw fault('is nested too deeply', error.pos[0]);
    if (error !== undefined) throw fault(`is no YAML: ${error.message}`, error.pos[0]);
    const found: Oddities = { aliases: 0, anchors: new Set(), fault: null };
    lookAt(document.contents, found);
    const { aliases } = found;
    if (found.fault !== null) throw fault(found.fault.message, found.fault.offset);
    const data = aliases > MAX_ALIASES ? undefined : dataOf(document);
    if (data === undefined) throw fault('repeats itself too often');
    if (data === null) return {};
    if (isJsonObject(data)) return data;
    throw fault('is no list of keys and values');
  } catch (error) {
    if (error instanceof RangeError) throw fault('is nested too deeply');
    if (error instanceof Error && error.message.startsWith('Merge sources')) {
      throw fault('merges by "<<" what is no mapping');
    }
    throw error;
  }
}

interface Oddities {
  aliases: number;
  /** The names that what came before has. */
  readonly anchors: Set<string>;
  /** The first thing that makes no data of it. */
  fault: { message: string; offset: number } | null;
}

function lookAt(node: unknown, found: Oddities): void {
  const fault = (message: string, range: readonly number[] | null | undefined) => {
    found.fault ??= { message, offset: range?.[0] ?? 0 };
  };
  if (isAlias(node)) found.aliases += 1;
  const unkept = unkeptNode(node, found.anchors);
  if (unkept !== null && isNode(node)) {
    const what =
      'number' in unkept
        ? `holds ${unkept.number}`
        : `refers by "*${unkept.reference}" to nothing; a text that begins with * stands in quotes`;
    fault(what, node.range);
  }
  if (isMap(node)) {
    const twice = keyTwiceIn(node);
    if (twice !== null) fault('is no YAML: Map keys must be unique', [twice]);
  }
  if (isPair(node)) {
    lookAt(node.key, found);
    lookAt(node.value, found);
  }
  if (isCollection(node)) for (const item of node.items) lookAt(item, found);
}

function keyTwiceIn({ items }: YAMLMap): number | null {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const name = String(key.value ?? '');
    if (seen.has(name)) return key.range?.[0] ?? 0;
    seen.add(name);
  }
  return null;
}

/** Undefined where aliases make too much of it, or make it a part of itself. @throws Error where it merges what is no mapping */
function dataOf(document: Document): JsonValue | undefined {
  try {
    const data = document.toJS({ maxAliasCount: MAX_ALIASES });
    return JSON.stringify(data).length > MAX_GROWN ? undefined : data;
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof TypeError) return undefined;
    throw error;
  }
}
