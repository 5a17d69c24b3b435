import { load } from '@langchain/core/load';
import { ChatPromptTemplate, MessagesPlaceholder, PromptTemplate } from '@langchain/core/prompts';
import { ChatPromptClient, TextPromptClient } from '@langfuse/client';
import { type DocumentPrompt, readPrompts, type WrittenFormat, writePrompt } from '@promptory/template';
import { Dotprompt } from 'dotprompt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { renderLiquid, type Values } from '../convert/engines.ts';

// What is exported is read by the libraries that read such files, and they make of it the messages that we make.

const runs = Math.ceil(cases / 3);
const name = fc.constantFrom('name', 'topic', 'tone', 'user_id');
const words = fc.constantFrom('Hello', ', ', ' "a": 1 ', '雪 😀', '\n# Title\n', "it's", '<b>&', '$5', '{"k": 1}', '}');
const text = fc
  .array(fc.oneof({ arbitrary: words, weight: 3 }, { arbitrary: name.map((one) => `{{ ${one} }}`), weight: 2 }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''));
const message = fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: text });
const values: fc.Arbitrary<Values> = fc.record({
  name: fc.constantFrom('Ann', '{{ topic }}', '<i>', '{x}'),
  topic: fc.constantFrom('roses', '', '\\{{a}}'),
  tone: fc.constant('kind'),
  user_id: fc.constantFrom('7', '{{#if a}}'),
});
const document = (content: string | null, messages: DocumentPrompt['messages']): DocumentPrompt => ({
  ...{ name: 'greet', title: null, description: null, config: {}, inputSchema: null, outputSchema: null, tags: [] },
  ...{ labels: [], version: 1, changeNote: null, aliases: [], content, messages },
});
const chat = fc.array(message, { minLength: 1, maxLength: 4 }).map((messages) => document(null, messages));

const rendered = ({ messages }: DocumentPrompt, given: Values) =>
  (messages ?? []).flatMap((one) =>
    'role' in one ? [{ role: one.role, content: renderLiquid(String(one.content), given) }] : [],
  );

/** Tries a format; at least half of the prompts are to be written in it. */
async function tried(
  format: WrittenFormat,
  render: (file: string, given: Values) => Promise<readonly { role: string; content: string }[]>,
): Promise<void> {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(chat, values, async (prompt, given) => {
      const { text: file } = writePrompt(format, prompt);
      if (file === null) return;
      written++;
      // dotprompt leaves out a message that says nothing.
      const says = ({ content }: { content: string }): boolean => format !== 'dotprompt' || content !== '';
      expect((await render(file, given)).filter(says)).toEqual(rendered(prompt, given).filter(says));
    }),
    { numRuns: runs },
  );
  expect(written).toBeGreaterThan(runs / 4);
}

const LANGCHAIN_ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', system: 'system' };

describe('what is exported', () => {
  it('is loaded and rendered by LangChain', async () => {
    await tried('langsmith', async (file, given) => {
      const template = await load<ChatPromptTemplate>(file);
      const messages = await template.formatMessages(given as Record<string, string>);
      return messages.map((one) => ({ role: LANGCHAIN_ROLES[one.getType()] ?? '', content: String(one.content) }));
    });
  });

  it('is rendered by dotprompt', async () => {
    await tried('dotprompt', async (file, given) => {
      const { messages } = await new Dotprompt().render(file, { input: given });
      return messages.map(({ role, content }) => ({
        role: role === 'model' ? 'assistant' : role,
        content: content.map((part) => ('text' in part ? part.text : '')).join(''),
      }));
    });
  });

  it('is compiled by the client of Langfuse', async () => {
    await tried('langfuse', async (file, given) => {
      const item = { ...JSON.parse(file), labels: [], tags: [], resolutionGraph: null };
      const client = new ChatPromptClient(item);
      return client.compile(given as Record<string, string>) as { role: string; content: string }[];
    });
  });

  it('is compiled by the client of Langfuse, as a text', () => {
    let written = 0;
    fc.assert(
      fc.property(text, values, (content, given) => {
        const { text: file } = writePrompt('langfuse', document(content, null));
        if (file === null) return;
        written++;
        const client = new TextPromptClient({ ...JSON.parse(file), resolutionGraph: null });
        expect(client.compile(given as Record<string, string>)).toBe(renderLiquid(content, given));
      }),
      { numRuns: runs },
    );
    expect(written).toBeGreaterThan(runs / 4);
  });
});

describe('what LangChain has serialised', () => {
  const format = fc.constantFrom('f-string' as const, 'mustache' as const);

  it('is read as the messages that it formats, or refused', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(chat, format, values, async (prompt, templateFormat, given) => {
        const { text: file } = writePrompt('langsmith', prompt);
        if (file === null) return;
        const tuples = (prompt.messages ?? []).flatMap((one) =>
          'role' in one
            ? [[one.role === 'user' ? 'human' : one.role, inFormat(String(one.content), templateFormat)]]
            : [],
        );
        const template = templateOf(tuples as [string, string][], templateFormat);
        if (template === null) return;
        const { prompts } = readPrompts('langsmith', JSON.stringify(template));
        const [again] = prompts;
        if (again === undefined) return;
        read++;
        const messages = await template.formatMessages({ ...given, history: [] } as Record<string, unknown>);
        expect(rendered(again, given)).toEqual(
          messages.map((one) => ({ role: LANGCHAIN_ROLES[one.getType()] ?? '', content: String(one.content) })),
        );
        expect(again.messages?.at(-1)).toEqual({ type: 'placeholder', name: 'history' });
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 4);
  });

  it('is read as the parts that it formats', async () => {
    const template = ChatPromptTemplate.fromMessages([
      [
        'human',
        [
          { type: 'text', text: 'See {what}: {{"a": 1}}' },
          { type: 'image_url', image_url: { url: 'https://x.test/{name}.png' } },
        ],
      ],
    ]);
    const { prompts, refusals, warnings } = readPrompts('langsmith', JSON.stringify(template));
    expect({ refusals, warnings }).toEqual({ refusals: [], warnings: [] });
    const given = { what: 'it', name: 'a b' };
    const [made] = await template.formatMessages(given);
    const [message] = prompts[0]?.messages ?? [];
    const parts =
      message !== undefined && 'role' in message && typeof message.content !== 'string' ? message.content : [];
    expect(
      parts.map(({ type, text: said, url }) =>
        type === 'text'
          ? { type, text: renderLiquid(String(said), given) }
          : { type: 'image_url', image_url: { url: renderLiquid(String(url), given) } },
      ),
    ).toEqual(made?.content);
  });

  it('is read as a text too', () => {
    const template = new PromptTemplate({
      template: 'Be {tone}, {name}: {{"a": 1}}',
      inputVariables: ['name', 'tone'],
    });
    expect(readPrompts('langsmith', JSON.stringify(template)).prompts).toMatchObject([
      {
        content: 'Be {{ tone }}, {{ name }}: {"a": 1}',
        messages: null,
      },
    ]);
  });
});

/** A Liquid text of plain values in a format of LangChain. */
function inFormat(liquid: string, format: 'f-string' | 'mustache'): string {
  const pieces = liquid.split(/(\{\{ \w+ \}\})/);
  return pieces
    .map((piece) => {
      const [, inner] = /^\{\{ (\w+) \}\}$/.exec(piece) ?? [];
      if (inner !== undefined) return format === 'mustache' ? `{{${inner}}}` : `{${inner}}`;
      return format === 'mustache' ? piece : piece.replaceAll(/[{}]/g, (brace) => brace + brace);
    })
    .join('');
}

/** Null where LangChain itself takes it for no template. */
function templateOf(tuples: [string, string][], templateFormat: 'f-string' | 'mustache'): ChatPromptTemplate | null {
  try {
    return ChatPromptTemplate.fromMessages([...tuples, new MessagesPlaceholder('history')], { templateFormat });
  } catch {
    return null;
  }
}
