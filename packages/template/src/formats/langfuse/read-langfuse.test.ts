import { expect, it } from 'vitest';
import { emptyPrompt } from '../document/prompt-document.ts';
import { writePrompt } from '../write-prompts.ts';
import { readLangfuse } from './read-langfuse.ts';

const item = {
  name: 'support/triage',
  version: 3,
  type: 'text',
  prompt: 'Sort {{ticket}} {% x %}',
  config: { model: 'm' },
  tags: ['a'],
  labels: ['production'],
  commitMessage: 'first',
};

it('reads a bulk export, one prompt, and a page', () => {
  for (const text of [JSON.stringify([item]), JSON.stringify(item), JSON.stringify({ data: [item], meta: {} })]) {
    expect(readLangfuse(text)).toEqual({
      prompts: [
        {
          name: 'support/triage',
          title: null,
          description: null,
          content: 'Sort {{ ticket }} {{ "{%" }} x %}',
          messages: null,
          config: { model: 'm' },
          inputSchema: null,
          outputSchema: null,
          tags: ['a'],
          labels: ['production'],
          version: 3,
          changeNote: 'first',
          aliases: [],
        },
      ],
      places: [0],
      warnings: [],
      refusals: [],
    });
  }
});

it('reads messages, placeholders and included prompts', () => {
  const prompt = [
    { type: 'chatmessage', role: 'system', content: '@@@langfusePrompt:name=tone|label=production@@@ {{x}}' },
    { type: 'placeholder', name: 'history' },
    { role: 'user', content: '@@@langfusePrompt:name=a b|version=2@@@' },
  ];
  expect(readLangfuse(JSON.stringify({ name: 'a', type: 'chat', prompt })).prompts).toMatchObject([
    {
      content: null,
      messages: [
        { role: 'system', content: '{% render "tone@production" %} {{ x }}' },
        { type: 'placeholder', name: 'history' },
        { role: 'user', content: '{% render "a b#2" %}' },
      ],
    },
  ]);
});

it('writes included prompts as Langfuse has them, by version and by label, and reads them as they were', () => {
  const content = '{% render "tone@production" %}, {% render "a b#2" %} {{ x }}';
  const { text, losses } = writePrompt('langfuse', { ...emptyPrompt(), name: 'a', content });
  expect(JSON.parse(text ?? '')).toEqual({
    name: 'a',
    type: 'text',
    prompt: '@@@langfusePrompt:name=tone|label=production@@@, @@@langfusePrompt:name=a b|version=2@@@ {{x}}',
    config: {},
    tags: [],
    labels: [],
  });
  expect(losses).toEqual([]);
  expect(readLangfuse(text ?? '').prompts).toMatchObject([{ content }]);
});

it('refuses an included prompt whose name no prompt can have here, at its tag', () => {
  const prompt = 'One\n {{x}} @@@langfusePrompt:name={a}|label=production@@@';
  expect(readLangfuse(JSON.stringify({ ...item, prompt })).refusals).toMatchObject([
    { within: 'prompt', line: 2, column: 8, message: '"{a}" is no name that a prompt can have here.' },
  ]);
});

it('refuses a prompt with its place and reads the others', () => {
  const document = readLangfuse(
    JSON.stringify([
      { ...item, prompt: 'a\n{{> b}}' },
      { ...item, type: 'chat', prompt: [{ role: 'user', content: '{{#x' }] },
      { ...item, type: 'chat', prompt: [{ role: 'robot', content: '' }] },
      { ...item, name: '' },
      7,
      { ...item, folder: 'x', id: '1' },
    ]),
  );
  expect(document.prompts).toHaveLength(1);
  expect(document.warnings).toMatchObject([{ prompt: 5, within: 'folder' }]);
  expect(document.refusals).toMatchObject([
    { prompt: 0, within: 'prompt', line: 2, column: 1 },
    { prompt: 1, within: 'prompt[0].content', line: 1 },
    { prompt: 2, within: 'prompt[0].role' },
    { prompt: 3, within: 'name' },
    { prompt: 4, within: null },
  ]);
});

it('refuses what is no JSON, and more prompts than a file holds', () => {
  expect(readLangfuse('{')).toMatchObject({ prompts: [], refusals: [{ prompt: null }] });
  expect(readLangfuse(JSON.stringify(Array.from({ length: 501 }, () => item)))).toMatchObject({
    prompts: [],
    refusals: [{ prompt: null }],
  });
  expect(readLangfuse(JSON.stringify(Array.from({ length: 500 }, () => item))).prompts).toHaveLength(500);
});

it('reads a brace before an included prompt as text', () => {
  const prompt = '{@@@langfusePrompt:name=a|version=1@@@}';
  const [read] = readLangfuse(JSON.stringify({ ...item, prompt })).prompts;
  expect(read?.content).toBe('{{ "{" }}{% render "a#1" %}}');
});

it('reads a name with at signs, and a tag after what is none', () => {
  const prompt =
    '@@@langfusePrompt:name=x @@@langfusePrompt:name=a@b@@|version=1@@@@@@langfusePrompt:name=c|label=d@@@';
  const [read] = readLangfuse(JSON.stringify({ ...item, prompt })).prompts;
  expect(read?.content).toBe('@@@langfusePrompt:name=x {% render "a@b@@#1" %}{% render "c@d" %}');
});

it('warns of what a message says beside its role and text', () => {
  const prompt = [
    { role: 'assistant', content: 'x', tool_calls: [{ id: 'c' }], name: 'ann', refusal: null },
    { type: 'placeholder', name: 'history', limit: 3 },
  ];
  expect(
    readLangfuse(JSON.stringify({ name: 'a', type: 'chat', prompt })).warnings.map(({ within }) => within),
  ).toEqual(['prompt[0].tool_calls', 'prompt[0].name', 'prompt[1].limit']);
});
