import { pointer } from '../../json-pointer.ts';
import type { JsonValue } from '../../json-value.ts';
import { checkValue, type ValueFault } from '../../schema/check.ts';
import { linker, type ResolveInclude } from '../includes.ts';
import type { InputSchema, MessageInput } from '../inputs/infer-inputs.ts';
import { MAX_VALUE_DEPTH, templateLimits } from '../limits.ts';
import { includesOf, parse, Template } from '../parse.ts';
import { placeOf, TemplateError, type TemplatePlace } from '../template-error.ts';
import type { InputValues } from './plain-values.ts';
import { checkedValues, Rendering, type RenderOptions } from './render.ts';

export const messageRoles = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
export type MessageRole = (typeof messageRoles)[number];

/** A turn of a chat prompt as it is written. Every text in its content is a template, save what says of which type a part is. */
export interface MessageSource {
  readonly role: MessageRole;
  readonly content: string | readonly PartSource[];
}
export type PartSource = { readonly type: string; readonly [member: string]: JsonValue };
/** Where the caller's own messages go: an input of that name. */
export interface PlaceholderSource {
  readonly type: 'placeholder';
  readonly name: string;
}

/** A turn as a model takes it. */
export interface Message {
  readonly role: MessageRole;
  readonly content: string | readonly PartSource[];
}

/** What the input of a placeholder must be. */
export const messageListSchema: MessageInput['schema'] = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      role: { enum: [...messageRoles] },
      content: {
        anyOf: [
          { type: 'string' },
          { type: 'array', items: { type: 'object', properties: { type: { type: 'string' } }, required: ['type'] } },
        ],
      },
    },
    required: ['role', 'content'],
  },
};

const START: TemplatePlace = { line: 1, column: 1 };

/** A content with a template in place of every text but the names of types. */
type Content =
  | Template
  | readonly Content[]
  | { readonly [member: string]: Content }
  | string
  | number
  | boolean
  | null;
type ParsedMessage = { readonly role: MessageRole; readonly content: Content } | PlaceholderSource;

/** A chat prompt that has been parsed. */
export class ChatTemplate {
  readonly messages: readonly ParsedMessage[];
  /** Every text of it, in its order. */
  readonly templates: readonly Template[];
  readonly placeholders: readonly MessageInput[];

  constructor(messages: readonly ParsedMessage[]) {
    this.messages = messages;
    this.templates = messages.flatMap((message) => ('content' in message ? templatesIn(message.content) : []));
    const names = new Set(messages.flatMap((message) => ('name' in message ? [message.name] : [])));
    this.placeholders = [...names].map((name) => ({ name, schema: messageListSchema }));
  }

  /** With what its texts include. @throws TemplateError as `link` does, with the message */
  link(resolve: ResolveInclude, key?: string): ChatTemplate {
    const linked = linker(resolve, key);
    return new ChatTemplate(
      this.messages.map((message, index) =>
        'content' in message
          ? { ...message, content: atMessage(index, () => mapped(message.content, linked)) }
          : message,
      ),
    );
  }
}

/** Where a prompt includes another one. */
export interface IncludePlace extends TemplatePlace {
  /** As the text writes it. */
  readonly reference: string;
  /** Of a chat. */
  readonly messageIndex: number | null;
}

/** What a prompt includes: each reference once, where it stands first. */
export function includePlaces(prompt: Template | ChatTemplate): IncludePlace[] {
  const texts: [messageIndex: number | null, text: Template][] =
    prompt instanceof Template
      ? [[null, prompt]]
      : prompt.messages.flatMap((message, index) =>
          'content' in message ? templatesIn(message.content).map((text): [number, Template] => [index, text]) : [],
        );
  const places = new Map<string, IncludePlace>();
  for (const [messageIndex, text] of texts) {
    for (const { reference, at } of includesOf(text)) {
      if (!places.has(reference)) places.set(reference, { reference, ...placeOf(text.source, at), messageIndex });
    }
  }
  return [...places.values()];
}

/** @throws TemplateError with the index of the message, where a text is no template or all of them are too long */
export function parseMessages(messages: readonly (MessageSource | PlaceholderSource)[]): ChatTemplate {
  let length = 0;
  const parsed = messages.map((message, index): ParsedMessage => {
    if (!('content' in message)) return message;
    return atMessage(index, () => ({
      role: message.role,
      content: parsedContent(message.content as JsonValue, (text) => {
        length += text.length;
        if (length > templateLimits.length) {
          throw new TemplateError('limit', `all messages are longer than ${templateLimits.length} characters`, START);
        }
        return parse(text);
      }),
    }));
  });
  return new ChatTemplate(parsed);
}

/**
 * The messages of a chat prompt with these values. A value makes no message, role or part: it is put into texts that are
 * there. Only the list that a placeholder names brings messages, which are taken as they are.
 *
 * @throws InputError and TemplateError as `render` does, the latter with the index of the message
 */
export function renderMessages(
  chat: ChatTemplate,
  values: InputValues,
  inputs: InputSchema | 'lenient',
  options: RenderOptions = {},
): Message[] {
  const checked = checkedValues(values, inputs);
  const rendering = new Rendering(checked, options);
  return chat.messages.flatMap((message, index): Message[] => {
    if ('name' in message) return listed(Object.hasOwn(checked, message.name) ? checked[message.name] : []);
    const content = atMessage(index, () => mapped(message.content, (text) => rendering.text(text)));
    return [{ role: message.role, content: content as Message['content'] }];
  });
}

/** What is wrong with the lists that are given for placeholders, for those who take all else as it comes. */
export const checkPlaceholders = ({ placeholders }: ChatTemplate, values: InputValues): ValueFault[] =>
  placeholders.flatMap(({ name, schema }) =>
    (Object.hasOwn(values, name) ? checkValue(schema, values[name]) : []).map((fault) => ({
      ...fault,
      path: `${pointer('', name)}${fault.path}`,
    })),
  );

/** The caller's messages. Without a schema to hold them against, only what is a message passes. */
function listed(value: unknown): Message[] {
  return Array.isArray(value) ? value.filter(isMessage) : [];
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) return false;
  const { role, content } = value;
  return messageRoles.some((known) => known === role) && (typeof content === 'string' || Array.isArray(content));
}

function parsedContent(content: JsonValue, parseText: (text: string) => Template, depth = 0): Content {
  if (typeof content === 'string') return parseText(content);
  if (typeof content !== 'object' || content === null) return content;
  if (depth > MAX_VALUE_DEPTH) throw new TemplateError('limit', 'its parts lie too deep in one another', START);
  if (Array.isArray(content)) return content.map((item) => parsedContent(item, parseText, depth + 1));
  return Object.fromEntries(
    Object.entries(content).map(([name, member]) => [
      name,
      name === 'type' && typeof member === 'string' ? member : parsedContent(member, parseText, depth + 1),
    ]),
  );
}

/** The same content, with something else in place of each template. */
function mapped<T extends Content>(content: Content, change: (template: Template) => T): Content {
  if (content instanceof Template) return change(content);
  if (typeof content !== 'object' || content === null) return content;
  if (Array.isArray(content)) return content.map((item) => mapped(item, change));
  return Object.fromEntries(Object.entries(content).map(([name, member]) => [name, mapped(member, change)]));
}

function templatesIn(content: Content): Template[] {
  const templates: Template[] = [];
  mapped(content, (template) => {
    templates.push(template);
    return template;
  });
  return templates;
}

function atMessage<T>(index: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError) error.messageIndex ??= index;
    throw error;
  }
}
