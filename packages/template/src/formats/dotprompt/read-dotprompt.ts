import { noPartials, type Partials } from '../../convert/handlebars/partials.ts';
import { Refusal } from '../../convert/refusal.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { splitFrontMatter } from '../document/front-matter.ts';
import { given, objectAt, textAt, textsAt } from '../document/json-data.ts';
import {
  type DocumentPrompt,
  documentOf,
  emptyPrompt,
  FormatFault,
  type PromptDocument,
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';
import { messagesOf } from './messages.ts';
import { schemaOfPico } from './picoschema.ts';

/** What dotprompt has no keys for, and lets others keep under keys of their own. */
const OWN = ['title', 'kind', 'tags', 'inputSchema', 'outputSchema'].map((key) => `promptory.${key}`);
const KNOWN: ReadonlySet<string> = new Set([
  ...wordSet('name description model config input output tools toolDefs'),
  ...OWN,
]);
const INPUT = wordSet('default schema');
const OUTPUT = wordSet('format schema');

/**
 * Reads one dotprompt file (`name.prompt`): YAML, then Handlebars that escapes nothing. Model, config and tools become the
 * config, `input.default` becomes defaults of the input schema, `history` a placeholder. Keys without a counterpart are warned of.
 *
 * @param partials other files of its import, which it includes
 */
export function readDotprompt(text: string, partials: Partials = noPartials): PromptDocument {
  return documentOf((warn) => {
    const { data, body, bodyLine } = splitFrontMatter(text);
    const isAllBody = Object.keys(data).length === 0 && bodyLine === 1;
    const template = isAllBody ? body : body.trimStart();
    try {
      return promptOf(data, template, partials, warn);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { line, column } = error.position;
      const before = line === 1 ? body.length - template.length : 0;
      throw new FormatFault(error.message, { line: line + bodyLine - 1, column: column + before });
    }
  });
}

function promptOf(data: JsonObject, body: string, partials: Partials, warn: Warn): DocumentPrompt {
  const input = objectAt(data, 'input');
  const output = objectAt(data, 'output');
  const inputSchema =
    data['promptory.inputSchema'] ??
    withDefaults(schemaOfPico(input.schema ?? null, 'input.schema'), objectAt(input, 'default', 'input.default'));
  const messages = messagesOf(body, inputSchema, partials);
  const { model, tools, toolDefs } = data;
  warnOfOthers(data, KNOWN, warn);
  warnOfOthers(input, INPUT, warn, 'input.');
  warnOfOthers(output, OUTPUT, warn, 'output.');
  const format = textAt(output, 'format', 'output.format') ?? 'text';
  if (format !== 'json' && format !== 'text')
    warn(`The format "${format}" has no counterpart here.`, { within: 'output.format' });
  return {
    ...emptyPrompt(),
    ...bodyOf(messages, data['promptory.kind'] === 'chat'),
    name: textAt(data, 'name'),
    title: textAt(data, 'promptory.title'),
    description: textAt(data, 'description'),
    config: { ...given({ model }), ...objectAt(data, 'config'), ...given({ tools, toolDefs }) },
    inputSchema,
    outputSchema: data['promptory.outputSchema'] ?? outputSchemaOf(output),
    tags: textsAt(data, 'promptory.tags'),
  };
}

/** One text of the user is a text prompt, unless the file says that it is a chat. */
function bodyOf(
  messages: NonNullable<DocumentPrompt['messages']>,
  isChat: boolean,
): Pick<DocumentPrompt, 'content' | 'messages'> {
  const [only, another] = messages;
  if (only === undefined) return { content: '', messages: null };
  const text = another === undefined && 'role' in only && only.role === 'user' && !isChat ? only.content : null;
  return typeof text === 'string' ? { content: text, messages: null } : { content: null, messages };
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
