import { expect, it } from 'vitest';
import { detectFormat, nameWithoutEnding, promptFormats, readPrompts } from './read-prompts.ts';

it.each([
  ['---\nmodel: x\n---\nHi', '', 'dotprompt'],
  ['# licence\n\n---\ninput: { schema: { a: string } }\n---\n{{role "user"}}Hi', '', 'dotprompt'],
  ['---\nmodel: x\n---\nsystem:\nHi', '', 'prompty'],
  ['---\nname: x\nmodel: { id: gpt-4 }\n---\nHi', '', 'prompty'],
  ['---\ninputs: [{ name: a }]\n---\n{{a}}', '', 'prompty'],
  ['---\nmodel: x\n---\nsystem:\nHi', 'a.prompt', 'dotprompt'],
  ['---\nmodel: # which\n\n  id: x\n---\nHi', '', 'prompty'],
  ['---\nmodel:\n  gpt-4\n---\nHi', '', 'dotprompt'],
  ['---\nmodel: a:b\nmodelName: { id: x }\n---\nHi', '', 'dotprompt'],
  ['Hi {{name}}', 'a.prompt', 'dotprompt'],
  ['{{role "system"}}Hi', 'a.prompt', 'dotprompt'],
  ['{% if a %}a{% endif %}', 'a.prompty', 'prompty'],
  ['Hi {{name}}', 'a.PROMPTY', 'prompty'],
  ['name: a\nmessages:\n  - role: user\n    content: x', '', 'github-models'],
  ['messages: []', 'a.prompt.yml', 'github-models'],
  ['[{"name":"a","prompt":"x"}]', '', 'langfuse'],
  ['{"data":[{"name":"a","type":"chat","prompt":[]}],"meta":{}}', '', 'langfuse'],
  ['{"lc":1,"type":"constructor","id":["x"],"kwargs":{}}', 'a.prompt', 'langsmith'],
  ['{"owner":"a","manifest":{"lc":1}}', '', 'langsmith'],
  [' {"id":"pmpt_1","version":"2"}', '', 'openai'],
  ['{"format":"promptory-bundle","version":1}', '', 'bundle'],
  ['[{"act":"Poet","prompt":"Rhyme"}]', '', null],
  ['[{"title":"A","content":"x","name":"y","prompt":"z"}]', '', null],
  ['act,prompt\na,b', '', null],
  ['---\nname: x\nmessages:\n  - role: user\n    content: hi\n', '', 'github-models'],
  ['\ufeff---\r\nmodel: x\r\n---\r\nHi', '', 'dotprompt'],
  ['{"a', '', null],
  ['Hi', '', null],
])('tells of %j in a file %j that it is %j', (text, name, format) => {
  expect(detectFormat(text, name)).toBe(format);
});

it('passes over a mark of the encoding, and reads front matter of Prompty between pluses', () => {
  const files = [
    ['a.prompt', '\ufeff---\nmodel: x\n---\nHi {{name}}'],
    ['a.prompty', '\ufeff+++\nmodel: x\n+++\nHi {{name}}'],
    ['a.json', '\ufeff{"name":"a","config":{"model":"x"},"prompt":"Hi {{name}}"}'],
  ] as const;
  for (const [name, text] of files) {
    const read = readPrompts(detectFormat(text, name) as (typeof promptFormats)[number], text);
    expect(read).toMatchObject({ refusals: [], prompts: [{ content: 'Hi {{ name }}', config: { model: 'x' } }] });
  }
});

it.each([
  ['team/greet.prompt', 'team/greet'],
  ['greet.prompt.yml', 'greet'],
  ['greet.prompty', 'greet'],
  ['greet.json', 'greet'],
  ['v1.2/greet', 'v1.2/greet'],
])('calls what is in %j %j', (fileName, name) => {
  expect(nameWithoutEnding(fileName)).toBe(name);
});

it('refuses in each format what is none, and never throws', () => {
  for (const format of promptFormats) {
    for (const text of ['', '---\n', '{', '[]', 'null', '[[]]', '---\n1\n---\n', '\u0000', '{"lc":1,"id":[]}']) {
      const { prompts, refusals } = readPrompts(format, text);
      expect(prompts.length + refusals.length).toBeLessThanOrEqual(1);
    }
  }
});

const refused = (yaml: string) => readPrompts('dotprompt', `---\nname: x\n${yaml}\n---\nHi`).refusals;

it.each([
  ['lists in lists', `config: ${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'The front matter is nested too deeply.'],
  ['what is in itself', 'config: &all { all: *all }', 'The front matter repeats itself too often.'],
  [
    'a text many times',
    `a: &a ${'x'.repeat(200_000)}\nconfig: { b: [${'*a,'.repeat(40)}] }`,
    'The front matter repeats itself too often.',
  ],
  ['many aliases', `a: &a x\nconfig: { b: [${'*a,'.repeat(60)}] }`, 'The front matter repeats itself too often.'],
  ['what merges a number', 'config: { <<: 3 }', 'The front matter merges by "<<" what is no mapping.'],
])('refuses YAML with %s, with its place', (_, yaml, message) => {
  expect(refused(yaml)).toMatchObject([{ prompt: 0, line: expect.any(Number), within: null, message }]);
});

it('merges by <<, of which what the mapping says itself comes first, and takes it in quotes for a name', () => {
  const usual = 'usual: &usual { temperature: 1, topP: 0.5 }';
  const config = (yaml: string) => readPrompts('dotprompt', `---\nconfig:\n${yaml}\n---\nHi`).prompts[0]?.config;
  expect(config(`  ${usual}\n  mine:\n    topP: 0.9\n    <<: *usual`)).toMatchObject({
    mine: { temperature: 1, topP: 0.9 },
  });
  expect(config('  "<<": { a: 1 }')).toEqual({ '<<': { a: 1 } });
});

it('refuses keys that stand in a mapping twice, and takes those of objects as any other', () => {
  const message = 'The front matter is no YAML: Map keys must be unique.';
  expect(refused('config:\n  a: 1\n  b: 2\n  a: 3')).toMatchObject([{ line: 6, column: 3, message }]);
  expect(refused('1: a\n"1": b')).toMatchObject([{ line: 4, column: 1, message }]);
  const { prompts } = readPrompts('dotprompt', '---\nconfig: { __proto__: { polluted: 1 } }\n---\nHi');
  expect(JSON.stringify(prompts[0]?.config)).toBe('{"__proto__":{"polluted":1}}');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
