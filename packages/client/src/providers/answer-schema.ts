type Json = Readonly<Record<string, unknown>>;

/** The schema of an answer as makers take it who hold a model to it. */
export interface AnswerSchema {
  readonly schema: Record<string, unknown>;
  /** Whether every member of every object is required as well, and every list says of what it is. */
  readonly requiresAll: boolean;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords under which closing an object would refuse what it takes together with others. */
const COMPOUND = ['allOf', 'oneOf', 'not', 'if', 'patternProperties', 'dependentSchemas', 'propertyNames', 'contains'];

/** Of which a schema has one at least, else makers refuse it. */
const KINDS = ['type', 'enum', 'const', 'anyOf', '$ref', 'properties'];

/** Whether a maker takes a keyword with a value. What it does not take is left out: `parse` holds the answer to all of it. */
type Takes = (keyword: string, value: unknown) => boolean;

interface State {
  requiresAll: boolean;
  readonly takes: Takes;
}

/**
 * The schema with every object closed, as makers demand it, and of the keywords that one takes. Null where it is no object, or says
 * what makers do not take; then the prompt’s own text has to say how to answer.
 */
export function answerSchema(outputSchema: Json | null, takes: Takes): AnswerSchema | null {
  if (outputSchema === null || outputSchema.type !== 'object') return null;
  const state = { requiresAll: true, takes };
  const schema = closed(outputSchema, state);
  return isObject(schema) ? { schema, requiresAll: state.requiresAll } : null;
}

/** Undefined for what cannot be closed. */
function closed(node: unknown, state: State): unknown {
  if (!isObject(node)) return node;
  if (COMPOUND.some((keyword) => keyword in node)) return undefined;
  // Closed, either would refuse what the other brings.
  if ('properties' in node && ('anyOf' in node || '$ref' in node)) return undefined;
  const made: Record<string, unknown> = Object.fromEntries(
    Object.entries(node).filter(([keyword, value]) => state.takes(keyword, value)),
  );
  if (!KINDS.some((keyword) => keyword in made) || ('prefixItems' in node && !('prefixItems' in made)))
    return undefined;
  for (const keyword of ['properties', '$defs', 'definitions']) {
    const members = made[keyword];
    if (!isObject(members)) continue;
    const inner = Object.entries(members).map(([name, member]) => [name, closed(member, state)] as const);
    if (inner.some(([, member]) => member === undefined)) return undefined;
    made[keyword] = Object.fromEntries(inner);
  }
  for (const keyword of ['anyOf', 'prefixItems']) {
    const choices = made[keyword];
    if (!Array.isArray(choices)) continue;
    const inner = choices.map((choice) => closed(choice, state));
    if (inner.includes(undefined)) return undefined;
    made[keyword] = inner;
  }
  if ('items' in node) {
    made.items = closed(node.items, state);
    if (made.items === undefined) return undefined;
  } else if (node.type === 'array') state.requiresAll = false;
  const isForObjects = node.type === 'object' || (Array.isArray(node.type) && node.type.includes('object'));
  if (!isForObjects && !('properties' in node)) return made;
  if (node.additionalProperties !== undefined && node.additionalProperties !== false) return undefined;
  const names = isObject(node.properties) ? Object.keys(node.properties) : [];
  const required = Array.isArray(node.required) ? node.required : [];
  // An object of which nothing is known would be closed to everything.
  if (names.length === 0 && node.additionalProperties === undefined) return undefined;
  if (names.some((name) => !required.includes(name))) state.requiresAll = false;
  return { ...made, additionalProperties: false };
}
