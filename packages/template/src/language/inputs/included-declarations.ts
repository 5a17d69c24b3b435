import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { includesOf, type Template } from '../parse.ts';
import type { InputSchema } from './infer-inputs.ts';

/**
 * What an author declares, together with what the authors of included prompts declare of inputs that reach them: those that no
 * parameter stands before, and that the author says nothing of. What refers to other parts of its own schema is left out.
 *
 * @param inferred the inputs that the templates read: of others nothing is declared
 */
export function declaredWithIncluded(
  templates: readonly Template[],
  inferred: InputSchema,
  declared: InputSchema | null,
): InputSchema | null {
  const reached = new Map<Template, Map<string, JsonValue>>();
  const below = new Map(templates.flatMap((template) => [...declaredBelow(template, reached)]));
  const own = membersOf(declared?.properties);
  const read = membersOf(inferred.properties);
  const added = [...below].filter(([name]) => Object.hasOwn(read, name) && !Object.hasOwn(own, name));
  if (added.length === 0) return declared;
  return { ...declared, properties: Object.fromEntries([...Object.entries(own), ...added]) };
}

/** By name; of two prompts that say something of one input, the first that is included counts. */
function declaredBelow(template: Template, reached: Map<Template, Map<string, JsonValue>>): Map<string, JsonValue> {
  const known = reached.get(template);
  if (known !== undefined) return known;
  const found = new Map<string, JsonValue>();
  for (const { reference, parameters, binding } of includesOf(template)) {
    const included = template.includes.get(reference);
    if (included === undefined) continue;
    const given = new Set([...parameters.map(({ name }) => name), binding?.name]);
    const all = [...Object.entries(membersOf(included.declared?.properties)), ...declaredBelow(included, reached)];
    for (const [name, schema] of all) {
      if (!given.has(name) && !found.has(name) && !JSON.stringify(schema).includes('"$')) found.set(name, schema);
    }
  }
  reached.set(template, found);
  return found;
}

const membersOf = (value: JsonValue | undefined): { readonly [name: string]: JsonValue } =>
  isJsonObject(value) ? value : {};
