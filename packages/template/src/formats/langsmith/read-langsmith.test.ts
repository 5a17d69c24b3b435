import { expect, it } from 'vitest';
import { emptyPrompt } from '../document/prompt-document.ts';
import { writePrompt } from '../write-prompts.ts';
import { readLangSmith } from './read-langsmith.ts';

const made = (name: string, kwargs: object) => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'prompts', name],
  kwargs,
});
const template = (text: string, format = 'f-string', more: object = {}) =>
  made('PromptTemplate', { template: text, template_format: format, input_variables: [], ...more });
const turn = (name: string, text: string) => made(name, { prompt: template(text) });
const chat = made('ChatPromptTemplate', {
  input_variables: ['tone', 'x', 'photo'],
  metadata: { lc_hub_repo: 'answer' },
  messages: [
    turn('SystemMessagePromptTemplate', 'Be {tone}: {{"a": 1}}'),
    made('MessagesPlaceholder', { variable_name: 'history', optional: true }),
    made('ChatMessagePromptTemplate', { role: 'developer', prompt: template('{{x}}', 'mustache') }),
    made('AIMessage', { content: 'Not {{ a }} template' }),
    made('HumanMessagePromptTemplate', {
      prompt: [template('Look:'), made('ImagePromptTemplate', { template: { url: '{photo}', detail: 'low' } })],
    }),
  ],
});

const messages = [
  { role: 'system', content: 'Be {{ tone }}: {"a": 1}' },
  { type: 'placeholder', name: 'history' },
  { role: 'developer', content: '{{ x }}' },
  { role: 'assistant', content: 'Not {{ "{{" }} a }} template' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Look:' },
      { type: 'image', url: '{{ photo }}', detail: 'low' },
    ],
  },
];

it('reads messages by the names of their classes', () => {
  const { prompts, warnings, refusals } = readLangSmith(JSON.stringify(chat));
  expect([warnings, refusals]).toEqual([[], []]);
  expect(prompts).toMatchObject([
    {
      name: 'answer',
      content: null,
      messages,
      inputSchema: { type: 'object', properties: { history: { default: [] } } },
    },
  ]);
});

it('reads a text, with the values that are filled in already', () => {
  const text = template('{a} {b}', 'f-string', { partial_variables: { b: 'B' } });
  expect(readLangSmith(JSON.stringify(text)).prompts).toMatchObject([
    { content: '{{ a }} {{ b }}', messages: null, inputSchema: { properties: { b: { default: 'B' } } } },
  ]);
});

it('reads a text among parts as the newest LangChain writes it', () => {
  const dict = (template: object) => made('DictPromptTemplate', { template, template_format: 'f-string' });
  const of = (...prompt: object[]) =>
    readLangSmith(
      JSON.stringify(made('ChatPromptTemplate', { messages: [made('HumanMessagePromptTemplate', { prompt })] })),
    );
  const read = of(
    dict({ type: 'text', text: 'See {x}', cache_control: {} }),
    made('ImagePromptTemplate', { template: { url: '{y}' } }),
  );
  expect(read.prompts[0]?.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See {{ x }}' },
        { type: 'image', url: '{{ y }}' },
      ],
    },
  ]);
  expect(read.warnings).toMatchObject([{ message: '"cache_control" has no counterpart here.' }]);
  expect(of(dict({ type: 'file', file: {} })).refusals).toMatchObject([
    { within: 'kwargs.messages[0].kwargs.prompt[0].kwargs.template' },
  ]);
});

it('warns of values that a program had given, of which LangChain writes down nothing', () => {
  const chatOf = (input_variables: string[]) =>
    made('ChatPromptTemplate', { messages: [turn('HumanMessagePromptTemplate', '{a} {b}')], input_variables });
  const warned = (manifest: object) => readLangSmith(JSON.stringify(manifest)).warnings;
  expect(warned(chatOf(['a', 'b']))).toEqual([]);
  expect(warned(chatOf(['b']))).toMatchObject([
    { within: 'kwargs.input_variables', message: expect.stringMatching(/^"a" had a value/) },
  ]);
  const text = template('{a} {b}', 'f-string', { input_variables: ['b'] });
  expect(warned(text)).toHaveLength(1);
  expect(warned(template('{a} {b}', 'f-string', { input_variables: ['b'], partial_variables: { a: 'A' } }))).toEqual(
    [],
  );
});

it('reads what LangSmith puts around it, and the model that follows, without its secrets', () => {
  const secret = { lc: 1, type: 'secret', id: ['OPENAI_API_KEY'] };
  const model = made('ChatOpenAI', { model_name: 'gpt-4o', temperature: 0, openai_api_key: secret });
  const last = made('RunnableBinding', { bound: model, kwargs: { stop: ['x'] } });
  const answer = {
    owner: 'ann',
    repo: 'team',
    commit_hash: 'abc',
    manifest: made('RunnableSequence', { first: chat, last }),
    examples: [{ input: 1 }],
  };
  const { prompts, warnings } = readLangSmith(JSON.stringify(answer));
  expect(prompts).toMatchObject([{ name: 'team', messages, config: { model: 'gpt-4o', temperature: 0, stop: ['x'] } }]);
  expect(JSON.stringify(prompts)).not.toContain('OPENAI');
  expect(warnings.map(({ within }) => within)).toEqual([
    'examples',
    'manifest.kwargs.last.kwargs.bound',
    'manifest.kwargs.last.kwargs.bound.kwargs',
  ]);
});

it('reads what all models of a sequence are set to, the last by the last word', () => {
  const model = (settings: object) => made('ChatOpenAI', { model: 'm', ...settings });
  const sequence = made('RunnableSequence', {
    first: template('x'),
    middle: [model({ temperature: 1, top_p: 0.5 }), made('StrOutputParser', {})],
    last: model({ temperature: 0 }),
  });
  const { prompts, warnings } = readLangSmith(JSON.stringify(sequence));
  expect(prompts).toMatchObject([{ content: 'x', config: { model: 'm', temperature: 0, top_p: 0.5 } }]);
  expect(warnings.map(({ within }) => within)).toEqual(['kwargs.middle[0]', 'kwargs.middle[1]', 'kwargs.last']);
});

it('reads the texts of a message that is no template, as they stand, and refuses its other parts', () => {
  const said = (content: unknown) =>
    readLangSmith(JSON.stringify(made('ChatPromptTemplate', { messages: [made('AIMessage', { content })] })));
  const content = [
    { type: 'text', text: 'One {{ a }}' },
    { type: 'text', text: 'Two' },
  ];
  expect(said(content).prompts[0]?.messages).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'One {{ "{{" }} a }}' },
        { type: 'text', text: 'Two' },
      ],
    },
  ]);
  for (const other of [[], 7, [{ type: 'image_url', text: 'x' }], [content[0], 'Two'], [{ type: 'text' }]]) {
    expect(said(other).refusals).toMatchObject([
      { within: 'kwargs.messages[0]', message: 'Of a message that is no template only text is read.' },
    ]);
  }
});

it('reads the schema of a structured prompt', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const structured = made('StructuredPrompt', { messages: [turn('HumanMessagePromptTemplate', 'x')], schema_: schema });
  expect(readLangSmith(JSON.stringify(structured)).prompts).toMatchObject([{ outputSchema: schema }]);
});

const deep = Array.from({ length: 30 }).reduce<object>((first) => made('RunnableSequence', { first }), template('x'));

it.each([
  [{}, null, 'no serialised object'],
  [made('FewShotPromptTemplate', {}), null, 'FewShotPromptTemplate'],
  [made('ChatPromptTemplate', {}), null, 'messages'],
  [
    made('ChatPromptTemplate', { messages: [turn('ToolMessagePromptTemplate', 'x')] }),
    'kwargs.messages[0]',
    'ToolMessagePromptTemplate',
  ],
  [
    made('ChatPromptTemplate', { messages: [turn('HumanMessagePromptTemplate', 'a\n{b:.2f}')] }),
    'kwargs.messages[0].kwargs.prompt.kwargs.template',
    'b:.2f',
  ],
  [template('x', 'erb'), 'kwargs.template_format', 'erb'],
  [{ lc: 1, type: 'not_implemented', id: ['x', 'PromptTemplate'] }, null, 'cannot be made again'],
  [deep, expect.stringContaining('kwargs.first'), 'too deeply'],
])('refuses %j with its place', (manifest, within, message) => {
  const { prompts, refusals } = readLangSmith(JSON.stringify(manifest));
  expect(prompts).toEqual([]);
  expect(refusals).toMatchObject([{ within, message: expect.stringContaining(message) }]);
});

it.each([
  ['Hi {{ name }}', 'f-string', 'Hi {name}'],
  ['Hi {{ user.name }}', 'mustache', 'Hi {{user.name}}'],
])('is written with %j as %s', (content, format, template) => {
  const { text } = writePrompt('langsmith', { ...emptyPrompt(), content });
  expect(JSON.parse(text ?? '')).toMatchObject({ kwargs: { template_format: format, template } });
});

it('warns of what messages that are no templates hold beside their text', () => {
  const made = (name: string, kwargs: object) => ({ lc: 1, type: 'constructor', id: ['langchain_core', name], kwargs });
  const messages = [
    made('AIMessage', { content: 'x', tool_calls: [{ name: 'f', args: {}, id: '1' }], invalid_tool_calls: [] }),
    made('HumanMessage', { content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }], name: 'ann' }),
  ];
  const { warnings } = readLangSmith(JSON.stringify(made('ChatPromptTemplate', { messages, input_variables: [] })));
  expect(warnings.map(({ within }) => within)).toEqual([
    'kwargs.messages[0].kwargs.tool_calls',
    'kwargs.messages[1].kwargs.name',
    'kwargs.messages[1].kwargs.content[0].cache_control',
  ]);
});
