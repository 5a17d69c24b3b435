// The same as `ai-sdk.test.ts` against version 6 of the AI SDK. `tsconfig.ai-6.json` checks the types of both files against it.
import { generateText, streamText } from 'ai-6';
import { MockLanguageModelV3 } from 'ai-6/test';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  answersText,
  conversationAsked,
  laterSystem,
  laterSystemRoles,
  textAsked,
  textConfig,
} from '../../test/ai-sdk-asked.ts';
import { conversation, givenRequest, mood, toolForms } from '../../test/given-request.ts';

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
  const model = new MockLanguageModelV3(answersText(text));
  return { model, asked: () => model.doGenerateCalls[0] };
}

it('takes a text with its settings, and answers by the schema', async () => {
  const { model, asked } = given('{ "mood": "good", "why": null }');
  const result = await generateText(
    toGenerateText(givenRequest({ config: textConfig, outputSchema: mood }), { model }),
  );
  expect(result.output).toEqual({ mood: 'good', why: null });
  expect(asked()).toMatchObject(textAsked);
});

it('takes a conversation with parts, calls of tools and their results', async () => {
  const { model, asked } = given('A cat.');
  const config = { model: 'm', tools: [toolForms[0]], toolChoice: 'none' };
  const { text } = await generateText(toGenerateText(givenRequest({ messages: conversation, config }), { model }));
  expect(text).toBe('A cat.');
  expect(asked()).toMatchObject(conversationAsked);
});

it('takes a system that speaks later as well', async () => {
  const { model, asked } = given('Yes');
  await generateText(toGenerateText(givenRequest({ messages: laterSystem }), { model }));
  expect(asked()?.prompt.map(({ role }) => role)).toEqual(laterSystemRoles);
});

it('is typed for streamText too', () => {
  const stream = () => streamText(toGenerateText(givenRequest()));
  expect(stream).toBeTypeOf('function');
});
