import { stringify } from 'yaml';
import { handlebarsOf } from '../../convert/from-liquid/write-handlebars.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { faultAt, inLanguage, piecesOf } from '../document/body-pieces.ts';
import { type DocumentPart, type DocumentPrompt, FormatFault, wordSet } from '../document/prompt-document.ts';
import { isAny, said } from '../document/written-file.ts';
import { SCALARS } from './picoschema.ts';

const ROLES: Readonly<Record<string, string>> = { system: 'system', user: 'user', assistant: 'model', tool: 'tool' };
/** What `{{name}}` would call. */
const HELPERS = wordSet(
  'role history media section json ifEquals unlessEquals if unless each with lookup log this else',
);
/** Of a name in Handlebars. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * A prompt as a dotprompt file: YAML, then Handlebars. What dotprompt has no keys for stands under `promptory.…`, which its
 * readers pass over.
 *
 * @throws FormatFault
 */
export function writeDotprompt(prompt: DocumentPrompt, inputs: JsonValue): string {
  const body = bodyOf(prompt, inputs);
  return `---\n${stringify(frontMatter(prompt), { lineWidth: 0 })}---\n${body}\n`;
}

function frontMatter(prompt: DocumentPrompt): JsonObject {
  const { model, tools, toolDefs, ...config } = prompt.config;
  const isNamed = Array.isArray(tools) && tools.every((tool) => typeof tool === 'string');
  const rest = { ...config, ...(tools === undefined || isNamed ? {} : { tools }) };
  const messages = prompt.messages ?? [];
  const looksLikeText =
    messages.length === 1 && messages.every((message) => 'role' in message && message.role === 'user');
  const { inputSchema, outputSchema } = prompt;
  return said({
    name: prompt.name,
    description: prompt.description,
    model,
    tools: isNamed ? tools : null,
    toolDefs,
    config: isAny(rest) ? null : rest,
    input: isCarried(inputSchema) ? inputOf(inputSchema) : null,
    output: isCarried(outputSchema)
      ? { format: 'json', schema: outputSchema }
      : isAny(outputSchema)
        ? { format: 'json' }
        : null,
    'promptory.title': prompt.title,
    'promptory.kind': looksLikeText ? 'chat' : null,
    'promptory.tags': prompt.tags.length === 0 ? null : prompt.tags,
    'promptory.inputSchema': isCarried(inputSchema) ? null : inputSchema,
    'promptory.outputSchema': isCarried(outputSchema) || isAny(outputSchema) ? null : outputSchema,
  });
}

/** Whether a schema is read as JSON Schema there, and not as Picoschema. */
const isCarried = (schema: JsonValue): schema is JsonObject =>
  isJsonObject(schema) &&
  typeof schema.type === 'string' &&
  (SCALARS.has(schema.type) || /^(?:object|array)$/.test(schema.type));

/** Its defaults twice, since dotprompt fills in only those of `default`. */
function inputOf(schema: JsonObject): JsonObject {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const defaults = Object.entries(isJsonObject(schema.properties) ? schema.properties : {}).flatMap(
    ([name, property]): [string, JsonValue][] =>
      isJsonObject(property) && property.default !== undefined && !required.includes(name)
        ? [[name, property.default]]
        : [],
  );
  return { ...(defaults.length === 0 ? {} : { default: Object.fromEntries(defaults) }), schema };
}

function bodyOf({ content, messages }: DocumentPrompt, inputs: JsonValue): string {
  // White space around a body is not part of it, and a role is: so one stands where a text begins or ends by white space.
  const turns = messages ?? [{ role: 'user' as const, content: content ?? '' }];
  let body = '';
  for (const [index, message] of turns.entries()) {
    const within = messages === null ? 'content' : `messages[${index}]`;
    if (!('role' in message)) {
      if (message.name !== 'history' || body.includes('{{history}}')) {
        throw new FormatFault('A placeholder is called "history" there, and is one', { within });
      }
      body += '{{history}}';
      continue;
    }
    const role = ROLES[message.role];
    if (role === undefined) throw new FormatFault(`"${message.role}" is no role there`, { within });
    const isPlainText =
      messages === null && typeof message.content === 'string' && message.content.trim() === message.content;
    const isLast = index === turns.length - 1 && isPlainText;
    const text = contentOf(message.content, within, { inputs, isAfter: !isPlainText, isFollowed: !isLast });
    body += `${isPlainText ? '' : `{{role "${role}"}}`}${text}`;
  }
  return body.trimEnd() === body ? body : `${body}{{role "user"}}`;
}

function contentOf(content: string | readonly DocumentPart[], within: string, place: TextPlace): string {
  if (typeof content === 'string') return textOf(content, within, place);
  return content
    .map((part, index) => {
      const at = `${within}.content[${index}]`;
      if (part.type === 'text' && typeof part.text === 'string') {
        if (content[index - 1]?.type === 'text') throw new FormatFault('Two texts would be one there', { within: at });
        return textOf(part.text, at, place);
      }
      return mediaOf(part, at);
    })
    .join('');
}

function mediaOf({ type, url, mediaType, ...others }: DocumentPart, within: string): string {
  const isMedia = (type === 'image' || type === 'audio' || type === 'file') && typeof url === 'string';
  if (!isMedia || Object.keys(others).length > 0)
    throw new FormatFault('This part has no counterpart there', { within });
  // Without a media type it is an image.
  const kind =
    typeof mediaType === 'string'
      ? mediaType
      : type === 'image'
        ? null
        : `${type === 'audio' ? 'audio' : 'application'}/*`;
  if (typeof mediaType !== 'string' && kind !== null) {
    throw new FormatFault('Media other than an image needs its media type there', { within });
  }
  const [piece, another] = piecesOf(url, within);
  if (piece === undefined || another !== undefined || 'include' in piece) {
    throw new FormatFault('An address is a text or one value there', { within });
  }
  const value = 'text' in piece ? quoted(piece.text, within) : pathOf(piece, url, within);
  return `{{media url=${value}${kind === null ? '' : ` contentType=${quoted(kind, within)}`}}}`;
}

function quoted(text: string, within: string): string {
  if (/["\\\r\n]|\}\}/.test(text)) throw new FormatFault('This text cannot stand in quotes there', { within });
  return `"${text}"`;
}

/** Where a text stands: what its inputs are, and whether markup stands right before and after it. */
interface TextPlace {
  readonly inputs: JsonValue;
  readonly isAfter: boolean;
  readonly isFollowed: boolean;
}

function textOf(source: string, within: string, { inputs, ...around }: TextPlace): string {
  if (source.trim() === '') throw new FormatFault('A text of white space alone is no message there', { within });
  const text = inLanguage(within, () => handlebarsOf(source, inputs, { escape: false, isDotprompt: true, ...around }));
  if (text.includes('<<<dotprompt:'))
    throw new FormatFault('A marker of dotprompt cannot be written there', { within });
  return text;
}

function pathOf({ path, at }: { path: readonly string[]; at: number }, source: string, within: string): string {
  const [root = ''] = path;
  if (HELPERS.has(root) || !path.every((name) => NAME.test(name))) {
    throw faultAt(source, at, within, `"${path.join('.')}" cannot be written there`);
  }
  return path.join('.');
}
