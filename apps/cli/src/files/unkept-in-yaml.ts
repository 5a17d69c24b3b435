import { unkeptNumber } from '@promptory/template';
import { isAlias, isCollection, isNode, isPair, isScalar, type Range } from 'yaml';

/** What makes no data of a part of a YAML document, as a sentence without its end, and where it stands. */
export interface Unkept {
  readonly message: string;
  readonly range: Range | null | undefined;
}

/** The first reference to nothing, or number that JSON has not or would round, which a request would lose; else null. */
export function unkeptInYaml(node: unknown, anchors = new Set<string>()): Unkept | null {
  if (isAlias(node) && !anchors.has(node.source)) {
    const message = `"*${node.source}" refers to nothing: a text that begins with * stands in quotes`;
    return { message, range: node.range };
  }
  if (isNode(node) && 'anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
  const number = isScalar(node) ? unkeptNumber(node) : null;
  if (isScalar(node) && number !== null) return { message: `it holds ${number}`, range: node.range };
  const inner = isPair(node) ? [node.key, node.value] : isCollection(node) ? node.items : [];
  for (const item of inner) {
    const found = unkeptInYaml(item, anchors);
    if (found !== null) return found;
  }
  return null;
}
