import { answerSchema } from './answer-schema.ts';
import {
  defined,
  type Media,
  type ModelRequest,
  mediaOf,
  type ReadMessage,
  type ReadTool,
  type ReadToolChoice,
  RequestReader,
} from './model-request.ts';

export type { ModelRequest };

type Json = Record<string, unknown>;
type Part = ReadMessage['parts'][number];
type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

interface TextContent {
  type: 'text';
  text: string;
}

type UserContent =
  | TextContent
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data: string; filename: string } };

interface FunctionCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** A message of a chat completion. */
export type ChatCompletionMessage =
  | { role: 'system' | 'developer'; content: string | TextContent[] }
  | { role: 'user'; content: string | UserContent[] }
  | { role: 'assistant'; content?: string | TextContent[]; tool_calls?: FunctionCall[] }
  | { role: 'tool'; tool_call_id: string; content: string };

/** What `openai.chat.completions.create` takes. */
export interface ChatCompletionRequest {
  model: string;
  messages: ChatCompletionMessage[];
  temperature?: number;
  top_p?: number;
  max_completion_tokens?: number;
  stop?: string[];
  seed?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  parallel_tool_calls?: boolean;
  reasoning_effort?: Effort;
  tools?: { type: 'function'; function: { name: string; description?: string; parameters: Json; strict?: boolean } }[];
  tool_choice?: 'auto' | 'none' | 'required' | { type: 'function'; function: { name: string } };
  response_format?: { type: 'json_schema'; json_schema: { name: string; schema: Json; strict: boolean } };
}

type InputContent =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string; detail: 'auto' | 'low' | 'high' }
  | { type: 'input_file'; file_data: string; filename: string }
  | { type: 'input_file'; file_url: string };

/** An item of the input of a response. */
export type ResponseItem =
  | { type: 'message'; role: 'system' | 'developer' | 'user' | 'assistant'; content: string | InputContent[] }
  | { type: 'function_call'; call_id: string; name: string; arguments: string }
  | { type: 'function_call_output'; call_id: string; output: string };

/** What `openai.responses.create` takes. */
export interface ResponseRequest {
  model: string;
  input: ResponseItem[];
  temperature?: number;
  top_p?: number;
  max_output_tokens?: number;
  parallel_tool_calls?: boolean;
  reasoning?: { effort: Effort };
  tools?: { type: 'function'; name: string; description?: string; parameters: Json; strict: boolean }[];
  tool_choice?: 'auto' | 'none' | 'required' | { type: 'function'; name: string };
  text?: { format: { type: 'json_schema'; name: string; schema: Json; strict: boolean } };
}

/**
 * A rendered prompt as OpenAI’s chat completions take it: `openai.chat.completions.create(toChatCompletion(rendered))`.
 *
 * @param overrides of the request, as the SDK calls them; they replace what the prompt says
 * @throws PromptoryError client.not_expressible with each part, tool and setting that has no counterpart, by path
 */
export function toChatCompletion<const Overrides extends object = object>(
  request: ModelRequest,
  overrides: Overrides = {} as Overrides,
): ChatCompletionRequest & Overrides {
  const reader = new RequestReader('OpenAI', 'openai', request, overrides);
  const { temperature, topP, maxTokens, stop, seed, ...settings } = reader.settings();
  const format = formatOf(request, reader);
  const choice = reader.toolChoice();
  const said = defined({
    model: reader.required('model', settings.model) as string,
    messages: reader.messages().flatMap((message) => chatMessages(message, reader)),
    ...{ temperature, top_p: topP, max_completion_tokens: maxTokens, stop, seed },
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    parallel_tool_calls: settings.parallelToolCalls,
    reasoning_effort: settings.effort as Effort | undefined,
    tools: reader.tools()?.map((tool) => ({ type: 'function' as const, function: defined(tool) })),
    tool_choice: typeof choice === 'object' ? { type: 'function' as const, function: { name: choice.name } } : choice,
    response_format: format && { type: 'json_schema' as const, json_schema: format },
  });
  reader.check();
  return { ...said, ...reader.own, ...overrides };
}

/**
 * A rendered prompt as OpenAI’s responses take it: `openai.responses.create(toResponse(rendered))`. They know no seed, no words to stop
 * at and no penalties, which are left out.
 *
 * @param overrides of the request, as the SDK calls them; they replace what the prompt says
 * @throws PromptoryError client.not_expressible with each part, tool and setting that has no counterpart, by path
 */
export function toResponse<const Overrides extends object = object>(
  request: ModelRequest,
  overrides: Overrides = {} as Overrides,
): ResponseRequest & Overrides {
  const reader = new RequestReader('OpenAI', 'openai', request, overrides);
  const { temperature, topP, maxTokens, parallelToolCalls, ...settings } = reader.settings();
  const format = formatOf(request, reader);
  const choice = reader.toolChoice();
  const said = defined({
    model: reader.required('model', settings.model) as string,
    input: reader.messages().flatMap((message) => responseItems(message, reader)),
    ...{ temperature, top_p: topP, max_output_tokens: maxTokens, parallel_tool_calls: parallelToolCalls },
    reasoning: settings.effort === undefined ? undefined : { effort: settings.effort as Effort },
    tools: reader.tools()?.map(({ strict = false, ...tool }: ReadTool) => ({
      type: 'function' as const,
      ...defined(tool),
      strict,
    })),
    tool_choice: toolChoiceOf(choice),
    text: format && { format: { type: 'json_schema' as const, ...format } },
  });
  reader.check();
  return { ...said, ...reader.own, ...overrides };
}

const toolChoiceOf = (choice: ReadToolChoice | undefined) =>
  typeof choice === 'object' ? { type: 'function' as const, name: choice.name } : choice;

/** Strict where OpenAI can be: every object closed, and all of its members required. */
function formatOf({ outputSchema }: ModelRequest, reader: RequestReader) {
  if (outputSchema === null || outputSchema.type !== 'object') return undefined;
  const answer = answerSchema(outputSchema, (keyword) => keyword !== 'default');
  const strict = answer?.requiresAll ?? false;
  return { name: reader.answerName, schema: strict && answer !== null ? answer.schema : { ...outputSchema }, strict };
}

/** The results of tools are messages of their own, before what the user says beside them. */
function chatMessages({ role, parts }: ReadMessage, reader: RequestReader): ChatCompletionMessage[] {
  const results = parts.flatMap((part): ChatCompletionMessage[] =>
    part.type === 'tool_result' ? [{ role: 'tool', tool_call_id: part.id, content: part.content }] : [],
  );
  if (role === 'tool') return results;
  if (role === 'user') {
    const contents = parts.flatMap((part) => userContent(part, reader));
    return contents.length === 0 && results.length > 0 ? results : [...results, { role, content: orText(contents) }];
  }
  const texts = parts.flatMap((part) => (part.type === 'text' ? [{ type: 'text' as const, text: part.text }] : []));
  if (role !== 'assistant') return [{ role, content: orText(texts) }];
  const calls = parts.flatMap((part): FunctionCall[] =>
    part.type === 'tool_call'
      ? [
          {
            id: part.id,
            type: 'function',
            function: { name: part.name, arguments: JSON.stringify(part.arguments ?? {}) },
          },
        ]
      : [],
  );
  const content = texts.length === 0 && calls.length > 0 ? {} : { content: orText(texts) };
  return [{ role, ...content, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
}

/** One text alone as a text, which every server that speaks this language understands. */
function orText<Content extends { type: string }>(contents: Content[]): string | Content[] {
  const [only] = contents;
  if (only === undefined) return '';
  return contents.length === 1 && 'text' in only ? String(only.text) : contents;
}

function userContent(part: Part, reader: RequestReader): UserContent[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image':
      return [
        {
          type: 'image_url',
          image_url: { url: part.url, ...(part.detail === undefined ? {} : { detail: part.detail }) },
        },
      ];
    case 'audio': {
      const media = mediaOf(part);
      const format = audioFormat(media);
      if (media.kind === 'data' && format !== undefined)
        return [{ type: 'input_audio', input_audio: { data: media.base64, format } }];
      reader.refuse(part.path, 'OpenAI takes audio as data of WAV or MP3, such as data:audio/wav;base64,…');
      return [];
    }
    case 'file': {
      const media = mediaOf(part);
      if (media.kind === 'data')
        return [{ type: 'file', file: { file_data: media.url, filename: part.name ?? 'file' } }];
      reader.refuse(
        part.path,
        'A chat completion takes files as data, such as data:application/pdf;base64,…, and none by its address.',
      );
      return [];
    }
    default:
      return [];
  }
}

function audioFormat({ mediaType = '' }: Media): 'wav' | 'mp3' | undefined {
  if (/^audio\/(?:x-|vnd\.)?wave?$/i.test(mediaType)) return 'wav';
  return /^audio\/(?:mpeg|mp3)$/i.test(mediaType) ? 'mp3' : undefined;
}

/** What models have said is text; calls of tools and their results are items of their own. */
function responseItems({ role, parts }: ReadMessage, reader: RequestReader): ResponseItem[] {
  const items: ResponseItem[] = [];
  let contents: InputContent[] = [];
  const flush = () => {
    const [only] = contents;
    if (only !== undefined && role !== 'tool') {
      const content = contents.length === 1 && only.type === 'input_text' ? only.text : contents;
      items.push({ type: 'message', role, content });
    }
    contents = [];
  };
  for (const part of parts) {
    if (part.type === 'tool_call') {
      flush();
      items.push({
        type: 'function_call',
        call_id: part.id,
        name: part.name,
        arguments: JSON.stringify(part.arguments ?? {}),
      });
    } else if (part.type === 'tool_result') {
      flush();
      items.push({ type: 'function_call_output', call_id: part.id, output: part.content });
    } else {
      contents.push(...inputContent(part, reader));
      // What a model said is no input_text: each text is a message.
      if (role === 'assistant') flush();
    }
  }
  flush();
  return items;
}

function inputContent(part: Part, reader: RequestReader): InputContent[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'input_text', text: part.text }];
    case 'image':
      return [{ type: 'input_image', image_url: part.url, detail: part.detail ?? 'auto' }];
    case 'file': {
      const media = mediaOf(part);
      return media.kind === 'url'
        ? [{ type: 'input_file', file_url: media.url }]
        : [{ type: 'input_file', file_data: media.url, filename: part.name ?? 'file' }];
    }
    default:
      reader.refuse(part.path, 'OpenAI’s responses take no audio.');
      return [];
  }
}
