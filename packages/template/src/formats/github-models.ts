import { LiquidWriter } from '../convert/liquid/liquid-writer.ts';
import { inputName } from '../convert/liquid/paths.ts';
import { Places, Refusal } from '../convert/refusal.ts';
import { isJsonObject, type JsonValue } from '../json-value.ts';
import {
  type DocumentMessage,
  type DocumentPrompt,
  emptyPrompt,
  FormatFault,
  type PromptDocument,
  type Role,
} from './prompt-document.ts';
import { parseYaml } from './yaml-data.ts';

type JsonObject = { [key: string]: JsonValue };

const KNOWN: ReadonlySet<string> = new Set(
  'name description model modelParameters messages responseFormat jsonSchema'.split(' '),
);
const ROLES: ReadonlySet<string> = new Set(['system', 'developer', 'user', 'assistant', 'tool']);

/**
 * Reads a prompt file of GitHub Models (`name.prompt.yml`). It fills in `{{name}}` and nothing else. Test data and evaluators
 * have no counterpart here and are warned of.
 */
export function readGitHubModels(text: string): PromptDocument {
  const document: PromptDocument = { prompts: [], warnings: [], refusals: [] };
  try {
    const data = parseYaml(text, 'file');
    document.prompts.push(promptOf(data));
    for (const key of Object.keys(data).filter((name) => !KNOWN.has(name))) {
      document.warnings.push({
        prompt: 0,
        line: 1,
        column: 1,
        within: key,
        message: `"${key}" has no counterpart here.`,
      });
    }
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(0));
  }
  return document;
}

function promptOf(data: JsonObject): DocumentPrompt {
  const { name, description, model, modelParameters, messages } = data;
  if (!Array.isArray(messages)) throw new FormatFault('A prompt has messages.', { within: 'messages' });
  return {
    ...emptyPrompt(),
    name: typeof name === 'string' ? name : null,
    description: typeof description === 'string' ? description : null,
    messages: messages.map(messageOf),
    config: { ...(model === undefined ? {} : { model }), ...(isJsonObject(modelParameters) ? modelParameters : {}) },
    outputSchema: outputSchemaOf(data),
  };
}

function messageOf(message: JsonValue, index: number): DocumentMessage {
  const within = `messages[${index}]`;
  if (!isJsonObject(message) || typeof message.role !== 'string' || typeof message.content !== 'string') {
    throw new FormatFault('A message has a role and a text.', { within });
  }
  const { role, content } = message;
  if (!ROLES.has(role))
    throw new FormatFault(`"${role}" is no role that a message has here.`, { within: `${within}.role` });
  return { role: role as Role, content: liquidOf(content, `${within}.content`) };
}

/** A value is exactly `{{name}}`; other braces are refused, since what was meant by them is not known. */
function liquidOf(text: string, within: string): string {
  const writer = new LiquidWriter();
  const places = new Places(text);
  let index = 0;
  try {
    for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', index)) {
      const end = text.indexOf('}}', start);
      const position = places.at(start);
      if (end < 0) throw new Refusal('This "{{" is not closed.', position);
      writer.literal(text.slice(index, start));
      writer.markup(`{{ ${inputName(text.slice(start + 2, end).trim(), position)} }}`, position);
      index = end + 2;
    }
  } catch (error) {
    if (error instanceof Refusal) throw new FormatFault(error.message, { ...error.position, within });
    throw error;
  }
  writer.literal(text.slice(index));
  return writer.end();
}

/** `jsonSchema` is an object or JSON as a text: a schema, or a schema with its name. JSON without a schema is any JSON. */
function outputSchemaOf({ responseFormat, jsonSchema }: JsonObject): JsonValue {
  if (responseFormat === 'json_object') return {};
  if (responseFormat !== 'json_schema' && jsonSchema === undefined) return null;
  const schema = typeof jsonSchema === 'string' ? parseSchema(jsonSchema) : jsonSchema;
  if (!isJsonObject(schema)) throw new FormatFault('A schema is an object.', { within: 'jsonSchema' });
  return isJsonObject(schema.schema) ? schema.schema : schema;
}

function parseSchema(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new FormatFault('This schema is no JSON.', { within: 'jsonSchema' });
  }
}
