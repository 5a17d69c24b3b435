import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { given, objectAt, roleOf, textAt } from '../document/json-data.ts';
import { liquidOfBraces } from '../document/plain-braces.ts';
import {
  type DocumentMessage,
  documentOf,
  emptyPrompt,
  FormatFault,
  type PromptDocument,
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';
import { parseYaml } from '../document/yaml-data.ts';

const KNOWN = wordSet('name description model modelParameters messages responseFormat jsonSchema');
const MESSAGE = wordSet('role content');

/**
 * Reads a prompt file of GitHub Models (`name.prompt.yml`). It fills in `{{name}}` and nothing else. Test data and evaluators
 * have no counterpart here and are warned of.
 */
export function readGitHubModels(text: string): PromptDocument {
  return documentOf((warn) => {
    const data = parseYaml(text, 'file');
    const { model, messages } = data;
    if (!Array.isArray(messages)) throw new FormatFault('A prompt has messages.', { within: 'messages' });
    warnOfOthers(data, KNOWN, warn);
    return {
      ...emptyPrompt(),
      title: textAt(data, 'name'),
      description: textAt(data, 'description'),
      messages: messages.map((message, index) => messageOf(message, index, warn)),
      config: { ...given({ model }), ...objectAt(data, 'modelParameters') },
      outputSchema: outputSchemaOf(data),
    };
  });
}

function messageOf(message: JsonValue, index: number, warn: Warn): DocumentMessage {
  const within = `messages[${index}]`;
  if (!isJsonObject(message) || typeof message.role !== 'string' || typeof message.content !== 'string') {
    throw new FormatFault('A message has a role and a text.', { within });
  }
  const { role, content } = message;
  warnOfOthers(message, MESSAGE, warn, `${within}.`);
  return { role: roleOf(role, `${within}.role`), content: liquidOfBraces(content, `${within}.content`) };
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
