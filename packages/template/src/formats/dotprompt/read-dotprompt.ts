import { Refusal } from '../../convert/refusal.ts';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { type DocumentPrompt, emptyPrompt, FormatFault, type PromptDocument } from '../prompt-document.ts';
import { splitFrontMatter } from './front-matter.ts';
import { messagesOf } from './messages.ts';
import { schemaOfPico } from './picoschema.ts';

type JsonObject = { [key: string]: JsonValue };

/**
 * Reads one dotprompt file (`name.prompt`): YAML, then Handlebars that escapes nothing. Model, config and tools become the
 * config, `input.default` becomes defaults of the input schema, `history` a placeholder. Keys without a counterpart are warned of.
 */
export function readDotprompt(text: string): PromptDocument {
  const document: PromptDocument = { prompts: [], warnings: [], refusals: [] };
  let before = { lines: 0, columns: 0 };
  try {
    const { data, body, bodyLine } = splitFrontMatter(text);
    const isAllBody = Object.keys(data).length === 0 && bodyLine === 1;
    const template = isAllBody ? body : body.trimStart();
    before = { lines: bodyLine - 1, columns: body.length - template.length };
    document.prompts.push(promptOf(data, template, document));
  } catch (error) {
    if (error instanceof Refusal) {
      const { line, column } = error.position;
      const place = { line: line + before.lines, column: line === 1 ? column + before.columns : column };
      document.refusals.push({ prompt: 0, ...place, within: null, message: error.message });
    } else if (error instanceof FormatFault) document.refusals.push(error.toNote(0));
    else throw error;
  }
  return document;
}

const CONFIG_KEYS = ['tools', 'toolDefs'] as const;
const KNOWN: ReadonlySet<string> = new Set([
  'name',
  'description',
  'model',
  'config',
  'input',
  'output',
  ...CONFIG_KEYS,
]);

function promptOf(data: JsonObject, body: string, { warnings }: PromptDocument): DocumentPrompt {
  const input = objectAt(data, 'input');
  const output = objectAt(data, 'output');
  const messages = messagesOf(body);
  for (const key of Object.keys(data).filter((name) => !KNOWN.has(name))) {
    warnings.push({ prompt: 0, line: 1, column: 1, within: key, message: `"${key}" has no counterpart here.` });
  }
  return {
    ...emptyPrompt(),
    ...bodyOf(messages),
    name: textAt(data, 'name'),
    description: textAt(data, 'description'),
    config: {
      ...(data.model === undefined ? {} : { model: data.model }),
      ...objectAt(data, 'config'),
      ...Object.fromEntries(CONFIG_KEYS.flatMap((key) => (data[key] === undefined ? [] : [[key, data[key]]]))),
    },
    inputSchema: withDefaults(
      schemaOfPico(input.schema ?? null, 'input.schema'),
      objectAt(input, 'default', 'input.default'),
    ),
    outputSchema: outputSchemaOf(output),
  };
}

/** One text of the user is a text prompt. */
function bodyOf(messages: DocumentPrompt['messages']): Pick<DocumentPrompt, 'content' | 'messages'> {
  const [only, another] = messages ?? [];
  const isText = another === undefined && only !== undefined && 'role' in only && only.role === 'user';
  if (isText && typeof only.content === 'string') return { content: only.content, messages: null };
  if (only === undefined) return { content: '', messages: null };
  return { content: null, messages };
}

/** JSON without a schema is any JSON. */
function outputSchemaOf({ schema, format }: JsonObject): JsonValue {
  if (schema !== undefined && schema !== null) return schemaOfPico(schema, 'output.schema');
  return format === 'json' ? {} : null;
}

/** An input that has a default may be left out. */
function withDefaults(schema: JsonValue, defaults: JsonObject): JsonValue {
  const names = Object.keys(defaults);
  if (names.length === 0) return schema;
  const known = isJsonObject(schema) ? schema : { type: 'object' };
  const properties: JsonObject = isJsonObject(known.properties) ? { ...known.properties } : {};
  for (const name of names) {
    const property = properties[name];
    properties[name] = { ...(isJsonObject(property) ? property : {}), default: defaults[name] as JsonValue };
  }
  const required = Array.isArray(known.required) ? known.required.filter((name) => !names.includes(String(name))) : [];
  const { required: _, ...rest } = known;
  return required.length > 0 ? { ...rest, properties, required } : { ...rest, properties };
}

function objectAt(data: JsonObject, key: string, within = key): JsonObject {
  const value = data[key];
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new FormatFault(`"${key}" holds keys and values.`, { within });
  return value;
}

function textAt(data: JsonObject, key: string): string | null {
  const value = data[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new FormatFault(`"${key}" is a text.`, { within: key });
  return value;
}
