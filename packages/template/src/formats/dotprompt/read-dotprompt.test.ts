import { describe, expect, it } from 'vitest';
import { emptyPrompt } from '../document/prompt-document.ts';
import { writePrompt } from '../write-prompts.ts';
import { readDotprompt } from './read-dotprompt.ts';

const file = (frontMatter: string, body: string) => `# a licence\n\n---\n${frontMatter}\n---\n${body}`;

describe('what a file says of its prompt', () => {
  it('reads names, model, config, tools and both schemas', () => {
    const { prompts, warnings, refusals } = readDotprompt(
      file(
        [
          'name: greet',
          'description: Greets',
          'model: googleai/gemini-2.5-flash',
          'config: { temperature: 0.4 }',
          'tools: [search]',
          'variant: short',
          'input:',
          '  default: { tone: warm }',
          '  schema:',
          '    name: string, who is greeted',
          '    tone: string',
          '    tags?(array, some words): string',
          'output:',
          '  schema: { mood(enum): [good, bad], more?: integer }',
        ].join('\n'),
        '\n  Hello {{name}}, {{tone}}\n',
      ),
    );
    expect(refusals).toEqual([]);
    expect(warnings.map(({ within }) => within)).toEqual(['variant']);
    expect(prompts).toMatchObject([
      {
        name: 'greet',
        description: 'Greets',
        content: 'Hello {{ name }}, {{ tone }}',
        messages: null,
        config: { model: 'googleai/gemini-2.5-flash', temperature: 0.4, tools: ['search'] },
        inputSchema: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: {
            name: { type: 'string', description: 'who is greeted' },
            tone: { type: 'string', default: 'warm' },
            tags: { type: ['array', 'null'], items: { type: 'string' }, description: 'some words' },
          },
        },
        outputSchema: {
          type: 'object',
          required: ['mood'],
          properties: { mood: { enum: ['good', 'bad'] }, more: { type: ['integer', 'null'] } },
        },
      },
    ]);
  });

  it('takes JSON Schema as it is, and JSON without a schema as any JSON', () => {
    const [prompt] = readDotprompt(file('input: { schema: { type: object } }\noutput: { format: json }', 'x')).prompts;
    expect(prompt).toMatchObject({ inputSchema: { type: 'object' }, outputSchema: {} });
  });

  it('takes a file without front matter for a body', () => {
    expect(readDotprompt('Hello {{name}}\n').prompts).toMatchObject([{ content: 'Hello {{ name }}\n', config: {} }]);
    // The space before it is the text's own; behind front matter, be it empty, it is what separates the two.
    expect(readDotprompt('\n  Hello').prompts).toMatchObject([{ content: '\n  Hello' }]);
    for (const front of ['---\n---\n', '---\nmodel: x\n---\n']) {
      expect(readDotprompt(`${front}\n  Hello`).prompts).toMatchObject([{ content: 'Hello' }]);
    }
  });
});

describe('messages', () => {
  const messagesOf = (body: string) => readDotprompt(file('model: x', body)).prompts[0]?.messages;

  it('begin at roles, and white space is none', () => {
    expect(messagesOf('{{role "system"}}Be brief.\n{{role "user"}}\n{{role "model"}}{{answer}}')).toEqual([
      { role: 'system', content: 'Be brief.\n' },
      { role: 'assistant', content: '{{ answer }}' },
    ]);
  });

  it('have a place for the history, and the model speaks after it', () => {
    expect(messagesOf('{{role "user"}}a{{history}}b')).toEqual([
      { role: 'user', content: 'a' },
      { type: 'placeholder', name: 'history' },
      { role: 'assistant', content: 'b' },
    ]);
  });

  it('have parts where there is media', () => {
    expect(
      messagesOf('Look:\n{{media url=photo}} {{media url="https://x.test/a.png" contentType="image/png"}}\nWell?'),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look:\n' },
          { type: 'image', url: '{{ photo }}' },
          { type: 'image', url: 'https://x.test/a.png', mediaType: 'image/png' },
          { type: 'text', text: '\nWell?' },
        ],
      },
    ]);
  });

  it('have the helpers that print or choose', () => {
    expect(messagesOf('{{role "system"}}{{json data indent=2}} {{#ifEquals a "b"}}c{{else}}d{{/ifEquals}}')).toEqual([
      { role: 'system', content: '{{ data | json: 2 }} {% if a == "b" %}c{% else %}d{% endif %}' },
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['a: b: c', 'x', 4, 4, 'YAML'],
    ['input: { schema: { a: Person } }', 'x', 1, 1, 'no type'],
    ['model: x', '\n\n  {{> card}}', 8, 3, 'partial'],
    ['model: x', 'a\n{{#if b}}{{role "user"}}{{/if}}', 7, 10, 'helper'],
    ['model: x', '{{role name}}', 6, 1, 'role'],
    ['model: x', '{{section "a"}}', 6, 1, 'A section of the answer'],
    ['- a', 'x', 4, 1, 'keys and values'],
  ])('of %j and %j say where', (frontMatter, body, line, column, message) => {
    const { prompts, refusals } = readDotprompt(file(frontMatter, body));
    expect(prompts).toEqual([]);
    expect(refusals).toMatchObject([{ prompt: 0, line, column, message: expect.stringContaining(message) }]);
  });
});

it.each(['C:\\', 'C:\\{{ name }}', '{{ name }}\\', 'C:\\{{ name }}\\x'])(
  'is written with the backslashes of %j',
  (content) => {
    const { text } = writePrompt('dotprompt', { ...emptyPrompt(), content });
    expect(readDotprompt(text ?? '').prompts[0]?.content).toBe(content);
  },
);

it('warns of what input and output say beside schemas, and of a format that is none here', () => {
  const { warnings } = readDotprompt(
    '---\ninput: { schema: { a: string }, strict: true }\noutput: { format: xml }\n---\n{{a}}',
  );
  expect(warnings.map(({ within }) => within)).toEqual(['input.strict', 'output.format']);
});
