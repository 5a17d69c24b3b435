import { stringify } from 'yaml';
import { jinjaOf } from '../../convert/from-liquid/write-jinja.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { inLanguage } from '../document/body-pieces.ts';
import { type DocumentPart, type DocumentPrompt, FormatFault, wordSet } from '../document/prompt-document.ts';
import { isAny, parted, said } from '../document/written-file.ts';
import { isRoleLine } from './prompty-body.ts';
import { MEDIA_KINDS, THREAD } from './properties.ts';

const OPTIONS = wordSet(
  'temperature maxOutputTokens topP topK frequencyPenalty presencePenalty seed stopSequences allowMultipleToolCalls',
);
const MODEL = wordSet('model provider apiType tools');
/** A prompt as a Prompty file of version 2: YAML, then Jinja whose messages begin with a line `user:`. @throws FormatFault */
export function writePrompty(prompt: DocumentPrompt, schema: JsonValue): string {
  const media = new Map<string, string>();
  const body = bodyOf(prompt, schema, media);
  const outputs = propertiesIn(prompt.outputSchema);
  const inputs = inputsOf(prompt, media);
  const file = { ...aboutOf(prompt), ...said({ inputs: orNull(inputs), outputs: orNull(outputs) }) };
  return `---\n${stringify(file, { lineWidth: 0 })}---\n${body}\n`;
}

const orNull = (list: JsonObject[]): JsonObject[] | null => (list.length === 0 ? null : list);

function aboutOf({ name, title, description, tags, config }: DocumentPrompt): JsonObject {
  const [{ model: id, provider, apiType, tools }, settings] = parted(config, MODEL);
  const [options, additionalProperties] = parted(settings, OPTIONS);
  const all = { ...options, ...(isAny(additionalProperties) ? {} : { additionalProperties }) };
  const model = said({ id, provider, apiType, options: isAny(all) ? null : all });
  return said({
    name,
    displayName: title,
    description,
    metadata: tags.length === 0 ? null : { tags },
    model: isAny(model) ? null : model,
    tools,
    template: { format: { kind: 'jinja2' }, parser: { kind: 'prompty' } },
  });
}

/** Declared inputs, those that are media, and threads. */
function inputsOf({ inputSchema, messages }: DocumentPrompt, media: ReadonlyMap<string, string>): JsonObject[] {
  const declared = propertiesIn(inputSchema).map((property): JsonObject => {
    const kind = media.get(String(property.name));
    return kind === undefined ? property : { ...property, kind };
  });
  const names = new Set(declared.map(({ name }) => name));
  const others = [...media].filter(([name]) => !names.has(name)).map(([name, kind]) => ({ name, kind }));
  const threads = (messages ?? []).flatMap((message) =>
    'name' in message ? [{ name: message.name, kind: THREAD }] : [],
  );
  return [...declared, ...others, ...threads];
}

const KINDS: Readonly<Record<string, string>> = { number: 'float' };

function propertiesIn(schema: JsonValue): JsonObject[] {
  const { properties, required } = isJsonObject(schema) ? schema : {};
  return Object.entries(isJsonObject(properties) ? properties : {}).map(([name, property]) => ({
    name,
    ...propertyOf(property),
    ...(Array.isArray(required) && required.includes(name) ? { required: true } : {}),
  }));
}

function propertyOf(schema: JsonValue): JsonObject {
  if (!isJsonObject(schema)) return { kind: 'any' };
  const { type, format, description, default: byDefault, enum: enumValues, examples, items } = schema;
  const isMedia = type === 'string' && format === 'uri';
  const kind = isMedia ? 'file' : typeof type === 'string' ? (KINDS[type] ?? type) : 'any';
  const inner = kind === 'object' ? propertiesIn(schema) : [];
  return said({
    kind,
    description: typeof description === 'string' ? description : null,
    enumValues: Array.isArray(enumValues) ? enumValues : null,
    default: byDefault,
    example: Array.isArray(examples) ? examples[0] : null,
    items: isJsonObject(items) ? propertyOf(items) : null,
    properties: inner.length === 0 ? null : inner,
  });
}

/** Around messages line ends are not part of them; `media` is filled with what its parts are. */
function bodyOf({ content, messages }: DocumentPrompt, schema: JsonValue, media: Map<string, string>): string {
  if (messages === null) return textOf(content ?? '', schema, 'content');
  let body = '';
  for (const [index, message] of messages.entries()) {
    const within = `messages[${index}]`;
    if ('name' in message) {
      // A thread stands in the message before it, and begins one where there is none.
      body += `${index === 0 ? 'system:\n' : '\n'}{{ ${message.name} }}\n`;
      continue;
    }
    if (message.role === 'tool') throw new FormatFault('"tool" is no role there', { within });
    const text =
      typeof message.content === 'string'
        ? textOf(message.content, schema, within)
        : message.content
            .map((part, at) => partOf(part, message.content[at - 1], `${within}.content[${at}]`, schema, media))
            .join('\n');
    body += `${index === 0 ? '' : '\n'}${message.role}:\n${text}\n`;
  }
  return body.trimEnd();
}

function partOf(
  { type, text, url, ...others }: DocumentPart,
  before: DocumentPart | string | undefined,
  within: string,
  schema: JsonValue,
  media: Map<string, string>,
): string {
  const isPlain = Object.keys(others).length === 0;
  if (type === 'text' && typeof text === 'string' && isPlain) {
    if (typeof before === 'object' && before.type === 'text')
      throw new FormatFault('two texts would be one there', { within });
    return textOf(text, schema, within);
  }
  const [, name] = typeof url === 'string' && isPlain ? (/^\{\{ ([A-Za-z_][A-Za-z0-9_]*) \}\}$/.exec(url) ?? []) : [];
  if (name === undefined || !MEDIA_KINDS.has(type))
    throw new FormatFault('media is an input of its own there', { within });
  media.set(name, type);
  return `{{ ${name} }}`;
}

function textOf(source: string, schema: JsonValue, within: string): string {
  const text = inLanguage(within, () => jinjaOf(source, schema, true));
  if (text.trim() === '' || text !== text.replace(/^\n+/, '').trimEnd()) {
    throw new FormatFault('a text that is nothing, or begins or ends by a line end, is another one there', { within });
  }
  // What stands in a block may be alone on its line when it is rendered.
  const lines = [text, text.replaceAll(/\{%[^%]*%\}/g, '')].flatMap((some) => some.split('\n'));
  if (text.includes('\r') || lines.some(isRoleLine)) {
    throw new FormatFault('a line such as "user:", or a carriage return, is no text there', { within });
  }
  return text;
}
