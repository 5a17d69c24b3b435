import { pointer } from '../../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import type { InputSchema } from './infer-inputs.ts';

/** A place where the declaration of inputs and the template do not fit. */
export interface InputConflict {
  /** JSON Pointer (RFC 6901) of the input. */
  readonly path: string;
  /** `type`: no value is both; `undeclared`: the template reads what a closed declaration does not have. */
  readonly code: 'type' | 'undeclared';
  /** A sentence for the prompt's author. */
  readonly message: string;
}

export interface MergedInputs {
  readonly schema: InputSchema;
  readonly conflicts: readonly InputConflict[];
}

/** Keywords that say more than this file takes apart; what they stand in counts beside what the template asks. */
const COMPOUND = ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'patternProperties'];
/** Keywords that readers look for beside the type. */
const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated'];
/** Keywords by which a schema alone says what values it takes. */
const EXACT = ['enum', 'const'];

/**
 * What the template asks of its inputs together with what its author declares: a value must be right for both.
 *
 * What the template reads without a guard stays required, unless the declaration gives a default. Where the declaration
 * says nothing of an input, or nothing of its type, the template's holds. Descriptions, titles and examples are kept.
 */
export function mergeInputs(inferred: InputSchema, declared: InputSchema | null | undefined): MergedInputs {
  const conflicts: InputConflict[] = [];
  if (declared === null || declared === undefined) return { schema: inferred, conflicts };
  const merged = mergeSchemas(inferred, declared, '', conflicts);
  return { schema: isJsonObject(merged) ? merged : inferred, conflicts };
}

function mergeSchemas(inferred: JsonValue, declared: JsonValue, path: string, conflicts: InputConflict[]): JsonValue {
  if (!isJsonObject(inferred) || declared === true) return inferred;
  if (!isJsonObject(declared)) return declared;
  if (Object.keys(inferred).length === 0) return declared;
  if (path !== '' && COMPOUND.some((keyword) => Object.hasOwn(declared, keyword))) {
    const said = Object.entries(declared).filter(([keyword]) => ANNOTATIONS.includes(keyword));
    return { ...Object.fromEntries(said), allOf: [declared, opened(inferred)] };
  }
  const merged: InputSchema = { ...declared };
  mergeType(merged, inferred, path, conflicts);
  const types = typesOf(merged);
  if (types === undefined || types.includes('object')) mergeObject(merged, inferred, declared, path, conflicts);
  if (isJsonObject(inferred.items) && (types === undefined || types.includes('array'))) {
    merged.items = mergeSchemas(inferred.items, declared.items ?? true, `${path}/*`, conflicts);
  }
  return merged;
}

function mergeType(merged: InputSchema, inferred: InputSchema, path: string, conflicts: InputConflict[]): void {
  const [asked, said] = [typesOf(inferred), typesOf(merged)];
  if (asked === undefined || (said === undefined && EXACT.some((keyword) => Object.hasOwn(merged, keyword)))) return;
  if (said === undefined) {
    merged.type = inferred.type as JsonValue;
    return;
  }
  const both = said.filter((type) => asked.includes(type) || (type === 'integer' && asked.includes('number')));
  if (said.includes('number') && !both.includes('number') && asked.includes('integer')) both.push('integer');
  if (both.filter((type) => type !== 'null').length === 0) {
    const message = `the template needs ${listed(asked)} here, and the declaration says ${listed(said)}`;
    conflicts.push({ path, code: 'type', message });
  } else merged.type = both.length === 1 ? (both[0] as string) : both;
}

function mergeObject(
  merged: InputSchema,
  inferred: InputSchema,
  declared: InputSchema,
  path: string,
  conflicts: InputConflict[],
): void {
  const asked = isJsonObject(inferred.properties) ? inferred.properties : {};
  const said = isJsonObject(declared.properties) ? declared.properties : {};
  const properties = new Map(Object.entries(said));
  for (const [name, schema] of Object.entries(asked)) {
    const at = pointer(path, name);
    if (!properties.has(name) && declared.additionalProperties === false) {
      conflicts.push({
        path: at,
        code: 'undeclared',
        message: `the template reads \`${name}\`, which is not declared`,
      });
    }
    properties.set(name, mergeSchemas(schema, properties.get(name) ?? true, at, conflicts));
  }
  if (properties.size > 0) merged.properties = Object.fromEntries(properties);
  const required = new Set([...namesOf(declared.required), ...namesOf(inferred.required)]);
  for (const [name, schema] of properties)
    if (isJsonObject(schema) && Object.hasOwn(schema, 'default')) required.delete(name);
  delete merged.required;
  if (required.size > 0) merged.required = [...required];
  if (!Object.hasOwn(declared, 'additionalProperties') && inferred.additionalProperties !== undefined) {
    merged.additionalProperties = inferred.additionalProperties;
  }
}

/** What the template asks, beside a schema that says itself what else there may be. */
function opened(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(opened);
  if (!isJsonObject(schema)) return schema;
  const entries = Object.entries(schema).filter(([keyword]) => keyword !== 'additionalProperties');
  return Object.fromEntries(
    entries.map(([keyword, value]) => [
      keyword,
      keyword === 'properties' && isJsonObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, property]) => [name, opened(property)]))
        : keyword === 'items'
          ? opened(value)
          : value,
    ]),
  );
}

function typesOf({ type }: InputSchema): string[] | undefined {
  return typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : undefined;
}

function namesOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function listed(types: readonly string[]): string {
  return types.join(' or ');
}
