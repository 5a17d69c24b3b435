import { inputNamesIn } from '../../convert/from-liquid/parts.ts';
import { readParts } from '../../convert/from-liquid/read-parts.ts';
import { mustacheOf } from '../../convert/from-liquid/write-mustache.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { inLanguage, piecesOf } from '../document/body-pieces.ts';
import { type BodyWriter, bodyIn } from '../document/braced-text.ts';
import {
  type DocumentMessage,
  type DocumentPart,
  type DocumentPrompt,
  FormatFault,
} from '../document/prompt-document.ts';
import { said } from '../document/written-file.ts';

const CLASSES: Readonly<Record<string, string>> = { system: 'System', user: 'Human', assistant: 'AI' };
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const fString: BodyWriter = {
  text: (text) => text.replaceAll(/[{}]/g, (brace) => brace + brace),
  value: ([name = '', member]) => (member === undefined && NAME.test(name) ? `{${name}}` : null),
};

/**
 * A prompt as the manifest that LangChain makes of one and loads again. Its texts are f-strings, which write any text, or
 * Mustache where a value is a member of another, or there are conditions and loops. What LangChain has in a model is not written.
 *
 * @throws FormatFault
 */
export const writeLangSmith = (prompt: DocumentPrompt, inputs: JsonValue): JsonObject =>
  new ManifestWriter(prompt, inputs).write();

class ManifestWriter {
  readonly #prompt: DocumentPrompt;
  readonly #schema: JsonValue;
  readonly #optional: ReadonlySet<string>;
  readonly #partials: JsonObject;
  readonly #inputs = new Set<string>();

  constructor(prompt: DocumentPrompt, schema: JsonValue) {
    this.#prompt = prompt;
    this.#schema = schema;
    const lists = (prompt.messages ?? []).flatMap((message) => ('name' in message ? [message.name] : []));
    const { optional, partials } = defaultsIn(prompt.inputSchema, new Set(lists));
    this.#optional = optional;
    this.#partials = partials;
  }

  write(): JsonObject {
    const { content, messages, outputSchema, name } = this.#prompt;
    const about = said({
      metadata: name === null ? null : { lc_hub_repo: name },
      partial_variables: Object.keys(this.#partials).length === 0 ? null : this.#partials,
    });
    if (messages === null) {
      return this.#template(content ?? '', 'content', about);
    }
    const turns = messages.map((message, index) => this.#message(message, `messages[${index}]`));
    const inputs = [...this.#inputs].filter((input) => !Object.hasOwn(this.#partials, input));
    const kwargs = { input_variables: inputs, messages: turns, ...about };
    return outputSchema === null
      ? made(['langchain_core', 'prompts', 'chat', 'ChatPromptTemplate'], kwargs)
      : made(['langchain_core', 'prompts', 'structured', 'StructuredPrompt'], { ...kwargs, schema_: outputSchema });
  }

  #message(message: DocumentMessage, within: string): JsonObject {
    if ('name' in message) {
      this.#inputs.add(message.name);
      const kwargs = { variable_name: message.name, optional: this.#optional.has(message.name) };
      return made(['langchain_core', 'prompts', 'chat', 'MessagesPlaceholder'], kwargs);
    }
    const { role, content } = message;
    const prompt =
      typeof content === 'string'
        ? this.#template(content, within)
        : content.map((part, index) => this.#part(part, `${within}.content[${index}]`));
    const name = CLASSES[role];
    return name === undefined
      ? made(['langchain_core', 'prompts', 'chat', 'ChatMessagePromptTemplate'], { role, prompt })
      : made(['langchain_core', 'prompts', 'chat', `${name}MessagePromptTemplate`], { prompt });
  }

  #part({ type, text, url, detail, ...others }: DocumentPart, within: string): JsonObject {
    const isPlain = Object.keys(others).length === 0;
    if (type === 'text' && typeof text === 'string' && isPlain) return this.#template(text, within);
    if (type !== 'image' || typeof url !== 'string' || !isPlain) {
      throw new FormatFault('this part cannot be written there', { within });
    }
    const { template, ...kwargs } = this.#templateOf(url, within);
    return made(['langchain_core', 'prompts', 'image', 'ImagePromptTemplate'], {
      ...kwargs,
      template: { url: template, ...(detail === undefined ? {} : { detail }) },
    });
  }

  #template(source: string, within: string, more: JsonObject = {}): JsonObject {
    return made(['langchain_core', 'prompts', 'prompt', 'PromptTemplate'], {
      ...this.#templateOf(source, within),
      ...more,
    });
  }

  #templateOf(source: string, within: string) {
    const isFlat = isFlatText(source);
    const names = namesIn(source, this.#schema, within);
    for (const name of names) this.#inputs.add(name);
    return {
      template: isFlat
        ? bodyIn(fString, source, within)
        : inLanguage(within, () => mustacheOf(source, this.#schema, false)),
      input_variables: names.filter((name) => !Object.hasOwn(this.#partials, name)),
      template_format: isFlat ? 'f-string' : 'mustache',
    };
  }
}

/** Whether a text has names alone, which f-strings write beside any other text. */
function isFlatText(source: string): boolean {
  try {
    return piecesOf(source, '').every((piece) => 'text' in piece || ('path' in piece && piece.path.length === 1));
  } catch (error) {
    if (error instanceof FormatFault) return false;
    throw error;
  }
}

function namesIn(source: string, schema: JsonValue, within: string): string[] {
  let names: string[] = [];
  inLanguage(within, () => {
    names = inputNamesIn(readParts(source, schema));
    return '';
  });
  return names;
}

const made = (id: string[], kwargs: JsonObject): JsonObject => ({ lc: 1, type: 'constructor', id, kwargs });

/** What of declared inputs a manifest can say: defaults, and lists of messages that may be left out. */
function defaultsIn(schema: JsonValue, lists: ReadonlySet<string>) {
  const optional = new Set<string>();
  const partials: JsonObject = {};
  const properties = isJsonObject(schema) && isJsonObject(schema.properties) ? schema.properties : {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property) || property.default === undefined) continue;
    if (!lists.has(name)) partials[name] = property.default;
    else if (Array.isArray(property.default) && property.default.length === 0) optional.add(name);
  }
  return { optional, partials };
}
