import type { FieldError, MessagePart, MessageRole } from '../contract/contract.ts';
import { PromptoryError } from '../errors/promptory-error.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is needed to ask a model: a prompt that the client has rendered, or what `prompts.render` answered. */
export interface ModelRequest {
  /** Of a text prompt, which is what the user says; null for a chat. */
  readonly text: string | null;
  /** Of a chat; null for a text prompt. */
  readonly messages: readonly { readonly role: string; readonly content: string | readonly object[] }[] | null;
  /** Settings to ask a model with, as they are called by any of the makers: `maxTokens`, `max_tokens`, `maxOutputTokens`. */
  readonly config: Json;
  /** JSON Schema of the answer; null is text. */
  readonly outputSchema: Json | null;
  /** Names the schema of the answer. */
  readonly ref?: string;
}

/** A message whose parts have been looked at. */
export interface ReadMessage {
  readonly role: MessageRole;
  /** With its path, `messages.2.content.0`. */
  readonly parts: readonly (MessagePart & { readonly path: string })[];
  readonly path: string;
}

/** A tool that a model may call. */
export interface ReadTool {
  readonly name: string;
  readonly description: string | undefined;
  /** JSON Schema of its arguments. */
  readonly parameters: Json;
  readonly strict: boolean | undefined;
}

/** Which tool a model is to call. */
export type ReadToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** Settings as they are called here, whoever makes the model. */
export interface Settings {
  readonly model?: string;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly maxTokens?: number;
  readonly stop?: string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly parallelToolCalls?: boolean;
  readonly effort?: string;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By which names each setting is known, and what it must be. */
const SETTINGS: {
  readonly [Name in keyof Settings]-?: readonly [names: string, expected: string, is: (value: unknown) => boolean];
} = {
  model: ['model', 'a text', isText],
  temperature: ['temperature', 'a number', isNumber],
  topP: ['topP top_p', 'a number', isNumber],
  topK: ['topK top_k', 'a number', isNumber],
  maxTokens: [
    'maxTokens max_tokens maxOutputTokens max_output_tokens maxCompletionTokens max_completion_tokens',
    'a number',
    isNumber,
  ],
  stop: ['stop stopSequences stop_sequences', 'a list of texts', (value) => isText(value) || isTexts(value)],
  seed: ['seed', 'a number', isNumber],
  frequencyPenalty: ['frequencyPenalty frequency_penalty', 'a number', isNumber],
  presencePenalty: ['presencePenalty presence_penalty', 'a number', isNumber],
  parallelToolCalls: ['parallelToolCalls parallel_tool_calls', 'true or false', (value) => typeof value === 'boolean'],
  effort: ['reasoningEffort reasoning_effort effort', 'a text', isText],
};

/**
 * Reads a request for the models of one maker, and gathers what has no counterpart there. `overrides` are the caller's own, by
 * the maker's names: what they say is not looked for in the config, and neither is what stands there under the maker's own name.
 */
export class RequestReader {
  readonly #maker: string;
  readonly #request: ModelRequest;
  /** The settings that are this maker's alone. */
  readonly own: Json;
  readonly #overrides: object;
  readonly #errors: FieldError[] = [];

  /** @param name under which the config has settings of this maker alone */
  constructor(maker: string, name: string, request: ModelRequest, overrides: object) {
    this.#maker = maker;
    this.#request = request;
    const own = request.config[name];
    this.own = isObject(own) ? own : {};
    this.#overrides = { ...this.own, ...overrides };
  }

  /** Notes what cannot be said, or said so. */
  refuse(path: string, message: string): void {
    this.#errors.push({ path, code: 'invalid', params: {}, message });
  }

  /** @throws PromptoryError client.not_expressible with all that was noted */
  check(): void {
    if (this.#errors.length === 0) return;
    const said = this.#errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
    throw new PromptoryError({
      code: 'client.not_expressible',
      message: `The prompt cannot be put to ${this.#maker} as it is. ${said}`,
      errors: this.#errors,
    });
  }

  messages(): ReadMessage[] {
    const { text, messages } = this.#request;
    const all = messages ?? [{ role: 'user', content: text ?? '' }];
    return all.map((message, index) => {
      const path = `messages.${index}`;
      const { content } = message;
      const role = message.role as MessageRole;
      if (!Object.hasOwn(ROLES, role)) this.refuse(`${path}.role`, `Nobody has the role ${role}.`);
      // A conversation that was kept in the form of one maker's SDK.
      for (const [name, value] of Object.entries(message)) {
        if (name === 'role' || name === 'content' || isNothing(value)) continue;
        this.refuse(`${path}.${name}`, `A message has a role and a content alone${PARTS_FOR.get(name) ?? ''}.`);
      }
      if (isText(content)) {
        if (role === 'tool') this.refuse(path, 'A message of a tool has parts of the type tool_result.');
        return { role, path, parts: [{ type: 'text', text: content, path: `${path}.content` }] };
      }
      if (!Array.isArray(content)) {
        this.refuse(`${path}.content`, 'It is a text or a list of parts.');
        return { role, path, parts: [] };
      }
      const parts = content.flatMap((part, at) => this.#part(part as Json, role, `${path}.content.${at}`));
      return { role, path, parts };
    });
  }

  #part(part: Json, role: MessageRole, path: string): ReadMessage['parts'] {
    const type = String(part.type);
    if (!Object.hasOwn(PARTS, type)) {
      this.refuse(`${path}.type`, `No part has the type ${type}.`);
      return [];
    }
    const missing = PARTS[type as MessagePart['type']].filter((name) => !isText(part[name]));
    for (const name of missing) this.refuse(`${path}.${name}`, `A part of the type ${type} has a text as its ${name}.`);
    const isForRole = (ROLES[role] ?? []).includes(type);
    if (!isForRole) this.refuse(path, `A message of the role ${role} has no part of the type ${type}.`);
    return missing.length === 0 && isForRole ? [{ ...(part as MessagePart), path }] : [];
  }

  settings(): Settings {
    const { config } = this.#request;
    const settings: Record<string, unknown> = {};
    for (const [name, [names, expected, is]] of Object.entries(SETTINGS)) {
      const known = names.split(' ');
      const said = known.find((one) => config[one] !== undefined && config[one] !== null);
      if (said === undefined || known.some((one) => one in this.#overrides)) continue;
      const value = config[said];
      if (!is(value)) this.refuse(`config.${said}`, `It must be ${expected}.`);
      else settings[name] = name === 'stop' && isText(value) ? [value] : value;
    }
    return settings;
  }

  /** What the maker's SDK cannot do without. */
  required<Value>(name: string, value: Value | undefined): Value | undefined {
    const said = Reflect.get(this.#overrides, name) as Value | undefined;
    if (value === undefined && said === undefined) {
      this.refuse(`config.${name}`, `${this.#maker} needs it: it is neither in the config nor given.`);
    }
    return value;
  }

  /** Undefined where the prompt has none, or the caller gives others. */
  tools(): ReadTool[] | undefined {
    const { tools } = this.#request.config;
    if (tools === undefined || tools === null || 'tools' in this.#overrides) return undefined;
    if (!Array.isArray(tools)) {
      this.refuse('config.tools', 'It must be a list.');
      return undefined;
    }
    return tools.flatMap((tool: unknown, index) => {
      const path = `config.tools.${index}`;
      const said = isObject(tool) && isObject(tool.function) ? tool.function : tool;
      if (!isObject(said) || !isText(said.name)) {
        this.refuse(path, isText(tool) ? 'Only its name is known: give `tools` to the call.' : 'It has no name.');
        return [];
      }
      if (isObject(tool) && isText(tool.type) && !['function', 'custom'].includes(tool.type)) {
        this.refuse(`${path}.type`, `${tool.type} is a tool of one maker: give \`tools\` to the call.`);
        return [];
      }
      const { name, description, strict } = said;
      const parameters = [said.parameters, said.inputSchema, said.input_schema].find(isObject);
      return [
        {
          name,
          description: isText(description) ? description : undefined,
          parameters: parameters ?? { type: 'object', properties: {}, additionalProperties: false },
          strict: typeof strict === 'boolean' ? strict : undefined,
        },
      ];
    });
  }

  toolChoice(): ReadToolChoice | undefined {
    const { config } = this.#request;
    if ('tool_choice' in this.#overrides || 'toolChoice' in this.#overrides) return undefined;
    const said = config.toolChoice ?? config.tool_choice;
    if (said === undefined || said === null) return undefined;
    const word = isObject(said) ? said.type : said;
    if (word === 'auto' || word === 'none') return word;
    if (word === 'required' || word === 'any') return 'required';
    const named = isObject(said)
      ? isObject(said.function)
        ? said.function.name
        : (said.name ?? said.toolName)
      : undefined;
    if (isText(named)) return { name: named };
    this.refuse(config.toolChoice === undefined ? 'config.tool_choice' : 'config.toolChoice', 'It names no choice.');
    return undefined;
  }

  /** The name of the answer's schema: letters, digits, `_` and `-`. */
  get answerName(): string {
    const name = (this.#request.ref ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(-64);
    return name === '' ? 'answer' : name;
  }
}

/** Of what is a part here and a member there, what to do with it. */
const PARTS_FOR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    tool_calls: ': a call of a tool is a part of the type tool_call',
    toolCalls: ': a call of a tool is a part of the type tool_call',
    tool_call_id: ': what a tool answers is a part of the type tool_result',
    toolCallId: ': what a tool answers is a part of the type tool_result',
  }),
);

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** The texts that a part cannot do without. */
const PARTS: Readonly<Record<MessagePart['type'], readonly string[]>> = {
  text: ['text'],
  image: ['url'],
  audio: ['url'],
  file: ['url'],
  tool_call: ['id', 'name'],
  tool_result: ['id', 'content'],
};

/** Of which parts a message of each role may be. */
const ROLES: Readonly<Record<MessageRole, readonly string[]>> = {
  system: ['text'],
  developer: ['text'],
  user: ['text', 'image', 'audio', 'file', 'tool_result'],
  assistant: ['text', 'tool_call'],
  tool: ['tool_result'],
};

/** What an address holds: the data itself, as base64, or where it lies. */
export type Media =
  | { readonly kind: 'url'; readonly url: string; readonly mediaType: string | undefined }
  | { readonly kind: 'data'; readonly url: string; readonly base64: string; readonly mediaType: string | undefined };

/** Reads an address; of one that holds its data (RFC 2397), these. */
export function mediaOf({ url, mediaType }: { url: string; mediaType?: string | undefined }): Media {
  const comma = url.indexOf(',');
  if (!/^data:/i.test(url) || comma === -1) return { kind: 'url', url, mediaType };
  const [said = '', ...parameters] = url.slice('data:'.length, comma).split(';');
  const data = url.slice(comma + 1);
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64';
  const base64 = isBase64 ? data : base64Of(data);
  const type = said === '' ? mediaType : said.toLowerCase();
  return {
    kind: 'data',
    url: isBase64 ? url : `data:${type ?? 'text/plain'};base64,${base64}`,
    base64,
    mediaType: type,
  };
}

function base64Of(percentEncoded: string): string {
  const bytes = encodeURI(percentEncoded.toWellFormed())
    .replaceAll(/%25([0-9a-f]{2})/gi, '%$1')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return btoa(bytes);
}

type Defined<Members> = { [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name] } & {
  [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<Members[Name], undefined>;
};

/** Members without those that are undefined. */
export const defined = <Members extends object>(members: Members): Defined<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<Members>;
