import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { inferInputs } from '../../language/inputs/infer-inputs.ts';
import { parse } from '../../language/parse.ts';
import { TemplateError } from '../../language/template-error.ts';
import { given, objectAt, parseJsonFile, roleOf, textAt } from '../document/json-data.ts';
import { mediaPart } from '../document/media.ts';
import { liquidOfLiteral } from '../document/plain-braces.ts';
import {
  type DocumentMessage,
  type DocumentPart,
  type DocumentPrompt,
  documentOf,
  emptyPrompt,
  FormatFault,
  liquidOf,
  type PromptDocument,
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';

const MAX_DEPTH = 20;
/** What surrounds a manifest as LangSmith answers it and sends it to webhooks. */
const ENVELOPE = wordSet('manifest owner repo full_name commit_hash prompt_id prompt_name created_at created_by');
/** Of a message, whether it is a template or not; what a program kept beside it is no text. */
const TURN = wordSet('content type prompt role id example response_metadata');
const TEXT_PART = wordSet('type text');
const DIALECTS = { 'f-string': 'f-string', mustache: 'mustache', jinja2: 'jinja2' } as const;
const ROLES: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  SystemMessagePromptTemplate: 'system',
  HumanMessagePromptTemplate: 'user',
  AIMessagePromptTemplate: 'assistant',
  SystemMessage: 'system',
  HumanMessage: 'user',
  AIMessage: 'assistant',
};

/**
 * Reads a prompt that LangChain has serialised, as LangSmith keeps it: the manifest, or what its API and webhooks put around
 * it. Classes are told by their names, and none is made. A model that follows becomes the config, its secrets left out.
 */
export function readLangSmith(text: string): PromptDocument {
  return documentOf((warn) => {
    const file = parseJsonFile(text);
    if (!isJsonObject(file)) throw new FormatFault('A manifest is an object.', {});
    if (!isJsonObject(file.manifest)) return new ManifestReader(warn).read(file, '');
    warnOfOthers(file, ENVELOPE, warn);
    const prompt = new ManifestReader(warn).read(file.manifest, 'manifest');
    const name = textAt(file, 'prompt_name') ?? textAt(file, 'repo') ?? prompt.name;
    return { ...prompt, name, description: prompt.description ?? textAt(file, 'description') };
  });
}

/** A serialised object: the name of its class, what it was made with, and where it stands. */
interface Made {
  readonly className: string;
  readonly kwargs: JsonObject;
  readonly within: string;
}

class ManifestReader {
  readonly #warn: Warn;
  #inputs: JsonObject = {};
  /** What texts read. */
  readonly #names = new Set<string>();

  constructor(warn: Warn) {
    this.#warn = warn;
  }

  read(manifest: JsonObject, within: string): DocumentPrompt {
    const prompt = this.#prompt(manifest, within, 0);
    const isPlain = Object.keys(this.#inputs).length === 0;
    return isPlain ? prompt : { ...prompt, inputSchema: { type: 'object', properties: this.#inputs } };
  }

  #prompt(value: JsonValue | undefined, within: string, depth: number): DocumentPrompt {
    const made = madeOf(value, within);
    const { className, kwargs } = made;
    if (depth > MAX_DEPTH) throw new FormatFault('This is nested too deeply.', { within });
    switch (className) {
      case 'PromptPlayground':
      case 'RunnableSequence':
        return this.#sequence(made, depth);
      case 'PromptTemplate': {
        const content = this.#text(made);
        this.#warnOfGiven(made);
        return this.#named(made, { content, messages: null });
      }
      case 'ChatPromptTemplate':
      case 'StructuredPrompt': {
        const [key, messages] = listAt(kwargs, ['messages', 'prompt_messages'], within);
        this.#partials(made);
        const turns = messages.map((message, index) => this.#message(message, inside(within, `${key}[${index}]`)));
        this.#warnOfGiven(made);
        const schema = kwargs.schema_ ?? kwargs.schema;
        const outputSchema = className === 'StructuredPrompt' && isJsonObject(schema) ? schema : null;
        return { ...this.#named(made, { content: null, messages: turns }), outputSchema };
      }
      default:
        throw new FormatFault(`"${className}" has no counterpart here.`, { within });
    }
  }

  #named({ kwargs, within }: Made, body: Pick<DocumentPrompt, 'content' | 'messages'>): DocumentPrompt {
    const metadata = objectAt(kwargs, 'metadata', inside(within, 'kwargs.metadata'));
    return { ...emptyPrompt(), ...body, name: textAt(metadata, 'lc_hub_repo') };
  }

  /** A prompt, and the model that it is sent to. */
  #sequence({ kwargs, within }: Made, depth: number): DocumentPrompt {
    const steps = [
      ...(kwargs.first === undefined ? [] : [['first', kwargs.first] as const]),
      ...(Array.isArray(kwargs.middle) ? kwargs.middle.map((step, index) => [`middle[${index}]`, step] as const) : []),
      ...(kwargs.last === undefined ? [] : [['last', kwargs.last] as const]),
    ];
    const [prompt, ...others] = steps;
    if (prompt === undefined) throw new FormatFault('A sequence begins with its prompt.', { within });
    const read = this.#prompt(prompt[1], inside(within, `kwargs.${prompt[0]}`), depth + 1);
    const config = others.map(([name, step]) => this.#model(step, inside(within, `kwargs.${name}`), depth + 1));
    return { ...read, config: Object.assign({}, read.config, ...config) };
  }

  #model(value: JsonValue | undefined, within: string, depth: number): JsonObject {
    const { className, kwargs } = madeOf(value, within);
    if (depth > MAX_DEPTH) throw new FormatFault('This is nested too deeply.', { within });
    if (className === 'RunnableBinding') {
      const bound = this.#model(kwargs.bound, inside(within, 'kwargs.bound'), depth + 1);
      return { ...bound, ...this.#settings(objectAt(kwargs, 'kwargs'), inside(within, 'kwargs.kwargs')) };
    }
    const { model, model_name: modelName, ...settings } = kwargs;
    if (model === undefined && modelName === undefined) {
      this.#warn(`"${className}" has no counterpart here.`, { within });
      return {};
    }
    this.#warn(`That the model is called by "${className}" is not kept.`, { within });
    return { ...given({ model: model ?? modelName }), ...this.#settings(settings, inside(within, 'kwargs')) };
  }

  /** What is no secret and no object of a program. */
  #settings(kwargs: JsonObject, within: string): JsonObject {
    const kept = Object.entries(kwargs).filter(([name, value]) => {
      const isKept = !isJsonObject(value) || value.lc === undefined;
      if (!isKept) this.#warn(`"${name}" is a secret or an object of a program, and is not kept.`, { within });
      return isKept;
    });
    return Object.fromEntries(kept);
  }

  #message(value: JsonValue, within: string): DocumentMessage {
    const made = madeOf(value, within);
    const { className, kwargs } = made;
    if (className === 'MessagesPlaceholder') return this.#placeholder(made);
    const role = className.startsWith('ChatMessage')
      ? roleOf(aliasOf(kwargs.role), inside(within, 'kwargs.role'))
      : ROLES[className];
    if (role === undefined) throw new FormatFault(`"${className}" has no counterpart here.`, { within });
    if (!className.endsWith('Template')) return { role, content: this.#literal(made) };
    warnOfOthers(kwargs, TURN, this.#warn, inside(within, 'kwargs.'));
    const { prompt } = kwargs;
    if (!Array.isArray(prompt)) return { role, content: this.#text(madeOf(prompt, inside(within, 'kwargs.prompt'))) };
    const parts = prompt.map((part, index) => this.#part(part, inside(within, `kwargs.prompt[${index}]`)));
    if (parts.length === 0) throw new FormatFault('A message has a text.', { within });
    return { role, content: parts };
  }

  /** What a message says that is no template: all of it as it stands. */
  #literal({ kwargs, within }: Made): string | DocumentPart[] {
    const { content } = kwargs;
    warnOfOthers(kwargs, TURN, this.#warn, inside(within, 'kwargs.'));
    if (typeof content === 'string') return liquidOfLiteral(content);
    const parts = Array.isArray(content) ? content : [];
    const texts = parts.map((part, index) => {
      if (!isJsonObject(part) || part.type !== 'text' || typeof part.text !== 'string') return null;
      warnOfOthers(part, TEXT_PART, this.#warn, inside(within, `kwargs.content[${index}].`));
      return { type: 'text', text: liquidOfLiteral(part.text) };
    });
    const known = texts.filter((part) => part !== null);
    if (known.length === 0 || known.length < texts.length)
      throw new FormatFault('Of a message that is no template only text is read.', { within });
    return known;
  }

  /** An optional one is an input that may be left out. */
  #placeholder({ kwargs, within }: Made): DocumentMessage {
    const name = textAt(kwargs, 'variable_name', inside(within, 'kwargs.variable_name'));
    if (name === null) throw new FormatFault('A placeholder has a name.', { within });
    if (kwargs.optional === true) this.#inputs[name] = { type: 'array', default: [] };
    if (typeof kwargs.n_messages === 'number') this.#warn('"n_messages" has no counterpart here.', { within });
    return { type: 'placeholder', name };
  }

  #part(value: JsonValue, within: string): DocumentPart {
    const made = madeOf(value, within);
    if (made.className === 'PromptTemplate') return { type: 'text', text: this.#text(made) };
    if (made.className === 'DictPromptTemplate') return this.#dict(made);
    if (made.className !== 'ImagePromptTemplate') {
      throw new FormatFault(`"${made.className}" has no counterpart here.`, { within });
    }
    const { url, detail, ...others } = objectAt(made.kwargs, 'template', inside(within, 'kwargs.template'));
    if (typeof url !== 'string') throw new FormatFault('An image has a url.', { within });
    for (const name of Object.keys(others)) this.#warn(`"${name}" has no counterpart here.`, { within });
    const part = mediaPart(liquidOf(this.#dialect(made), url, inside(within, 'kwargs.template.url')), null);
    return typeof detail === 'string' ? { ...part, detail } : part;
  }

  /** A part as the caller has written it, each text in it a template: since version 1 of LangChain so is a text among parts. */
  #dict(made: Made): DocumentPart {
    const within = inside(made.within, 'kwargs.template');
    const { type, text, ...others } = objectAt(made.kwargs, 'template', within);
    if (type !== 'text' || typeof text !== 'string')
      throw new FormatFault('Of parts that are written as objects only texts are read.', { within });
    for (const name of Object.keys(others)) this.#warn(`"${name}" has no counterpart here.`, { within });
    return { type: 'text', text: this.#template(made, text, inside(within, 'text')) };
  }

  #text(made: Made): string {
    const { kwargs, className } = made;
    if (className !== 'PromptTemplate')
      throw new FormatFault(`"${className}" has no counterpart here.`, { within: made.within });
    const within = inside(made.within, 'kwargs.template');
    const template = textAt(kwargs, 'template', within);
    if (template === null) throw new FormatFault('A template has a text.', { within: made.within });
    return this.#template(made, template, within);
  }

  #template(made: Made, template: string, within: string): string {
    this.#partials(made);
    const dialect = this.#dialect(made);
    const liquid = liquidOf(dialect, template, within);
    if (dialect === DIALECTS['f-string']) for (const name of namesIn(liquid)) this.#names.add(name);
    return liquid;
  }

  /** LangChain writes down no values that a program has given already, only that it asks for them no more. */
  #warnOfGiven({ kwargs, within }: Made): void {
    const asked = kwargs.input_variables;
    if (!Array.isArray(asked)) return;
    for (const name of this.#names) {
      if (asked.includes(name) || Object.hasOwn(this.#inputs, name)) continue;
      this.#warn(`"${name}" had a value from a program, which the file does not hold: it is an input here.`, {
        within: inside(within, 'kwargs.input_variables'),
      });
    }
  }

  #dialect({ kwargs, within }: Made): (typeof DIALECTS)[keyof typeof DIALECTS] {
    const format = textAt(kwargs, 'template_format', inside(within, 'kwargs.template_format')) ?? 'f-string';
    if (format === 'f-string' || format === 'mustache' || format === 'jinja2') return DIALECTS[format];
    throw new FormatFault(`"${format}" is no format of templates that is read here.`, {
      within: inside(within, 'kwargs.template_format'),
    });
  }

  /** Values that were filled in already stand where none is given. */
  #partials({ kwargs, within }: Made): void {
    const partials = objectAt(kwargs, 'partial_variables', inside(within, 'kwargs.partial_variables'));
    for (const [name, value] of Object.entries(partials)) {
      if (isJsonObject(value) && value.lc !== undefined) {
        throw new FormatFault(`The value of "${name}" is made by a program.`, { within });
      }
      this.#inputs[name] = { default: value };
    }
  }
}

/** The inputs of a text; none where it is too long for a template. */
function namesIn(liquid: string): string[] {
  try {
    return Object.keys(inferInputs([parse(liquid)]).properties as object);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

const inside = (within: string, name: string): string => (within === '' ? name : `${within}.${name}`);

/** LangChain's older names of roles. */
const aliasOf = (role: JsonValue | undefined): JsonValue | undefined =>
  role === 'human' ? 'user' : role === 'ai' || role === 'model' ? 'assistant' : role;

function madeOf(value: JsonValue | undefined, within: string): Made {
  const at = { within };
  if (!isJsonObject(value) || value.lc !== 1 || !Array.isArray(value.id)) {
    throw new FormatFault('This is no serialised object of LangChain: it has no "lc" and "id".', at);
  }
  const className = value.id.at(-1);
  if (value.type !== 'constructor' || typeof className !== 'string') {
    throw new FormatFault('This object is a secret, or cannot be made again from what the file holds.', at);
  }
  return { className, kwargs: objectAt(value, 'kwargs', inside(within, 'kwargs')), within };
}

function listAt(kwargs: JsonObject, keys: readonly string[], within: string): [key: string, items: JsonValue[]] {
  const key = keys.find((name) => Array.isArray(kwargs[name]));
  const items = key === undefined ? undefined : kwargs[key];
  if (key === undefined || !Array.isArray(items)) throw new FormatFault('A chat has messages.', { within });
  return [`kwargs.${key}`, items];
}
