import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import {
  conversation,
  faultsOf,
  givenRequest,
  keptBodies,
  mood,
  PNG,
  toolForms,
  toolParameters,
} from '../../test/given-request.ts';
import { type ModelRequest, toChatCompletion, toResponse } from './openai.ts';

type ChatParams = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type ResponseParams = OpenAI.Responses.ResponseCreateParamsNonStreaming;

/** What the SDK sends. */
async function sent(call: (openai: OpenAI) => Promise<unknown>): Promise<unknown> {
  const { bodies, fetch } = keptBodies();
  await call(new OpenAI({ apiKey: 'k', fetch }));
  return bodies[0];
}

describe('chat completions', () => {
  it('take a text as what the user says, with its settings by any of their names', async () => {
    const config = {
      model: 'm',
      temperature: 0,
      top_p: 0.5,
      maxOutputTokens: 9,
      stop: 'x',
      seed: 1,
      reasoningEffort: 'low',
    };
    const params: ChatParams = toChatCompletion(
      givenRequest({ config: { ...config, presence_penalty: 1, own: true } }),
    );
    expect(await sent((openai) => openai.chat.completions.create(params))).toEqual({
      ...{ model: 'm', messages: [{ role: 'user', content: 'How urgent is this?' }], temperature: 0, top_p: 0.5 },
      ...{ max_completion_tokens: 9, stop: ['x'], seed: 1, reasoning_effort: 'low', presence_penalty: 1 },
    });
  });

  it('take no conversation in the form of an SDK, whose members would be lost', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const messages = [
      { role: 'assistant', content: '', tool_calls: [call], refusal: null, annotations: [] },
      { role: 'tool', tool_call_id: 'c1', content: [] },
      { role: 'assistant', content: null, name: 'Ann' },
    ] as unknown as ModelRequest['messages'];
    expect(faultsOf(() => toChatCompletion(givenRequest({ text: null, messages })))).toEqual([
      'messages.0.tool_calls',
      'messages.1.tool_call_id',
      'messages.2.name',
      'messages.2.content',
    ]);
  });

  it('take a conversation with parts, calls of tools and their results', () => {
    const params: ChatParams = toChatCompletion(givenRequest({ text: null, messages: conversation }));
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":[1,2]}' } };
    expect(params.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is on it?' },
          { type: 'image_url', image_url: { url: 'https://example.org/1.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: PNG } },
        ],
      },
      { role: 'assistant', content: 'I look.', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'A cat' },
      { role: 'user', content: 'And?' },
    ]);
  });

  it('take the results of tools before what the user says beside them', () => {
    const content = [
      { type: 'text', text: 'So?' },
      { type: 'tool_result', id: 'c1', content: 'A cat' },
      { type: 'tool_result', id: 'c2', content: 'A dog' },
    ];
    const { messages } = toChatCompletion(givenRequest({ messages: [{ role: 'user', content }] }));
    expect(messages).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: 'A cat' },
      { role: 'tool', tool_call_id: 'c2', content: 'A dog' },
      { role: 'user', content: 'So?' },
    ]);
  });

  it('take audio and files as data', () => {
    const content = [
      { type: 'audio', url: 'data:audio/mpeg;base64,AAAA' },
      { type: 'file', url: 'data:text/plain,a%20b%2é', name: 'a.txt' },
    ];
    const { messages } = toChatCompletion(givenRequest({ messages: [{ role: 'user', content }] }));
    expect(messages[0]?.content).toEqual([
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
      { type: 'file', file: { file_data: `data:text/plain;base64,${btoa('a b%2Ã©')}`, filename: 'a.txt' } },
    ]);
  });

  it.each(toolForms.map((tool) => [tool]))('take a tool as any maker writes it: %j', (tool) => {
    const params: ChatParams = toChatCompletion(
      givenRequest({ config: { model: 'm', tools: [tool], toolChoice: { name: 'look' } } }),
    );
    const described = { name: 'look', description: 'Looks.', parameters: toolParameters };
    expect(params.tools).toEqual([{ type: 'function', function: described }]);
    expect(params.tool_choice).toEqual({ type: 'function', function: { name: 'look' } });
  });

  it('hold the model to the schema of the answer, strictly where that can be', () => {
    const formatOf = (outputSchema: ModelRequest['outputSchema']) =>
      toChatCompletion(givenRequest({ outputSchema, ref: 'ann/support/triage' })).response_format?.json_schema;
    const why = { ...mood.properties.why, additionalProperties: false };
    expect(formatOf(mood)).toEqual({
      ...{ name: 'ann_support_triage', strict: true },
      schema: { ...mood, properties: { ...mood.properties, why }, additionalProperties: false },
    });
    const loose = { ...mood, required: ['mood'] };
    expect(formatOf(loose)).toEqual({ name: 'ann_support_triage', strict: false, schema: loose });
    expect([formatOf({ type: 'string' }), formatOf(null), formatOf({ enum: ['a'] })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('hold it strictly to no schema that OpenAI refuses, or that nothing would fit', () => {
    const formatOf = (properties: object, rest: object = {}) => {
      const outputSchema = { type: 'object', properties, required: Object.keys(properties), ...rest };
      return { outputSchema, format: toChatCompletion(givenRequest({ outputSchema })).response_format?.json_schema };
    };
    const branch = (name: string) => ({ properties: { [name]: { type: 'string' } }, required: [name] });
    for (const { outputSchema, format } of [
      formatOf({ kind: { type: 'string' } }, { anyOf: [branch('a'), branch('b')] }),
      formatOf({ tags: { type: 'array' } }),
      formatOf({ any: { description: 'Whatever' } }),
    ]) {
      expect(format).toMatchObject({ strict: false, schema: outputSchema });
    }
    const { format } = formatOf({ mood: { type: 'string', default: 'good' }, default: { type: 'string' } });
    expect(format).toMatchObject({ strict: true });
    expect(format?.schema.properties).toEqual({ mood: { type: 'string' }, default: { type: 'string' } });
  });

  it('look to the config for OpenAI alone before they look to what is for all', () => {
    const openai = { model: 'o', max_tokens: 5, tools: [{ type: 'web_search' }] };
    const config = { maxTokens: 1, tools: ['search'], openai };
    const params = toChatCompletion(givenRequest({ config }));
    expect(params).toMatchObject(openai);
    expect(params).not.toHaveProperty('max_completion_tokens');
  });

  it('take what the caller says, and what the config says for OpenAI alone', () => {
    const config = { model: 'm', maxTokens: 1, tools: ['search'], openai: { service_tier: 'flex' } };
    const params = toChatCompletion(givenRequest({ config }), {
      model: 'n',
      max_completion_tokens: 2,
      tools: [],
      stream: true,
    });
    const typed: OpenAI.Chat.ChatCompletionCreateParamsStreaming = params;
    expect(typed).toMatchObject({
      model: 'n',
      max_completion_tokens: 2,
      tools: [],
      stream: true,
      service_tier: 'flex',
    });
  });

  it('say by path what they do not take, all of it', () => {
    const messages = [
      { role: 'system', content: [{ type: 'image', url: PNG }] },
      {
        role: 'user',
        content: [
          { type: 'audio', url: 'https://example.org/1.wav' },
          { type: 'file', url: 'https://example.org/1.pdf' },
          { type: 'video', url: 'x' },
          { type: 'image' },
          { type: 'tool_call', id: 'a', name: 'b', arguments: {} },
        ],
      },
      { role: 'tool', content: 'A cat' },
    ];
    const config = { temperature: 'hot', tools: ['search', { type: 'web_search', name: 'w' }, {}], tool_choice: 7 };
    expect(faultsOf(() => toChatCompletion(givenRequest({ messages, config }))).sort()).toEqual([
      ...[
        'config.model',
        'config.temperature',
        'config.tool_choice',
        'config.tools.0',
        'config.tools.1.type',
        'config.tools.2',
      ],
      ...['messages.0.content.0', 'messages.1.content.0', 'messages.1.content.1', 'messages.1.content.2.type'],
      ...['messages.1.content.3.url', 'messages.1.content.4', 'messages.2'],
    ]);
  });
});

describe('responses', () => {
  it('take a conversation as items', async () => {
    const config = {
      model: 'm',
      max_tokens: 9,
      reasoning_effort: 'low',
      seed: 1,
      tools: [toolForms[0]],
      tool_choice: 'any',
    };
    const params: ResponseParams = toResponse(givenRequest({ messages: conversation, config, outputSchema: mood }));
    expect(await sent((openai) => openai.responses.create(params))).toMatchObject({
      ...{ model: 'm', max_output_tokens: 9, reasoning: { effort: 'low' }, tool_choice: 'required' },
      tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: toolParameters, strict: false }],
      text: { format: { type: 'json_schema', name: 'answer', strict: true } },
      input: [
        { type: 'message', role: 'system', content: 'Be brief.' },
        {
          ...{ type: 'message', role: 'user' },
          content: [
            { type: 'input_text', text: 'What is on it?' },
            { type: 'input_image', image_url: 'https://example.org/1.png', detail: 'low' },
            { type: 'input_image', image_url: PNG, detail: 'auto' },
          ],
        },
        { type: 'message', role: 'assistant', content: 'I look.' },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":[1,2]}' },
        { type: 'function_call_output', call_id: 'c1', output: 'A cat' },
        { type: 'message', role: 'user', content: 'And?' },
      ],
    });
  });

  it('take files by their address, and no audio', () => {
    const messageOf = (part: object) => givenRequest({ messages: [{ role: 'user', content: [part] }] });
    const { input } = toResponse(messageOf({ type: 'file', url: 'https://example.org/1.pdf' }));
    expect(input).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_file', file_url: 'https://example.org/1.pdf' }] },
    ]);
    expect(faultsOf(() => toResponse(messageOf({ type: 'audio', url: 'data:audio/wav;base64,AAAA' })))).toEqual([
      'messages.0.content.0',
    ]);
  });
});
