import { describe, expect, it } from 'vitest';
import { readPrompts } from '../read-prompts.ts';
import { partialIn, readDotpromptFiles } from './dotprompt-files.ts';
import { outlineOf } from './outline.ts';

/** What becomes of each file: its text, or why it is refused. */
async function read(files: Readonly<Record<string, string>>): Promise<Record<string, string | undefined>> {
  const given = Object.entries(files).map(([name, text]) => ({ name, text }));
  const done = await readDotpromptFiles(given, {
    outline: async (file) => outlineOf(given[file]?.text ?? ''),
    read: async (file, partials) => readPrompts('dotprompt', given[file]?.text ?? '', { partials }),
    partial: async (content) => partialIn(content),
    referenceOf: (file) => given[file]?.name.replace(/_?([^/]+)\.prompt$/, '$1') ?? null,
  });
  return Object.fromEntries(
    done.map(({ document: { prompts, refusals } }, file) => {
      const [{ content = null } = {}] = prompts;
      const [{ line, column, message } = { line: 0, column: 0, message: '' }] = refusals;
      return [given[file]?.name, content ?? `${line}:${column} ${message}`];
    }),
  );
}

describe('a partial', () => {
  it('is the prompt that its file becomes, whatever the order of the files', async () => {
    const files = { 'main.prompt': 'Say {{> greet}}!', '_greet.prompt': 'hi {{name}}\n' };
    const expected = { 'main.prompt': 'Say {% render "greet" %}!', '_greet.prompt': 'hi {{ name }}\n' };
    expect(await read(files)).toEqual(expected);
    expect(await read(Object.fromEntries(Object.entries(files).reverse()))).toEqual(expected);
  });

  it('reads its names in the context of where it stands, and what it is given by name comes before', async () => {
    const files = {
      '_card.prompt': '{{title}} by {{author}}{{#if note}}: {{note}}{{/if}}',
      'a.prompt': '{{> card author=writer note="new" other=x}}',
      'b.prompt': 'All: {{#each books}}{{> card}}, {{/each}}',
      'c.prompt': 'One: {{> card best.book author="A"}}',
      'd.prompt': '{{#with book}}It is {{> card @root}}{{/with}}',
    };
    expect(await read(files)).toMatchObject({
      'a.prompt': '{% render "card", author: writer, note: "new" %}',
      'b.prompt':
        'All: {% for item in books %}{% render "card", title: item.title, author: item.author, note: item.note %}, {% endfor %}',
      'c.prompt': 'One: {% render "card", title: best.book.title, author: "A", note: best.book.note %}',
      'd.prompt': expect.stringMatching(/It is \{% render "card" %\}/),
    });
  });

  it('hands on what it was given itself', async () => {
    const files = {
      '_outer.prompt': 'Dear {{> inner}}.',
      '_inner.prompt': '{{name}}!',
      'a.prompt': '{{> outer name=x}}.',
    };
    expect(await read(files)).toMatchObject({
      '_outer.prompt': 'Dear {% render "inner", name: name %}.',
      'a.prompt': '{% render "outer", name: x %}.',
    });
  });

  it('is the one in the same folder, with its mark first, and no other than one', async () => {
    const files = {
      'a/_card.prompt': '1',
      'a/card.prompt': '2',
      'b/_card.prompt': '3',
      'a/main.prompt': '{{> card}}.',
      'main.prompt': '{{> b/card}}.',
      'c/main.prompt': '\n{{> card}}.',
    };
    expect(await read(files)).toMatchObject({
      'a/main.prompt': '{% render "a/card" %}.',
      'main.prompt': '{% render "b/card" %}.',
      'c/main.prompt': '2:1 A partial cannot be included: several files are called "card".',
    });
  });
});

it('gives a partial literals of every kind as they are written here', async () => {
  const files = {
    '_all.prompt': '{{t}} {{n}} {{i}} {{yes}} {{no}} {{other}} {{none}}',
    'a.prompt': '{{> all t="a b" n=-1.5 i=7 yes=true no=false other=null none=undefined}}',
  };
  expect(await read(files)).toMatchObject({
    'a.prompt': '{% render "all", t: "a b", n: -1.5, i: 7, yes: true, no: false, other: nil, none: nil %}',
  });
});

describe('what is refused of partials', () => {
  it.each([
    ['that are not there', '{{> x}}', 'no file of this import is called "x"'],
    ['that have front matter', '{{> head}}', '"head" has front matter'],
    ['that make messages', '{{> turns}}', '"turns" makes messages'],
    ['that read all inputs by "@root"', '{{> root}}', '"root" reads "@root"'],
    ['that are blank', '{{> blank}}', '"blank" is blank'],
    ['that are refused themselves', '{{> bad}}', '"bad" is refused itself'],
    ['that are chosen by a value', '{{> (lookup . "x")}}', 'depends on a value'],
    ['with a block', '{{#> turns}}x{{/turns}}', 'partial'],
    ['that a value would be added to', '{{> number}}{{y}}', 'adds this value'],
    ['that include themselves', '{{> one}}', '"one" is refused itself'],
  ])('%s is said with its place', async (_, tag, reason) => {
    const files = {
      'main.prompt': `a\n ${tag}`,
      '_head.prompt': '---\nmodel: x\n---\ny',
      '_turns.prompt': '{{role "system"}}x',
      '_root.prompt': 'x {{@root.y}}',
      '_blank.prompt': ' \n',
      '_bad.prompt': '{{#each}}',
      '_number.prompt': '{{x}}',
      '_one.prompt': 'x {{> two}}',
      '_two.prompt': 'y\n{{> one}}',
    };
    const start = tag.includes('number') ? `${tag}` : `a\nb ${tag}`;
    const found = await read({ ...files, 'main.prompt': start });
    expect(found['main.prompt']).toContain(reason);
    expect(found['main.prompt']).toMatch(tag.includes('number') ? /^1:/ : /^2:3 /);
    expect(found['_two.prompt']).toBe(
      '2:1 A partial cannot be included: "one" includes itself, by way of what it includes.',
    );
  });

  it('is white space before one, which would stand before each of its lines', async () => {
    const found = await read({ '_card.prompt': 'x', 'a.prompt': 'a\n  {{> card}}\nb', 'b.prompt': 'a\n{{> card}}\nb' });
    expect(found).toMatchObject({
      'a.prompt': expect.stringMatching(/^2:3 White space/),
      'b.prompt': 'a\n{% render "card" %}b',
    });
  });

  it('is a depth over five', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`_p${at}.prompt`, at === 0 ? 'end' : `.{{> p${at - 1}}}`]),
    );
    const found = await read(files);
    expect(found['_p5.prompt']).toContain('render');
    expect(found['_p6.prompt']).toContain('more than 5 prompts lie in one another');
    expect(found['_p7.prompt']).toContain('"p6" is refused itself');
  });
});
