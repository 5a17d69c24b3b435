import { expect, it } from 'vitest';
import { detectFormat, nameWithoutEnding, promptFormats, readPrompts } from './read-prompts.ts';

it.each([
  ['---\nmodel: x\n---\nHi', '', 'dotprompt'],
  ['# licence\n\n---\ninput: { schema: { a: string } }\n---\n{{role "user"}}Hi', '', 'dotprompt'],
  ['---\nmodel: x\n---\nsystem:\nHi', '', 'prompty'],
  ['---\nname: x\nmodel: { id: gpt-4 }\n---\nHi', '', 'prompty'],
  ['---\ninputs: [{ name: a }]\n---\n{{a}}', '', 'prompty'],
  ['---\nmodel: x\n---\nsystem:\nHi', 'a.prompt', 'dotprompt'],
  ['Hi {{name}}', 'a.prompt', 'dotprompt'],
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
  ['{"a', '', null],
  ['Hi', '', null],
])('tells of %j in a file %j that it is %j', (text, name, format) => {
  expect(detectFormat(text, name)).toBe(format);
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
