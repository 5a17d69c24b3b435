import { isAlias, isNode, isScalar } from 'yaml';
import { unkeptNumber } from './exact-number.ts';

/** What makes no data of a node of a YAML document: the name of nothing, or a number that cannot be kept, and why. */
export type Unkept = { readonly reference: string } | { readonly number: string };

/**
 * Looks at one node, without those inside it, for what would be lost on its way to JSON; else null.
 *
 * @param anchors the names that what came before has; this node's is added
 */
export function unkeptNode(node: unknown, anchors: Set<string>): Unkept | null {
  if (isAlias(node)) return anchors.has(node.source) ? null : { reference: node.source };
  if (isNode(node) && 'anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
  const number = isScalar(node) ? unkeptNumber(node) : null;
  return number === null ? null : { number };
}
