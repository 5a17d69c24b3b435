import { generateText, streamText } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import {
  conversation,
  faultsOf,
  givenRequest,
  mood,
  PNG,
  toolForms,
  toolParameters,
} from '../../test/given-request.ts';
import { toGenerateText } from './ai-sdk.ts';

/** A model that answers one text, and what it was asked. */
function given(text: string) {
  const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
  const finishReason = { unified: 'stop', raw: undefined };
  const answer = { content: [{ type: 'text', text }], finishReason, usage, warnings: [] };
  // It takes images by their address, so that the SDK fetches none.
  const supportedUrls = { 'image/*': [/^https:/] };
  const model = new MockLanguageModelV4({ supportedUrls, doGenerate: (async () => answer) as never });
  return { model, asked: () => model.doGenerateCalls[0] };
}

describe('generateText of the AI SDK', () => {
  it('takes a text with its settings, and answers by the schema', async () => {
    const { model, asked } = given('{ "mood": "good", "why": null }');
    const config = { model: 'm', max_tokens: 9, temperature: 0, top_p: 0.5, stop: ['x'], seed: 1 };
    const result = await generateText(toGenerateText(givenRequest({ config, outputSchema: mood }), { model }));
    expect(result.output).toEqual({ mood: 'good', why: null });
    expect(asked()).toMatchObject({
      ...{ maxOutputTokens: 9, temperature: 0, topP: 0.5, stopSequences: ['x'], seed: 1 },
      responseFormat: { type: 'json', schema: mood },
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'How urgent is this?' }] }],
    });
  });

  it('takes a conversation with parts, calls of tools and their results', async () => {
    const { model, asked } = given('A cat.');
    const config = { model: 'm', tools: [toolForms[0]], toolChoice: 'none' };
    const { text } = await generateText(toGenerateText(givenRequest({ messages: conversation, config }), { model }));
    expect(text).toBe('A cat.');
    expect(asked()).toMatchObject({
      tools: [{ type: 'function', name: 'look', description: 'Looks.', inputSchema: toolParameters }],
      toolChoice: { type: 'none' },
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is on it?' }, { type: 'file' }, { type: 'file' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool-call', toolCallId: 'c1', toolName: 'look', input: { at: [1, 2] } },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'c1', toolName: 'look', output: { type: 'text', value: 'A cat' } },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
    });
  });

  it('takes a system that speaks later as well', async () => {
    const { model, asked } = given('Yes');
    const messages = [
      { role: 'developer', content: 'A' },
      { role: 'user', content: 'B' },
      { role: 'system', content: 'C' },
      { role: 'user', content: [{ type: 'file', url: 'data:application/pdf;base64,AAAA', name: 'a.pdf' }] },
    ];
    await generateText(toGenerateText(givenRequest({ messages }), { model }));
    expect(asked()?.prompt.map(({ role }) => role)).toEqual(['system', 'user', 'system', 'user']);
  });

  it('is typed for streamText too', () => {
    const stream = () => streamText(toGenerateText(givenRequest()));
    expect(stream).toBeTypeOf('function');
  });

  it('says by path what it does not take', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'file', url: 'https://example.org/1' },
          { type: 'image', url: PNG },
        ],
      },
      { role: 'tool', content: [{ type: 'tool_result', id: 'x', content: '' }] },
    ];
    expect(faultsOf(() => toGenerateText(givenRequest({ messages, config: {} })))).toEqual([
      ...['messages.0.content.0.mediaType', 'messages.1.content.0.name', 'config.model'],
    ]);
  });
});
