import { expect, it } from 'vitest';
import { readGitHubModels } from './read-github-models.ts';

const file = `name: Summarize
description: Sums up a text
model: openai/gpt-4o
modelParameters:
  temperature: 0.5
messages:
  - role: system
    content: Be brief. {% x %}
  - role: user
    content: |
      Sum up:
      {{input}}
`;

it('reads messages, model and parameters', () => {
  expect(readGitHubModels(`${file}testData:\n  - input: a\n`)).toMatchObject({
    prompts: [
      {
        title: 'Summarize',
        description: 'Sums up a text',
        content: null,
        messages: [
          { role: 'system', content: 'Be brief. {{ "{%" }} x %}' },
          { role: 'user', content: 'Sum up:\n{{ input }}\n' },
        ],
        config: { model: 'openai/gpt-4o', temperature: 0.5 },
        outputSchema: null,
      },
    ],
    warnings: [{ within: 'testData' }],
    refusals: [],
  });
});

it.each([
  ['responseFormat: json_object', {}],
  ['responseFormat: json_schema\njsonSchema: \'{"name": "a", "schema": {"type": "object"}}\'', { type: 'object' }],
  ['responseFormat: json_schema\njsonSchema: { type: array }', { type: 'array' }],
])('reads %j', (lines, outputSchema) => {
  expect(readGitHubModels(`${file}${lines}\n`).prompts).toMatchObject([{ outputSchema }]);
});

it.each([
  ['a: [', 1, null, 'YAML'],
  ['a: 1', 1, 'messages', 'has messages'],
  ['messages: [{ role: robot, content: a }]', 1, 'messages[0].role', 'robot'],
  ['messages: [{ role: user }]', 1, 'messages[0]', 'role and a text'],
  ['messages:\n  - role: user\n    content: |\n      a\n      {{#if b}}', 2, 'messages[0].content', '#if b'],
  [`${file}responseFormat: json_schema\njsonSchema: "{"`, 1, 'jsonSchema', 'no JSON'],
  ['name: *important*\nmessages: 1', 1, null, 'refers by "*important*" to nothing'],
  ['messages: 1\nmodelParameters:\n  temperature: .nan', 3, null, '.nan, which JSON has not'],
  [
    'messages: 1\nmodelParameters:\n  seed: 12345678901234567890',
    3,
    null,
    '12345678901234567890, which cannot be kept',
  ],
  [`a: &a [1]\nb: [${'*a, '.repeat(60)}*a]\nc: &c [*a, *a]\nmessages: 1`, 1, null, 'repeats itself'],
])('refuses %j with the place', (text, line, within, message) => {
  const { prompts, refusals } = readGitHubModels(text);
  expect(prompts).toEqual([]);
  expect(refusals).toMatchObject([{ line, within, message: expect.stringContaining(message) }]);
});

it('warns of what a message says beside its role and text', () => {
  const { warnings } = readGitHubModels('messages:\n  - { role: user, content: a, name: ann }\n');
  expect(warnings).toMatchObject([{ within: 'messages[0].name' }]);
});
