import type { JsonValue } from '../json-value.ts';
import { callerInputs } from './caller-inputs.ts';
import { SchemaDocument, type SchemaNode } from './check/schema-document.ts';
import { Validity } from './check/validity.ts';
import { checkSchema } from './check-schema.ts';
import { BreakFinder } from './compare/break-finder.ts';
import type { SchemaBreak } from './compare/schema-break.ts';

export type { SchemaBreak } from './compare/schema-break.ts';

/** What a version of a prompt takes and answers. */
export interface Signature {
  /** A JSON Schema of an object. */
  inputs: JsonValue;
  /** A JSON Schema; null means text. */
  output: JsonValue | null;
}

/** Whether callers of one version can call another. */
export type Comparison = { compatible: true } | { compatible: false; breaks: SchemaBreak[] };

/**
 * Whether everybody who calls a prompt by its old signature can call it by the new one: each input that the old takes is
 * taken, and each output that the new promises is one that the old promised. If not, what breaks, by path.
 *
 * `compatible` is proved, never guessed. What cannot be decided (two patterns that differ, a schema that multiplies its work)
 * is a break that is not `decided`.
 */
export function compare(before: Signature, after: Signature): Comparison {
  const breaks = [...compareInputs(before.inputs, after.inputs), ...compareOutputs(before.output, after.output)];
  return breaks.length === 0 ? { compatible: true } : { compatible: false, breaks };
}

/**
 * What breaks callers that give what the old inputs take. Inputs that no schema declares are refused when a prompt is rendered,
 * so a removed input breaks; one with a `default` may be left out.
 */
export function compareInputs(before: JsonValue, after: JsonValue): SchemaBreak[] {
  return compareAs('input', before, after, (schema) => callerInputs(new SchemaDocument(schema)));
}

/** What breaks callers that read what the old output promises. Null, no schema, promises text. */
export function compareOutputs(before: JsonValue | null, after: JsonValue | null): SchemaBreak[] {
  return compareAs(
    'output',
    before ?? { type: 'string' },
    after ?? { type: 'string' },
    (schema) => schema as JsonValue,
  );
}

function compareAs(
  side: SchemaBreak['side'],
  before: JsonValue,
  after: JsonValue,
  read: (schema: SchemaNode) => JsonValue,
): SchemaBreak[] {
  for (const [schema, which] of [
    [before, 'old'],
    [after, 'new'],
  ] as const) {
    const [fault] = checkSchema(schema);
    if (fault === undefined) continue;
    const kind = side === 'input' ? 'narrowed' : 'widened';
    const message = `cannot be compared: the ${which} schema ${fault.path || 'as a whole'} ${fault.message}`;
    return [{ side, path: '', kind, decided: false, before, after, message }];
  }
  const [left, right] = [before, after].map((schema) => {
    const document = new SchemaDocument(read(schema as SchemaNode) as SchemaNode);
    return { nodes: [document.root], validity: new Validity(document) };
  });
  if (left === undefined || right === undefined) throw new Error('two schemas are compared');
  return new BreakFinder(side).find('', left, right);
}
