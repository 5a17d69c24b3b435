import { answerSchema } from './answer-schema.ts';
import {
  defined,
  type Media,
  type ModelRequest,
  mediaOf,
  type ReadMessage,
  type ReadToolChoice,
  RequestReader,
} from './model-request.ts';

export type { ModelRequest };

type Json = Record<string, unknown>;
type Part = ReadMessage['parts'][number];

interface TextBlock {
  type: 'text';
  text: string;
}

type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

type Block =
  | TextBlock
  | { type: 'image'; source: { type: 'base64'; media_type: ImageType; data: string } | { type: 'url'; url: string } }
  | {
      type: 'document';
      source:
        | { type: 'base64'; media_type: 'application/pdf'; data: string }
        | { type: 'text'; media_type: 'text/plain'; data: string }
        | { type: 'url'; url: string };
      title?: string;
    }
  | { type: 'tool_use'; id: string; name: string; input: Json }
  | { type: 'tool_result'; tool_use_id: string; content: string; is_error?: boolean };

/** What `anthropic.messages.create` takes. */
export interface MessageRequest {
  model: string;
  max_tokens: number;
  system?: string | TextBlock[];
  messages: { role: 'user' | 'assistant'; content: string | Block[] }[];
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stop_sequences?: string[];
  tools?: { name: string; description?: string; input_schema: { type: 'object'; [keyword: string]: unknown } }[];
  tool_choice?:
    | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean }
    | { type: 'none' }
    | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean };
  output_config?: { format: { type: 'json_schema'; schema: Json } };
}

/**
 * A rendered prompt as Anthropic’s messages take it: `anthropic.messages.create(toMessage(rendered))`. What the system says stands apart, and
 * who speaks alternates: messages of one role that follow each other become one. They know no seed and no penalties, which are left
 * out; their newest models take no temperature, and say so.
 *
 * @param overrides of the request, as the SDK calls them; they replace what the prompt says
 * @throws PromptoryError client.not_expressible with each part, tool and setting that has no counterpart, by path
 */
export function toMessage<const Overrides extends object = object>(
  request: ModelRequest,
  overrides: Overrides = {} as Overrides,
): MessageRequest & Overrides {
  const reader = new RequestReader('Anthropic', 'anthropic', request, overrides);
  const { model, maxTokens, temperature, topP, topK, stop, parallelToolCalls } = reader.settings();
  const messages = reader.messages();
  const first = messages.findIndex(({ role }) => !isSystem(role));
  const start = first === -1 ? messages.length : first;
  const choice = reader.toolChoice();
  const tools = reader.tools();
  const answer = answerSchema(request.outputSchema, takesKeyword);
  const said = defined({
    model: reader.required('model', model) as string,
    max_tokens: ('max_tokens' in { ...reader.own, ...overrides }
      ? 0
      : reader.required('maxTokens', maxTokens)) as number,
    system: systemOf(messages.slice(0, start)),
    messages: turnsOf(messages.slice(start), reader),
    ...{ temperature, top_p: topP, top_k: topK, stop_sequences: stop },
    tools: tools?.map(({ name, description, parameters }) => ({
      ...defined({ name, description }),
      input_schema: { ...parameters, type: 'object' as const },
    })),
    tool_choice:
      'tool_choice' in { ...reader.own, ...overrides }
        ? undefined
        : toolChoiceOf(choice, tools?.length ?? 0, parallelToolCalls),
    output_config: answer === null ? undefined : { format: { type: 'json_schema' as const, schema: answer.schema } },
  });
  reader.check();
  return { ...said, ...reader.own, ...overrides };
}

const KEYWORDS = new Set(
  '$defs definitions $ref anyOf type description title properties additionalProperties required items'.split(' '),
);
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** What Anthropic holds a model to; it refuses a schema that says more, such as `minimum`, for `parse` to look at. */
function takesKeyword(keyword: string, value: unknown): boolean {
  if (keyword === 'enum') return Array.isArray(value) && value.every(isPlain);
  if (keyword === 'const') return isPlain(value);
  if (keyword === 'format') return FORMATS.has(String(value));
  if (keyword === 'minItems') return value === 0 || value === 1;
  return KEYWORDS.has(keyword);
}

const isSystem = (role: string): boolean => role === 'system' || role === 'developer';

/** Whether tools may be called at once stands with the choice of them. */
function toolChoiceOf(
  choice: ReadToolChoice | undefined,
  tools: number,
  parallelToolCalls: boolean | undefined,
): MessageRequest['tool_choice'] {
  const oneByOne = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return parallelToolCalls === false && tools > 0 ? { type: 'auto', ...oneByOne } : undefined;
  if (typeof choice === 'object') return { type: 'tool', name: choice.name, ...oneByOne };
  if (choice === 'none') return { type: choice };
  return { type: choice === 'required' ? 'any' : choice, ...oneByOne };
}

function systemOf(messages: readonly ReadMessage[]): MessageRequest['system'] {
  const texts = messages.flatMap(({ parts }) => parts.flatMap(textBlock));
  const [only] = texts;
  if (only === undefined) return undefined;
  return texts.length === 1 ? only.text : texts;
}

/** Anthropic refuses texts of nothing, or of blanks. */
const textBlock = (part: Part): TextBlock[] =>
  part.type === 'text' && part.text.trim() !== '' ? [{ type: 'text', text: part.text }] : [];

function turnsOf(messages: readonly ReadMessage[], reader: RequestReader): MessageRequest['messages'] {
  const turns: { role: 'user' | 'assistant'; content: Block[] }[] = [];
  for (const { role, parts, path } of messages) {
    if (isSystem(role)) {
      reader.refuse(path, 'With Anthropic the system speaks before the conversation only: move it to the front.');
      continue;
    }
    const blocks = parts.flatMap((part) => blockOf(part, reader));
    if (blocks.length === 0) continue;
    const speaker = role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === speaker) last.content.push(...blocks);
    else turns.push({ role: speaker, content: blocks });
  }
  if (turns[0]?.role !== 'user')
    reader.refuse('messages', 'With Anthropic a conversation begins with a message of the user.');
  return turns.map(({ role, content }) => {
    // The results of tools come first, as Anthropic demands it.
    const ordered = content.toSorted((a, b) => Number(b.type === 'tool_result') - Number(a.type === 'tool_result'));
    const [only] = ordered;
    return { role, content: ordered.length === 1 && only?.type === 'text' ? only.text : ordered };
  });
}

function blockOf(part: Part, reader: RequestReader): Block[] {
  switch (part.type) {
    case 'text':
      return textBlock(part);
    case 'image':
      return imageOf(part, reader);
    case 'file':
      return documentOf(part, reader);
    case 'tool_call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: part.arguments ?? {} }];
    case 'tool_result': {
      const { id, content, isError } = part;
      return [
        { type: 'tool_result', tool_use_id: id, content, ...(isError === undefined ? {} : { is_error: isError }) },
      ];
    }
    default:
      reader.refuse(part.path, 'Anthropic’s models take no audio.');
      return [];
  }
}

const IMAGES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] satisfies ImageType[];

function imageOf(part: Extract<Part, { type: 'image' }>, reader: RequestReader): Block[] {
  const media = mediaOf(part);
  if (media.kind === 'url') return [{ type: 'image', source: { type: 'url', url: media.url } }];
  const type = media.mediaType === 'image/jpg' ? 'image/jpeg' : media.mediaType;
  if (type !== undefined && IMAGES.includes(type)) {
    return [{ type: 'image', source: { type: 'base64', media_type: type as ImageType, data: media.base64 } }];
  }
  reader.refuse(
    part.path,
    `Anthropic takes images as JPEG, PNG, GIF and WebP, and not as ${type ?? 'one that says no type'}.`,
  );
  return [];
}

function documentOf(part: Extract<Part, { type: 'file' }>, reader: RequestReader): Block[] {
  const source = sourceOf(mediaOf(part));
  if (source !== undefined)
    return [{ type: 'document', source, ...(part.name === undefined ? {} : { title: part.name }) }];
  reader.refuse(part.path, 'Anthropic takes PDF, by its address or as data, and text as data.');
  return [];
}

function sourceOf(media: Media): Extract<Block, { type: 'document' }>['source'] | undefined {
  const { mediaType = 'application/pdf' } = media;
  if (mediaType === 'application/pdf') {
    if (media.kind === 'url') return { type: 'url', url: media.url };
    return { type: 'base64', media_type: mediaType, data: media.base64 };
  }
  if (media.kind === 'url' || !mediaType.startsWith('text/')) return undefined;
  try {
    const bytes = Uint8Array.from(atob(media.base64), (character) => character.charCodeAt(0));
    return { type: 'text', media_type: 'text/plain', data: new TextDecoder().decode(bytes) };
  } catch {
    // No base64.
    return undefined;
  }
}
