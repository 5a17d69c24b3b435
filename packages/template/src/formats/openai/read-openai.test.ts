import { expect, it } from 'vitest';
import { readOpenAi } from './read-openai.ts';

const stored = {
  id: 'pmpt_68b0A1',
  object: 'prompt',
  name: 'Answer',
  version: '2',
  model: 'gpt-5',
  temperature: 1,
  instructions: 'Be {{tone}}.',
  input: [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Ask {{question}}' }] },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'See' },
        { type: 'input_image', image_url: '{{photo}}', detail: 'low' },
      ],
    },
  ],
  variables: { tone: { type: 'input_text', text: 'kind' }, question: null },
  text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', schema: { type: 'object' } } },
  owner: 'x',
};

it('reads text, settings and variables, and keeps the id as an alias', () => {
  const { prompts, warnings, refusals } = readOpenAi(JSON.stringify(stored));
  expect(refusals).toEqual([]);
  expect(warnings.map(({ within }) => within)).toEqual(['owner', 'version']);
  expect(prompts).toMatchObject([
    {
      name: 'Answer',
      title: 'Answer',
      aliases: ['pmpt_68b0a1'],
      labels: ['production'],
      config: { model: 'gpt-5', temperature: 1, text: { verbosity: 'low' } },
      messages: [
        { role: 'developer', content: 'Be {{ tone }}.' },
        { role: 'user', content: 'Ask {{ question }}' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image', url: '{{ photo }}', detail: 'low' },
          ],
        },
      ],
      inputSchema: { properties: { tone: { default: 'kind' }, question: {} } },
      outputSchema: { type: 'object' },
    },
  ]);
});

it('declares no inputs where there are no variables', () => {
  for (const variables of [{}, undefined]) {
    expect(readOpenAi(JSON.stringify({ ...stored, variables })).prompts[0]?.inputSchema).toBeNull();
  }
});

it.each([
  [{ text: { format: { type: 'json_object' } } }, {}],
  [{ text: { format: { type: 'text' } } }, null],
  [{ text: { format: { type: 'json_schema' } } }, null],
  [{}, null],
])('reads what %j asks of the answer as a schema of it', (more, outputSchema) => {
  const { prompts } = readOpenAi(JSON.stringify({ id: 'pmpt_1', prompt: 'Hi', ...more }));
  expect(prompts.map((prompt) => prompt.outputSchema)).toEqual([outputSchema]);
});

it('reads a list, and refuses what holds no text', () => {
  const { prompts, refusals } = readOpenAi(
    JSON.stringify({ data: [{ id: 'pmpt_1', prompt: 'Hi' }, { id: 'pmpt_2', variables: {} }, { id: 'x' }, 7] }),
  );
  expect(prompts).toMatchObject([{ name: 'pmpt_1', messages: [{ role: 'developer', content: 'Hi' }] }]);
  expect(refusals).toMatchObject([
    { prompt: 1, message: expect.stringContaining('does not hold its text') },
    { prompt: 2, within: 'id' },
    { prompt: 3 },
  ]);
});

it.each([
  [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', 1],
  [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content', 1],
  [{ messages: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, 'messages[0].content[0]', 1],
  [{ input: 'a\n{{b' }, 'input', 2],
])('refuses %j with its place', (more, within, line) => {
  expect(readOpenAi(JSON.stringify({ id: 'pmpt_1', ...more })).refusals).toMatchObject([{ within, line }]);
});

it('warns of what messages and parts say beside their texts, and of a format that is none here', () => {
  const prompt = {
    id: 'pmpt_1',
    messages: [
      { type: 'message', role: 'assistant', content: 'x', tool_calls: [{ id: 'c' }], annotations: [] },
      { role: 'user', content: [{ type: 'input_image', image_url: 'https://a.org/b', file_id: 'f' }] },
    ],
    text: { format: { type: 'grammar', definition: 'a' } },
  };
  expect(readOpenAi(JSON.stringify(prompt)).warnings.map(({ within }) => within)).toEqual([
    ...['messages[0].tool_calls', 'messages[1].content[0].file_id', 'text.format'],
  ]);
});

it.each([
  ['prompt', { messages: [{ role: 'user', content: 'x' }] }],
  ['instructions', 5],
  ['text', 'json'],
])('refuses %s that it does not read, though it has other messages', (key, value) => {
  const prompt = { id: 'pmpt_1', input: 'x', [key]: value };
  expect(readOpenAi(JSON.stringify(prompt))).toMatchObject({ prompts: [], refusals: [{ within: key }] });
});
