import { describe, expect, it } from 'vitest';
import { readPrompty } from './read-prompty.ts';

const file = (frontMatter: string, body: string) => `---\n${frontMatter}\n---\n${body}`;
const within = (notes: readonly { within: string | null }[]) => notes.map((note) => note.within);

describe('version 2', () => {
  it('reads model, options, tools, inputs, outputs, threads and media', () => {
    const { prompts, warnings, refusals } = readPrompty(
      file(
        `name: team/answer
displayName: Answer
description: Answers
metadata: { authors: [ann], tags: [support] }
model:
  id: gpt-4o
  provider: openai
  apiType: chat
  connection: { kind: key, apiKey: "\${env:KEY}" }
  options: { temperature: 0.7, additionalProperties: { logprobs: true } }
tools:
  - { name: find, kind: mcp, connection: { kind: reference, name: x } }
inputs:
  - { name: question, kind: string, required: true, description: What is asked, example: Why? }
  - { name: tone, kind: string, default: warm, enumValues: [warm, dry] }
  - { name: talk, kind: thread }
  - { name: photo, kind: image }
  - { name: facts, kind: array, items: { kind: object, properties: { text: { kind: string } } } }
outputs:
  score: { kind: float, required: true }
later: 1`,
        'system:\nBe {{tone}}.\n\n{{talk}}\n\nuser:\n{{photo}}\n{{question}}\n\n',
      ),
    );
    expect(refusals).toEqual([]);
    expect(within(warnings)).toEqual(['later', 'metadata.authors', 'model.connection', 'tools[0].connection']);
    expect(prompts).toMatchObject([
      {
        name: 'team/answer',
        title: 'Answer',
        description: 'Answers',
        tags: ['support'],
        content: null,
        messages: [
          { role: 'system', content: 'Be {{ tone }}.' },
          { type: 'placeholder', name: 'talk' },
          {
            role: 'user',
            content: [
              { type: 'image', url: '{{ photo }}' },
              { type: 'text', text: '{{ question }}' },
            ],
          },
        ],
        config: { model: 'gpt-4o', provider: 'openai', apiType: 'chat', temperature: 0.7, logprobs: true },
        inputSchema: {
          type: 'object',
          required: ['question'],
          properties: {
            question: { type: 'string', description: 'What is asked', examples: ['Why?'] },
            tone: { type: 'string', default: 'warm', enum: ['warm', 'dry'] },
            photo: { type: 'string' },
            facts: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
          },
        },
        outputSchema: { type: 'object', properties: { score: { type: 'number' } }, required: ['score'] },
      },
    ]);
    expect(prompts[0]?.config.tools).toEqual([{ name: 'find', kind: 'mcp' }]);
  });

  it('takes a text without roles for a text prompt, and a scalar for a default', () => {
    const { prompts, warnings } = readPrompty(file('model: gpt-4\ninputs: { n: 2, ok: true }', '\nCount to {{n}}\n'));
    expect(prompts).toMatchObject([
      {
        content: 'Count to {{ n }}',
        messages: null,
        config: { model: 'gpt-4' },
        inputSchema: { properties: { n: { type: 'integer', default: 2 }, ok: { type: 'boolean', default: true } } },
      },
    ]);
    expect(warnings).toMatchObject([{ message: expect.stringContaining('message of the system') }]);
  });

  it('reads tools by their names, without their connections', () => {
    const { prompts, warnings } = readPrompty(
      file('tools:\n  find: { kind: mcp, connection: { kind: key } }\n  add: { kind: function }', 'x'),
    );
    expect(prompts[0]?.config.tools).toEqual({ find: { kind: 'mcp' }, add: { kind: 'function' } });
    expect(within(warnings)).toContain('tools.find.connection');
  });

  it('puts what stands between texts in its order, whatever it is', () => {
    const inputs = 'model: { api: chat }\ninputs: { photo: { kind: image }, sound: { kind: audio } }';
    const body = 'user:\nA {{sound}} B ![x](https://x.test/1.png) C {{photo}} D';
    expect(readPrompty(file(inputs, body)).prompts[0]?.messages).toMatchObject([
      {
        content: [
          { type: 'text', text: 'A ' },
          { type: 'audio', url: '{{ sound }}' },
          { type: 'text', text: ' B ' },
          { type: 'image', url: 'https://x.test/1.png' },
          { type: 'text', text: ' C ' },
          { type: 'image', url: '{{ photo }}' },
          { type: 'text', text: ' D' },
        ],
      },
    ]);
  });

  it('escapes for HTML where the template is Mustache', () => {
    const [prompt] = readPrompty(file('template: { format: { kind: mustache } }', 'user:\n{{a}}{{{b}}}')).prompts;
    expect(prompt?.messages).toEqual([{ role: 'user', content: expect.stringContaining('&amp;') }]);
  });
});

describe('version 1', () => {
  it('reads configuration, parameters, samples and images of the text', () => {
    const { prompts, warnings, refusals } = readPrompty(
      file(
        `name: Chat
authors: [ann]
tags: [a]
model:
  api: chat
  configuration: { type: azure_openai, azure_deployment: gpt-35, azure_endpoint: "\${env:E}" }
  parameters: { max_tokens: 128, response_format: { type: json_object } }
inputs: { question: { type: string }, topics: { type: list } }
sample: { question: Why? }
template: { type: jinja2, parser: prompty }`,
        'system:\n# Rules\n{% if question %}Answer.{% endif %}\n# user:\nSee ![photo](https://x.test/{{question}}.png) there',
      ),
    );
    expect(refusals).toEqual([]);
    expect(within(warnings)).toEqual(['authors', 'model.configuration']);
    expect(prompts).toMatchObject([
      {
        name: 'Chat',
        tags: ['a'],
        config: { model: 'gpt-35', provider: 'azure_openai', apiType: 'chat', max_tokens: 128 },
        inputSchema: { properties: { question: { type: 'string', examples: ['Why?'] }, topics: { type: 'array' } } },
        outputSchema: {},
        messages: [
          { role: 'system', content: expect.stringContaining('# Rules\n{% if question') },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'See ' },
              { type: 'image', url: 'https://x.test/{{ question }}.png' },
              { type: 'text', text: ' there' },
            ],
          },
        ],
      },
    ]);
  });
});

it.each([
  ['a: [', 'x', 3, null, 'YAML'],
  ['name: 1', 'x', 1, 'name', 'text'],
  ['template: { format: { kind: erb } }', 'x', 1, 'template', 'erb'],
  ['inputs: [{ kind: string }]', 'x', 1, 'inputs[0]', 'name'],
  ['inputs: { a: { kind: matrix } }', 'x', 1, 'inputs.a', 'matrix'],
  ['name: a', 'user:\nx\n{% include "b" %}', 6, null, 'include'],
  ['name: a', 'user:\n\n\n  {{ x | tojson }}', 7, null, 'tojson'],
  ['name: a', 'system:\na\n{% for m in h %}\n{{m.role}}:\n{{m.text}}\n{% endfor %}', 7, null, 'whose message'],
  ['model: { api: chat }', 'user:\n![a](./b.png)', 5, null, 'beside'],
])('refuses %j with %j at its place', (frontMatter, body, line, place, message) => {
  const { prompts, refusals } = readPrompty(file(frontMatter, body));
  expect(prompts).toEqual([]);
  expect(refusals).toMatchObject([{ line, within: place, message: expect.stringContaining(message) }]);
});

it('warns of what properties say that no schema is made of', () => {
  const inputs =
    '{ a: { kind: string, minLength: 3 }, b: { kind: object, properties: { c: { kind: string, secret: true } } } }';
  const { warnings } = readPrompty(`---\nname: x\ninputs: ${inputs}\n---\nuser:\n{{a}}`);
  expect(warnings.map(({ within }) => within)).toEqual(['inputs.a.minLength', 'inputs.b.c.secret']);
});
