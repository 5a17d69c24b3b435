import { describe, expect, it } from 'vitest';
import { collect, errorOf } from '../../../../test/index.ts';
import { ofFormat, refuseWrapped, refuseWrappedLine } from './format-given.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

const read = async (format: 'csv' | 'json', text: string, size = 1_000) =>
  (await collect(await ofFormat(format, inPieces(text, size)))).join('');

describe('a file that was sent as another format', () => {
  it.each([
    '[{"title":"A","content":"a"}]',
    '{"title":"A","content":"a"}\n{"title":"B","content":"b"}\n',
    ' \n[\n  {\n "title": "A" } ]',
    '{\n  "title": "A"\n}',
    '[]',
    '{}',
    '{"prompts":[]}',
    '[[1]]',
  ])('is told to be JSON: %j', async (text) => {
    for (const size of [1, 2, 1_000]) {
      const { code, message } = await errorOf(read('csv', text, size));
      expect({ code, message }).toEqual({
        code: 'import.unreadable',
        message: 'The file is JSON and was sent as CSV: send it as application/json.',
      });
    }
  });

  it.each([
    'title,content\nA,a\n',
    'act,prompt\r\nA,a',
    '"Title";"Content"\nA;a',
    'title\tmessages\tnote\n',
    '\n\n title,content\n',
    'sep=;\ntitle;content\nA;a',
    'slug,title,"a, b",content',
  ])('is told to be CSV: %j', async (text) => {
    for (const size of [1, 2, 1_000]) {
      const { code, message } = await errorOf(read('json', text, size));
      expect({ code, message }).toEqual({
        code: 'import.unreadable',
        message: 'The file is CSV and was sent as JSON: send it as text/csv.',
      });
    }
  });

  it('is read as what it was sent as where it may be that, whole, however it is cut', async () => {
    const tables = ['title,content\nA,a\n', '[title],{content}\n', '[title,content', '{a}\n', 'nonsense', '{', '['];
    const texts = [
      '{"title":"A"}\n',
      '[{}]',
      '[',
      '{\n',
      'nonsense\n{"title":"A"}',
      '"title"\n',
      'title\n',
      '"a',
      '1,2\n3',
    ];
    for (const size of [1, 3, 1_000]) {
      for (const text of tables) expect(await read('csv', text, size), text).toBe(text);
      for (const text of texts) expect(await read('json', text, size), text).toBe(text);
    }
  });

  it('keeps nothing of a long beginning that shows nothing, and waits for no more than a header', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<string> {
      for (; pulled < 1_000; pulled += 1) yield 'x'.repeat(10_000);
    }
    const text = await ofFormat('json', endless());
    expect(pulled).toBeLessThan(10);
    await text[Symbol.asyncIterator]().return?.();
  });
});

describe('the first object of a file', () => {
  const prompt = { title: 'A', content: 'a' };

  it.each([
    ['prompts', { prompts: [prompt, prompt] }],
    ['prompts', { version: 1, name: 'mine', prompts: [prompt] }],
    ['prompts', { type: 'collection', prompts: [] }],
    ['prompts', { title: 'My collection', prompts: [prompt] }],
    ['items', { items: [{ name: 'A', text: 'a' }] }],
    ['data.prompts', { data: { prompts: [prompt], total: 1 } }],
    ['export.data.items', { export: { at: 1, data: { items: [prompt] } } }],
    ['prompts', { prompts: { greeting: prompt, farewell: prompt } }],
  ])('is refused where prompts stand in it, at "%s"', (place, value) => {
    expect(() => refuseWrapped(value)).toThrow(
      `The file is an object, and its prompts stand in it, at "${place}". Send an array of the prompts alone, or one on each line.`,
    );
  });

  it('is refused where it has a prompt under each name', () => {
    expect(() => refuseWrapped({ greeting: prompt, farewell: prompt })).toThrow('stand in it, each under a name. Send');
  });

  it('is let through where it is a prompt, or has a fault of its own', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    for (const value of [
      prompt,
      { title: 'A', messages, steps: [{ a: 1 }] },
      { messages, kind: 'chat' },
      { ...prompt, related: [prompt], another: prompt },
      { title: 'A', steps: [{ a: 1 }] },
      { foo: 1, tags: ['a'] },
      { foo: ['a'] },
      {},
      [],
      [prompt],
      null,
      'prompts',
    ]) {
      expect(() => refuseWrapped(value), JSON.stringify(value)).not.toThrow();
    }
  });

  it('is refused where it is printed over several lines, of which the first is no JSON', () => {
    for (const line of ['{"prompts":[', '{ "prompts" : [ {', '{"prompts":[{"title":"A"},']) {
      expect(() => refuseWrappedLine(line), line).toThrow('stand in it, at "prompts". Send');
    }
    for (const line of ['{"messages":[{', '{"title":"A', '{"foo":["a",', '[', '{"foo":{"a":[{']) {
      expect(() => refuseWrappedLine(line), line).not.toThrow();
    }
  });

  it('is quoted no longer than a message can be', () => {
    const key = `${'\ud800'.repeat(300)}`;
    expect(() => refuseWrapped({ [key]: [prompt] })).toThrow(/^The file is an object, .{1,350}$/);
  });
});
