import { jsonSchema, type ModelMessage, Output, type ToolSet } from 'ai';
import { defined, type ModelRequest, mediaOf, type ReadMessage, RequestReader } from './model-request.ts';

export type { ModelRequest };

type Part = ReadMessage['parts'][number];
type JsonSchema = Parameters<typeof jsonSchema>[0];
type Content<Role extends ModelMessage['role']> = Exclude<
  Extract<ModelMessage, { role: Role }>['content'],
  string
>[number];

/** What `generateText` and `streamText` of the AI SDK take. */
export interface GenerateTextRequest {
  /** As the config has it: a name that the SDK’s default provider knows. Give `model` to use another provider. */
  model: string;
  /** What the system says before the conversation. */
  system?: string;
  messages: ModelMessage[];
  /** True where the system speaks later as well. */
  allowSystemInMessages?: boolean;
  temperature?: number;
  topP?: number;
  topK?: number;
  maxOutputTokens?: number;
  stopSequences?: string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  tools?: ToolSet;
  toolChoice?: 'auto' | 'none' | 'required' | { type: 'tool'; toolName: string };
  output?: ReturnType<typeof Output.object<unknown>>;
}

/**
 * A rendered prompt as the AI SDK takes it: `generateText(toGenerateText(rendered))`, and so with `streamText`. What the system says
 * before the conversation stands apart; `output` is the schema of the answer, where it is an object.
 *
 * @param overrides of the call, as the SDK calls them, such as `model`; they replace what the prompt says
 * @throws PromptoryError client.not_expressible with each part, tool and setting that has no counterpart, by path
 */
export function toGenerateText<const Overrides extends object = object>(
  request: ModelRequest,
  overrides: Overrides = {} as Overrides,
): GenerateTextRequest & Overrides {
  const reader = new RequestReader('the AI SDK', 'aiSdk', request, overrides);
  const { model, maxTokens, stop, parallelToolCalls: _, effort: __, ...settings } = reader.settings();
  const messages = reader.messages();
  const first = messages.findIndex(({ role }) => !isSystem(role));
  const start = first === -1 ? messages.length : first;
  const turns = turnsOf(messages.slice(start), reader);
  const choice = reader.toolChoice();
  const tools = reader
    .tools()
    ?.map(({ name, description, parameters }) => [
      name,
      { ...defined({ description }), inputSchema: jsonSchema(parameters as JsonSchema) },
    ]);
  const { outputSchema } = request;
  const said = defined({
    model: reader.required('model', model) as string,
    system: start === 0 ? undefined : messages.slice(0, start).map(textOf).join('\n\n'),
    messages: turns,
    allowSystemInMessages: turns.some(({ role }) => role === 'system') || undefined,
    ...{ ...settings, maxOutputTokens: maxTokens, stopSequences: stop },
    tools: tools && (Object.fromEntries(tools) as ToolSet),
    toolChoice: typeof choice === 'object' ? { type: 'tool' as const, toolName: choice.name } : choice,
    output:
      outputSchema?.type === 'object' ? Output.object({ schema: jsonSchema(outputSchema as JsonSchema) }) : undefined,
  });
  reader.check();
  return { ...said, ...reader.own, ...overrides };
}

const isSystem = (role: string): boolean => role === 'system' || role === 'developer';

const textOf = ({ parts }: ReadMessage): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

function turnsOf(messages: readonly ReadMessage[], reader: RequestReader): ModelMessage[] {
  const toolNames = new Map(
    messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' ? [[part.id, part.name]] : []))),
  );
  return messages.flatMap((message): ModelMessage[] => {
    const { role, parts } = message;
    if (isSystem(role)) return [{ role: 'system', content: textOf(message) }];
    if (role === 'assistant') return [{ role, content: orText(parts.flatMap(assistantPart)) }];
    const results = parts.flatMap((part) => toolResult(part, toolNames, reader));
    const contents = role === 'user' ? parts.flatMap((part) => userPart(part, reader)) : [];
    return [
      ...(results.length === 0 ? [] : [{ role: 'tool' as const, content: results }]),
      ...(contents.length === 0 && results.length > 0 ? [] : [{ role: 'user' as const, content: orText(contents) }]),
    ];
  });
}

function orText<Some extends { type: string }>(contents: Some[]): string | Some[] {
  const [only] = contents;
  return contents.length === 1 && only?.type === 'text' && 'text' in only ? String(only.text) : contents;
}

function assistantPart(part: Part): Content<'assistant'>[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type !== 'tool_call') return [];
  return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments ?? {} }];
}

function userPart(part: Part, reader: RequestReader): Content<'user'>[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type === 'image') return [{ type: 'image', image: part.url, ...defined({ mediaType: part.mediaType }) }];
  if (part.type !== 'audio' && part.type !== 'file') return [];
  const { mediaType } = mediaOf(part);
  if (mediaType === undefined) {
    reader.refuse(`${part.path}.mediaType`, 'The AI SDK has to know the type of a file, such as application/pdf.');
    return [];
  }
  return [
    { type: 'file', data: part.url, mediaType, ...defined({ filename: 'name' in part ? part.name : undefined }) },
  ];
}

function toolResult(part: Part, toolNames: ReadonlyMap<string, string>, reader: RequestReader): Content<'tool'>[] {
  if (part.type !== 'tool_result') return [];
  const toolName = part.name ?? toolNames.get(part.id);
  if (toolName === undefined) {
    reader.refuse(`${part.path}.name`, 'The AI SDK has to know the name of the tool: no call before has that id.');
    return [];
  }
  const output = { type: part.isError ? ('error-text' as const) : ('text' as const), value: part.content };
  return [{ type: 'tool-result', toolCallId: part.id, toolName, output }];
}
