import type { JsonValue } from '../../json-value.ts';
import { type JsonType, own, type SchemaNode, type SchemaObject, schemasIn } from '../check/schema-document.ts';
import type { Validity } from '../check/validity.ts';
import { type Literal, listedValues } from '../subset/literal.ts';
import type { Solver } from '../subset/solver.ts';

/** What a schema says of one place: all of these have to hold. */
export interface View {
  readonly nodes: readonly SchemaNode[];
  readonly validity: Validity;
}

/** A view without choices and booleans. */
export interface PlainView extends View {
  readonly nodes: readonly SchemaObject[];
}

/** That a view holds. */
export function is({ nodes, validity }: View): Literal[] {
  return nodes.map((node) => ({ node, validity, positive: true }));
}

/** That some of a view does not hold. */
export function fails({ nodes, validity }: View): Literal {
  const [first, ...others] = nodes;
  const node = others.length === 0 ? (first ?? true) : { allOf: nodes as JsonValue[] };
  return { node, validity, positive: false };
}

/**
 * What a view says of values of one type without a choice: its references followed, and of a choice the only part that takes
 * the type, as that of `object or null`. Undefined where more than one part does.
 */
export function facesOf(view: View, type: JsonType, solver: Solver): PlainView | undefined {
  const { validity } = view;
  const nodes: SchemaObject[] = [];
  const pending = [...view.nodes];
  for (let node = pending.shift(); node !== undefined; node = pending.shift()) {
    if (node === false || (typeof node === 'object' && listedValues(node) !== undefined)) return undefined;
    if (node === true) continue;
    nodes.push(node);
    const reference = own(node, '$ref');
    const target = typeof reference === 'string' ? validity.document.target(reference) : undefined;
    if (target !== undefined) pending.push(target);
    pending.push(...schemasIn(node, 'allOf'));
    for (const keyword of ['anyOf', 'oneOf']) {
      const choices = schemasIn(node, keyword);
      const able = choices.filter(
        (choice) => solver.find([{ node: choice, validity, positive: true }], [type]) !== 'none',
      );
      if (choices.length > 0 && able.length !== 1) return undefined;
      pending.push(...able);
    }
  }
  return { nodes, validity };
}
