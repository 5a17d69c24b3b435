import type { JsonValue } from '../json-value.ts';
import {
  list,
  members,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
  schemasIn,
} from './check/schema-document.ts';

/**
 * The schema of what a caller gives, of the inputs that a version declares: an object which has no other inputs than are
 * declared, unless `additionalProperties` says so, and in which an input with a `default` may be left out.
 */
export function callerInputs(document: SchemaDocument): JsonValue {
  const { root } = document;
  if (typeof root === 'boolean') return root ? { type: 'object' } : false;
  const parts = partsOf(root, document);
  const names = new Set(parts.flatMap((part) => Object.keys(members(part, 'properties'))));
  const required = (list(root, 'required') as string[]).filter(
    (name) => !hasDefault(own(members(root, 'properties'), name)),
  );
  const inputs: { [keyword: string]: JsonValue } = {
    type: 'object',
    ...(root as { [keyword: string]: JsonValue }),
    required,
  };
  if (parts.some((part) => own(part, 'additionalProperties') !== undefined || 'patternProperties' in part))
    return inputs;
  if (parts.length === 1) return { ...inputs, additionalProperties: false };
  const properties = Object.fromEntries([...names].map((name) => [name, true]));
  return { ...inputs, allOf: [...list(root, 'allOf'), { properties, additionalProperties: false }] };
}

/** The schemas that say something of the inputs' names: the root, and what it is put together of. */
function partsOf(root: SchemaObject, document: SchemaDocument): SchemaObject[] {
  const parts = new Set<SchemaObject>();
  const pending: (SchemaNode | undefined)[] = [root];
  while (pending.length > 0) {
    const part = pending.pop();
    if (typeof part !== 'object' || parts.has(part)) continue;
    parts.add(part);
    const reference = own(part, '$ref');
    if (typeof reference === 'string') pending.push(document.target(reference));
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) pending.push(...schemasIn(part, keyword));
    for (const keyword of ['if', 'then', 'else']) pending.push(own(part, keyword) as SchemaNode | undefined);
  }
  return [...parts];
}

function hasDefault(schema: JsonValue | undefined): boolean {
  return (
    typeof schema === 'object' && schema !== null && !Array.isArray(schema) && own(schema, 'default') !== undefined
  );
}
