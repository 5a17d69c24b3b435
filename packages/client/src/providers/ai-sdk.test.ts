import { generateText, streamText } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import {
  answersText,
  conversationAsked,
  laterSystem,
  laterSystemRoles,
  textAsked,
  textConfig,
} from '../../test/ai-sdk-asked.ts';
import { conversation, faultsOf, givenRequest, mood, PNG, toolForms } from '../../test/given-request.ts';
import { toGenerateText } from './ai-sdk.ts';

/** A model that answers one text, and what it was asked. */
function given(text: string) {
  const model = new MockLanguageModelV4(answersText(text));
  return { model, asked: () => model.doGenerateCalls[0] };
}

describe('generateText of the AI SDK', () => {
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
