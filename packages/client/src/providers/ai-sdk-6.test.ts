// The same as `ai-sdk.test.ts` against version 6 of the AI SDK. `tsconfig.ai-6.json` checks the types of both files against it.
import { generateText, streamText } from 'ai-6';
import { MockLanguageModelV3 } from 'ai-6/test';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { conversation, givenRequest, mood, toolForms, toolParameters } from '../../test/given-request.ts';

let toGenerateText: typeof import('./ai-sdk.ts').toGenerateText;

beforeAll(async () => {
  vi.resetModules();
  vi.doMock('ai', () => import('ai-6'));
  ({ toGenerateText } = await import('./ai-sdk.ts'));
});
afterAll(() => {
  vi.doUnmock('ai');
  vi.resetModules();
});

/** A model that answers one text, and what it was asked. */
function given(text: string) {
  const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
  const finishReason = { unified: 'stop', raw: undefined };
  const answer = { content: [{ type: 'text', text }], finishReason, usage, warnings: [] };
  const supportedUrls = { 'image/*': [/^https:/] };
  const model = new MockLanguageModelV3({ supportedUrls, doGenerate: (async () => answer) as never });
  return { model, asked: () => model.doGenerateCalls[0] };
}

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
      { role: 'assistant', content: [{ type: 'text' }, { type: 'tool-call', toolCallId: 'c1', toolName: 'look' }] },
      { role: 'tool', content: [{ type: 'tool-result', output: { type: 'text', value: 'A cat' } }] },
      { role: 'user', content: [{ type: 'text', text: 'And?' }] },
    ],
  });
});

it('takes a system that speaks later as well', async () => {
  const { model, asked } = given('Yes');
  const messages = [
    { role: 'system', content: 'A' },
    { role: 'user', content: 'B' },
    { role: 'system', content: 'C' },
  ];
  await generateText(toGenerateText(givenRequest({ messages }), { model }));
  expect(asked()?.prompt.map(({ role }) => role)).toEqual(['system', 'user', 'system']);
});

it('is typed for streamText too', () => {
  const stream = () => streamText(toGenerateText(givenRequest()));
  expect(stream).toBeTypeOf('function');
});
