import { unkeptNode } from '@promptory/template';
import { isCollection, isNode, isPair, type Range } from 'yaml';

/** What makes no data of a part of a YAML document, as a sentence without its end, and where it stands. */
export interface Unkept {
  readonly message: string;
  readonly range: Range | null | undefined;
}

/** The first reference to nothing, or number that JSON has not or would round, which a request would lose; else null. */
export function unkeptInYaml(node: unknown, anchors = new Set<string>()): Unkept | null {
  const unkept = unkeptNode(node, anchors);
  if (unkept !== null && isNode(node)) {
    const message =
      'number' in unkept
        ? `it holds ${unkept.number}`
        : `"*${unkept.reference}" refers to nothing: a text that begins with * stands in quotes`;
    return { message, range: node.range };
  }
  const inner = isPair(node) ? [node.key, node.value] : isCollection(node) ? node.items : [];
  for (const item of inner) {
    const found = unkeptInYaml(item, anchors);
    if (found !== null) return found;
  }
  return null;
}
