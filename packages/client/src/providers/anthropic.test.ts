import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import {
  conversation,
  faultsOf,
  givenRequest,
  keptBodies,
  mood,
  toolForms,
  toolParameters,
} from '../../test/given-request.ts';
import { type ModelRequest, toMessage } from './anthropic.ts';

type Params = Anthropic.MessageCreateParamsNonStreaming;

const messageOf = (content: readonly object[]): ModelRequest => givenRequest({ messages: [{ role: 'user', content }] });

describe('Anthropic’s messages', () => {
  it('take the system apart, and turns that alternate', async () => {
    const config = { model: 'm', maxTokens: 100, temperature: 0.5, top_k: 3, stop_sequences: ['x'], seed: 1 };
    const params: Params = toMessage(givenRequest({ messages: conversation, config, outputSchema: mood }));
    const { bodies, fetch } = keptBodies();
    await new Anthropic({ apiKey: 'k', fetch }).messages.create(params);
    expect(bodies[0]).toMatchObject({
      ...{ model: 'm', max_tokens: 100, temperature: 0.5, top_k: 3, stop_sequences: ['x'], system: 'Be brief.' },
      output_config: {
        format: { type: 'json_schema', schema: { ...mood, properties: {}, additionalProperties: false } },
      },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is on it?' },
            { type: 'image', source: { type: 'url', url: 'https://example.org/1.png' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'c1', name: 'look', input: { at: [1, 2] } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: 'A cat', is_error: false },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
    });
    expect(bodies[0]).not.toHaveProperty('seed');
  });

  it('take several texts of the system, and leave out those of nothing', () => {
    const messages = [
      { role: 'system', content: 'A' },
      { role: 'developer', content: [{ type: 'text', text: 'B' }] },
      { role: 'user', content: '' },
      { role: 'user', content: 'C' },
    ];
    const params: Params = toMessage(givenRequest({ messages }));
    expect(params.system).toEqual([
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B' },
    ]);
    expect(params.messages).toEqual([{ role: 'user', content: 'C' }]);
  });

  it('leave out texts of blanks', () => {
    const content = [
      { type: 'text', text: ' \n' },
      { type: 'text', text: ' A' },
    ];
    expect(toMessage(messageOf(content)).messages).toEqual([{ role: 'user', content: ' A' }]);
  });

  it('leave out of the schema of an answer what Anthropic refuses', () => {
    const formatOf = (properties: object) =>
      toMessage(givenRequest({ outputSchema: { type: 'object', properties } })).output_config?.format.schema.properties;
    const properties = {
      minimum: { type: 'integer', minimum: 1, description: 'D' },
      text: { type: 'string', maxLength: 3, pattern: 'a', format: 'regex' },
      when: { type: 'string', format: 'date' },
      list: { type: 'array', items: { type: 'number', maximum: 3 }, minItems: 1, maxItems: 2, uniqueItems: true },
      lists: { type: 'array', minItems: 2 },
    };
    expect(formatOf(properties)).toEqual({
      minimum: { type: 'integer', description: 'D' },
      text: { type: 'string' },
      when: { type: 'string', format: 'date' },
      list: { type: 'array', items: { type: 'number' }, minItems: 1 },
      lists: { type: 'array' },
    });
    expect(formatOf({ pair: { type: 'array', prefixItems: [{ type: 'string' }], items: false } })).toBeUndefined();
  });

  it.each([
    [
      'forms of a text',
      ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
      'format',
    ],
    ['descriptions', ['D'], 'description'],
    ['titles', ['T'], 'title'],
    ['choices', [['a', null]], 'enum'],
    ['constants', ['a', null], 'const'],
    ['alternatives', [[{ type: 'string' }]], 'anyOf'],
    ['references', ['#/$defs/a'], '$ref'],
    ['definitions', [{ a: { type: 'string' } }], '$defs'],
    ['definitions of old', [{ a: { type: 'string' } }], 'definitions'],
  ])('leave %s in the schema of an answer', (_what, values, keyword) => {
    for (const value of values) {
      const said = { type: 'string', [keyword]: value };
      const given = givenRequest({ outputSchema: { type: 'object', properties: { said } } });
      expect(toMessage(given).output_config?.format.schema.properties).toEqual({ said });
    }
  });

  it('know the model and how much it may say from the config for Anthropic alone', () => {
    const config = { anthropic: { model: 'm', max_tokens: 7 } };
    expect(toMessage(givenRequest({ config }))).toMatchObject({ model: 'm', max_tokens: 7 });
  });

  it('take PDF by address or as data, and texts as data', () => {
    const { messages } = toMessage(
      messageOf([
        { type: 'file', url: 'https://example.org/1.pdf', name: 'One' },
        { type: 'file', url: 'data:application/pdf;base64,AAAA' },
        { type: 'file', url: `data:text/markdown;base64,${btoa('# A')}` },
      ]),
    );
    expect(messages[0]?.content).toEqual([
      { type: 'document', source: { type: 'url', url: 'https://example.org/1.pdf' }, title: 'One' },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# A' } },
    ]);
  });

  it.each(toolForms.map((tool) => [tool]))('take a tool as any maker writes it: %j', (tool) => {
    const config = { model: 'm', max_tokens: 1, tools: [tool], tool_choice: { type: 'tool', name: 'look' } };
    const params: Params = toMessage(givenRequest({ config }));
    expect(params.tools).toEqual([{ name: 'look', description: 'Looks.', input_schema: toolParameters }]);
    expect(params.tool_choice).toEqual({ type: 'tool', name: 'look' });
  });

  it.each([
    ['stand with the choice of tools', { tool_choice: 'required' }, { type: 'any' }],
    ['stand with one tool', { tool_choice: { type: 'tool', name: 'look' } }, { type: 'tool', name: 'look' }],
    ['choose by themselves where nothing else is chosen', {}, { type: 'auto' }],
  ])('called one by one %s', (_, choice, expected) => {
    const base = { model: 'm', max_tokens: 1, tools: [toolForms[0]], ...choice };
    const chosen = (parallel_tool_calls: boolean): Params =>
      toMessage(givenRequest({ config: { ...base, parallel_tool_calls } }));
    expect(chosen(false).tool_choice).toEqual({ ...expected, disable_parallel_tool_use: true });
    expect(chosen(true).tool_choice).toEqual('tool_choice' in choice ? expected : undefined);
  });

  it('called one by one have nothing to say without tools, of none of them, and beside the caller’s own choice', () => {
    const config = { model: 'm', max_tokens: 1, parallelToolCalls: false };
    expect(toMessage(givenRequest({ config }))).not.toHaveProperty('tool_choice');
    const tools = [toolForms[0]];
    const none = toMessage(givenRequest({ config: { ...config, tools, toolChoice: 'none' } }));
    expect(none.tool_choice).toEqual({ type: 'none' });
    const own = toMessage(givenRequest({ config: { ...config, tools } }), { tool_choice: { type: 'any' } });
    expect(own.tool_choice).toEqual({ type: 'any' });
  });

  it('need to know how much a model may say, from the config or the caller', () => {
    const request = givenRequest({ config: { model: 'm' } });
    expect(faultsOf(() => toMessage(request))).toEqual(['config.maxTokens']);
    const params: Params = toMessage(request, { max_tokens: 5, metadata: { user_id: 'u' } });
    expect(params).toMatchObject({ model: 'm', max_tokens: 5, metadata: { user_id: 'u' } });
  });

  it('say by path what they do not take', () => {
    const content = [
      { type: 'audio', url: 'data:audio/wav;base64,AAAA' },
      { type: 'image', url: 'data:image/svg+xml;base64,AAAA' },
      { type: 'file', url: 'https://example.org/1.doc', mediaType: 'application/msword' },
    ];
    expect(faultsOf(() => toMessage(messageOf(content)))).toEqual([
      ...['messages.0.content.0', 'messages.0.content.1', 'messages.0.content.2', 'messages'],
    ]);
    const late = [
      { role: 'user', content: 'A' },
      { role: 'system', content: 'B' },
    ];
    expect(faultsOf(() => toMessage(givenRequest({ messages: late })))).toEqual(['messages.1']);
    expect(faultsOf(() => toMessage(givenRequest({ messages: [{ role: 'assistant', content: 'A' }] })))).toEqual([
      'messages',
    ]);
    expect(faultsOf(() => toMessage(givenRequest({ messages: [{ role: 'system', content: 'A' }] })))).toEqual([
      'messages',
    ]);
  });
});
