import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { objectAt, parseJsonFile, roleOf, textAt } from '../document/json-data.ts';
import { mediaPart } from '../document/media.ts';
import { liquidOfBraces } from '../document/plain-braces.ts';
import {
  addPrompt,
  type DocumentMessage,
  type DocumentPart,
  type DocumentPrompt,
  emptyDocument,
  emptyPrompt,
  FormatFault,
  type PromptDocument,
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';

const MAX_PROMPTS = 500;
/** Where messages stand, in the order in which they are sent. */
const BODY_KEYS = ['instructions', 'prompt', 'messages', 'input'] as const;
/** What a call says besides its text, under the names that OpenAI has for it. */
const SETTINGS = wordSet(
  'model temperature top_p max_output_tokens tools tool_choice parallel_tool_calls reasoning truncation top_logprobs text',
);
const FORMATS = wordSet('text json_object json_schema');
/** Of a message, and of a part of one; its own id and state say nothing of the text. */
const MESSAGE = wordSet('role content type id object status');
const PART = wordSet('type text image_url file_url detail');
/** Who, when and where at OpenAI, which no prompt has here. */
const DROPPED = wordSet('object created_at updated_at is_default status created_by creator_user_id project_id');
const KNOWN: ReadonlySet<string> = new Set([
  ...wordSet('id name description version variables'),
  ...BODY_KEYS,
  ...SETTINGS,
  ...DROPPED,
]);

/**
 * Reads stored prompts of OpenAI as somebody copies them: one as JSON, or a list. They fill in `{{name}}` and nothing else. The
 * id (`pmpt_…`) becomes an alias, `variables` the defaults of inputs. What OpenAI serves is what its programs get, so it is
 * labelled `production`.
 */
export function readOpenAi(text: string): PromptDocument {
  const document = emptyDocument();
  try {
    const file = parseJsonFile(text);
    const data = isJsonObject(file) && Array.isArray(file.data) ? file.data : file;
    const items = Array.isArray(data) ? data : [data];
    if (items.length > MAX_PROMPTS) throw new FormatFault(`A file holds at most ${MAX_PROMPTS} prompts.`, {});
    for (const [index, item] of items.entries()) addPrompt(document, index, (warn) => promptOf(item, warn));
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(null));
  }
  return document;
}

function promptOf(item: JsonValue, warn: Warn): DocumentPrompt {
  if (!isJsonObject(item)) throw new FormatFault('A prompt is an object.', {});
  const id = textAt(item, 'id');
  if (id === null || !/^pmpt_[a-z0-9_]{1,100}$/i.test(id)) {
    throw new FormatFault('A stored prompt has an id that begins with "pmpt_".', { within: 'id' });
  }
  const messages = messagesOf(item, warn);
  warnOfOthers(item, KNOWN, warn);
  if (typeof item.version === 'string' || typeof item.version === 'number') {
    warn(`That it is version ${item.version} there is not kept: versions are counted from 1 here.`, {
      within: 'version',
    });
  }
  const { text, ...settings } = Object.fromEntries(Object.entries(item).filter(([key]) => SETTINGS.has(key)));
  const { format, ...others } = objectAt({ text: text ?? null }, 'text');
  if (isJsonObject(format) && !FORMATS.has(String(format.type)))
    warn(`The format ${JSON.stringify(format.type ?? null)} has no counterpart here.`, { within: 'text.format' });
  return {
    ...emptyPrompt(),
    name: textAt(item, 'name') ?? id.toLowerCase(),
    title: textAt(item, 'name'),
    description: textAt(item, 'description'),
    messages,
    config: { ...settings, ...(Object.keys(others).length === 0 ? {} : { text: others }) },
    inputSchema: inputSchemaOf(objectAt(item, 'variables')),
    outputSchema: outputSchemaOf(format),
    labels: ['production'],
    aliases: [id.toLowerCase()],
  };
}

/** `instructions` go before the rest; a text alone is the developer's there, and the user's as `input`. */
function messagesOf(item: JsonObject, warn: Warn): DocumentMessage[] {
  const messages = BODY_KEYS.flatMap((key) => {
    const value = item[key];
    if (typeof value === 'string') {
      const role = key === 'input' ? ('user' as const) : ('developer' as const);
      return [{ role, content: liquidOfBraces(value, key) }];
    }
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((message, index) => messageOf(message, `${key}[${index}]`, warn));
    throw new FormatFault(`"${key}" is a text, or a list of messages.`, { within: key });
  });
  if (messages.length > 0) return messages;
  throw new FormatFault('This names a stored prompt and does not hold its text: copy its messages as well.', {});
}

function messageOf(message: JsonValue, within: string, warn: Warn): DocumentMessage {
  if (!isJsonObject(message)) throw new FormatFault('A message is an object.', { within });
  const role = roleOf(message.role, `${within}.role`);
  const { content } = message;
  warnOfOthers(message, MESSAGE, warn, `${within}.`);
  if (typeof content === 'string') return { role, content: liquidOfBraces(content, `${within}.content`) };
  if (!Array.isArray(content) || content.length === 0) {
    throw new FormatFault('A message has a text, or a list of parts.', { within: `${within}.content` });
  }
  const parts = content.map((part, index) => partOf(part, `${within}.content[${index}]`, warn));
  const [only, another] = parts;
  return { role, content: another === undefined && typeof only?.text === 'string' ? only.text : parts };
}

function partOf(part: JsonValue, within: string, warn: Warn): DocumentPart {
  if (isJsonObject(part)) {
    warnOfOthers(part, PART, warn, `${within}.`);
    const { type, text, image_url: image, file_url: file, detail } = part;
    if (typeof text === 'string') return { type: 'text', text: liquidOfBraces(text, `${within}.text`) };
    if (type === 'input_image' && typeof image === 'string') {
      const url = mediaPart(liquidOfBraces(image, `${within}.image_url`), null);
      return { ...url, ...(typeof detail === 'string' ? { detail } : {}) };
    }
    if (type === 'input_file' && typeof file === 'string') {
      return { type: 'file', url: liquidOfBraces(file, `${within}.file_url`) };
    }
  }
  throw new FormatFault('Of parts, texts, images by address and files by address are read.', { within });
}

function inputSchemaOf(variables: JsonObject): JsonValue {
  const properties = Object.entries(variables).map(([name, value]): [string, JsonValue] => {
    const isText = isJsonObject(value) && typeof value.text === 'string';
    return [name, value === null ? {} : { default: isText ? (value.text as string) : value }];
  });
  return properties.length === 0 ? null : { type: 'object', properties: Object.fromEntries(properties) };
}

function outputSchemaOf(format: JsonValue | undefined): JsonValue {
  if (!isJsonObject(format)) return null;
  if (format.type === 'json_schema' && isJsonObject(format.schema)) return format.schema;
  return format.type === 'json_object' ? {} : null;
}
