// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of prompts.chat look like those of JavaScript
import { describe, expect, it } from 'vitest';
import { convert, type Dialect } from './convert.ts';

const textOf = (dialect: Dialect, source: string) => {
  const conversion = convert(dialect, source, { escape: false });
  return 'text' in conversion ? conversion.text : conversion.refused;
};

describe('Handlebars', () => {
  it.each([
    ['Hello {{name}}!', 'Hello {{ name }}!'],
    [
      '{{#each items}}{{@index}}: {{title}}\n{{/each}}',
      '{% for item in items %}{{ forloop.index0 }}: {{ item.title }}\n{% endfor %}',
    ],
    [
      '{{#with person}}{{name}} {{../name}}{{/with}}',
      '{% if person and person != "" and person != (1..0) %}{{ person.name }} {{ name }}{% endif %}',
    ],
    [
      '{{#each xs as |x i|}}{{i}} {{x}}{{else}}none{{/each}}',
      '{% for x in xs %}{{ forloop.index0 }} {{ x }}{% else %}none{% endfor %}',
    ],
    ['a{{! note }}b{{!-- {{name}} --}}c', 'abc'],
    ['\\{{name}}', '{{ "{{" }}name}}'],
    ['a {{~#if ok~}} b {{~/if~}} c', 'a{% if ok and ok != "" and ok != 0 and ok != (1..0) %}b{% endif %}c'],
  ])('writes %j as Liquid', (source, liquid) => {
    expect(textOf('handlebars', source)).toBe(liquid);
  });

  it.each([
    ['a\n {{> card}}', 2, 2, 'partial'],
    ['{{shout name}}', 1, 1, 'helper'],
    ['{{#if a}}', 1, 8, 'end of the template'],
    ['\n{{#if a}}{{/each}}', 2, 4, "doesn't match"],
    ['{{#list}}{{name}}{{/list}}', 1, 1, '#each'],
    ['{{#each xs}}{{#each ../ys}}{{../name}}{{/each}}{{/each}}', 1, 28, '@root'],
    ['{{#each xs}}{{@key}}{{/each}}', 1, 13, '@key'],
    ['{{item.size}}', 1, 1, 'size'],
    ['{{constructor}}', 1, 1, 'meaning of its own'],
    ['{{"text"}}', 1, 1, 'literal'],
    ['{{this}}', 1, 1, 'all inputs'],
    ['{{a}}{{b}}', 1, 6, 'adds'],
  ])('refuses %j with the place', (source, line, column, reason) => {
    expect(textOf('handlebars', source)).toEqual({ line, column, reason: expect.stringContaining(reason) });
  });

  it('escapes for HTML unless told otherwise, and says so', () => {
    expect(convert('handlebars', '{{a}}')).toEqual({
      text: expect.stringContaining('| replace: "=", "&#x3D;" }}'),
      warnings: [expect.stringContaining('HTML')],
    });
    expect(convert('handlebars', '{{{a}}}')).toEqual({ text: '{{ a }}', warnings: [] });
  });
});

describe('Mustache', () => {
  it('leaves plain values as they are', () => {
    expect(textOf('mustache', 'Hello {{name}}, {{ person.city }}')).toBe('Hello {{ name }}, {{ person.city }}');
  });

  it('asks the values what a section is, and where a name is found', () => {
    expect(textOf('mustache', '{{#items}}{{name}}{{/items}}')).toBe(
      '{% if items and items != "" and items != 0 and items != (1..0) %}{% assign list = items | concat: (1..0) %}' +
        '{% for item in list %}{% if item.name != nil %}{{ item.name }}{% else %}{{ name }}{% endif %}{% endfor %}{% endif %}',
    );
  });

  it.each([
    ['a\n{{> card}}', 2, 1, 'partial'],
    ['a\n{{#open}}', 2, 10, 'open'],
    ['{{first name}}', 1, 1, 'no name'],
    ['{{.}}', 1, 1, 'all inputs'],
    ['{{#a}}{{length}}{{/a}}', 1, 7, 'every list'],
  ])('refuses %j with the place', (source, line, column, reason) => {
    expect(textOf('mustache', source)).toEqual({ line, column, reason: expect.stringContaining(reason) });
  });
});

describe('Jinja', () => {
  it.each([
    ['Hello {{ user.name }}{# note #}', 'Hello {{ user.name }}'],
    [
      '{% for m in messages %}{{ loop.index }}. {{ m.text }}\n{% endfor %}',
      '{% for m in messages %}{{ forloop.index }}. {{ m.text }}\n{% endfor %}',
    ],
    ['{% if a %}1{% endif %}', '{% if a and a != empty and a != 0 %}1{% endif %}'],
    ['{% if not a %}1{% endif %}', '{% unless a and a != empty and a != 0 %}1{% endunless %}'],
    [
      "{% if t == 'x' or n > 2 %}1{% elif t is defined %}2{% else %}3{% endif %}",
      '{% if t == "x" or n > 2 %}1{% elsif t != nil %}2{% else %}3{% endif %}',
    ],
    [
      '{% if a or b == 1 %}1{% endif %}',
      '{% assign is = a and a != empty and a != 0 %}{% if is or b == 1 %}1{% endif %}',
    ],
    [
      '{% if not a or b == 1 %}1{% endif %}',
      '{% if a == nil or a == false or a == empty or a == 0 or b == 1 %}1{% endif %}',
    ],
    ['{% if items | length > 0 %}1{% endif %}', '{% if items.size > 0 %}1{% endif %}'],
    ['{% set a = "1\\t2\\r\\n3" %}{{ a }}', '{% assign a = "1\t2\\r\\n3" %}{{ a }}'],
    [`{% set a = "it\\'s \\\\" %}{{ a }}`, `{% assign a = "it's \\\\" %}{{ a }}`],
    ['{{ name | default("you") }}', '{% if name != nil %}{{ name }}{% else %}you{% endif %}'],
    ['{% set tone = "dry" %}{{ tone | upper }}', '{% assign tone = "dry" %}{{ tone | upcase }}'],
    ['{{ "{{ x }}" }}{% raw %}{% y %}{% endraw %}', '{{ "{{" }} x }}{{ "{%" }} y %}'],
    ['a  {%- if b -%}  c  {%- endif %} d\r\n', 'a{% if b and b != empty and b != 0 %}c{% endif %} d'],
  ])('writes %j as Liquid', (source, liquid) => {
    expect(textOf('jinja2', source)).toBe(liquid);
  });

  it.each([
    ['a\n  {% include "b" %}', 2, 3, 'include'],
    ['{{ f(1) }}', 1, 5, '"("'],
    ['a\n{{ "b\\q" }}', 2, 4, '"\\q" in a text'],
    ['{{ x | tojson }}', 1, 8, 'tojson'],
    ["{{ x | replace('', '-') }}", 1, 8, '"replace"'],
    ['{{ a ~ b }}', 1, 6, '"~"'],
    ['{% if x is none %}{% endif %}', 1, 9, 'none'],
    ['{% if x | length > 3 %}{% endif %}', 1, 11, 'more than 0'],
    ['{% for k, v in x %}{% endfor %}', 1, 9, '","'],
    ['{% for x in y %}{% set z = x %}{% endfor %}', 1, 17, 'set in a loop'],
    ['{% for x in y %}{{ loop.last }}{% endfor %}', 1, 17, 'True'],
    ['{% for loop in y %}{{ loop }}{% endfor %}', 1, 1, 'name of the engine'],
    ['{% for range in y %}{{ range }}{% endfor %}', 1, 1, 'name of the engine'],
    ['{% for x in y %}{% else %}{{ x.a }}{% endfor %}', 1, 17, 'nothing in the "else"'],
    [
      '{% for x in y %}{% for x in z %}{% else %}{% if x %}{% endif %}{% endfor %}{% endfor %}',
      1,
      33,
      'nothing in the "else"',
    ],
    ['{{ d.items }}', 1, 4, 'method'],
    ['{% if x %}', 1, 1, 'not closed'],
    ['{% endif %}', 1, 1, 'closes no'],
    ['{% else %}', 1, 1, 'in no block'],
    ['{% elif x %}', 1, 1, 'in no "if"'],
    ['{{ x', 1, 1, 'not closed'],
    ['{{ "x }}', 1, 4, 'not closed'],
    ['{{ }}', 1, 4, 'missing'],
    ['{{ range }}', 1, 4, 'function'],
  ])('refuses %j with the place', (source, line, column, reason) => {
    expect(textOf('jinja2', source)).toEqual({ line, column, reason: expect.stringContaining(reason) });
  });

  it('takes lists for true where Nunjucks does, and prints booleans', () => {
    expect(textOf('nunjucks', '{% for x in y %}{% if x %}{{ loop.last }}{% endif %}{% endfor %}')).toBe(
      '{% for x in y %}{% if x and x != "" and x != 0 %}{{ forloop.last }}{% endif %}{% endfor %}',
    );
  });
});

describe('f-strings', () => {
  it.each([
    ['Hello {name}', 'Hello {{ name }}'],
    ['{size} {length}', '{{ size }} {{ length }}'],
    ['{{"a": {value}}}', '{"a": {{ value }}}'],
    ['{{{{ x }}}}', '{{ "{{" }} x }}'],
    ['{{{name}}}', '{{ "{" }}{{ name }}}'],
    ['{{% if %}}', '{{ "{%" }} if %}'],
  ])('writes %j as Liquid', (source, liquid) => {
    expect(textOf('f-string', source)).toBe(liquid);
  });

  it.each([
    ['a\nb {name', 2, 3, 'not closed'],
    ['a}', 1, 2, 'closes nothing'],
    ['{price:.2f}', 1, 1, 'price:.2f'],
    ['{}', 1, 1, 'no name'],
    ['{true}', 1, 1, 'meaning of its own'],
  ])('refuses %j with the place', (source, line, column, reason) => {
    expect(textOf('f-string', source)).toEqual({ line, column, reason: expect.stringContaining(reason) });
  });
});

describe('prompts.chat', () => {
  it.each([
    ['Act as ${role}', 'Act as {{ role }}'],
    ['${Position:Software Developer} now', '{{ Position | default: "Software Developer" }} now'],
    ['${a: say "hi" \\ %} ', '{{ a | default: "say \\"hi\\" \\\\ %" }} '],
    ['$5 ${1} ${} ${a b', '$5 ${1} ${} ${a b'],
    ['${a:}', '{{ a | default: "" }}'],
    ['{{x}} {% y %}', '{{ "{{" }}x}} {{ "{%" }} y %}'],
  ])('writes %j as Liquid', (source, liquid) => {
    expect(textOf('prompts.chat', source)).toBe(liquid);
  });

  it('says which names it changed, and refuses two that would be one', () => {
    expect(convert('prompts.chat', '${job title} ${job title}')).toEqual({
      text: '{{ job_title }} {{ job_title }}',
      warnings: ['"job title" is now "job_title".'],
    });
    expect(textOf('prompts.chat', '${a b}\n ${a_b}')).toMatchObject({ line: 2, column: 2 });
  });
});

describe('hostile sources', () => {
  it.each<[Dialect, string]>([
    ['handlebars', '{{#if a}}'.repeat(5_000) + '{{/if}}'.repeat(5_000)],
    ['handlebars', `a${'\n'.repeat(100_000)}b{{#if a}}{{/if}}`],
    ['handlebars', `{{#if a}}${'{{else if a}}'.repeat(5_000)}{{/if}}`],
    ['mustache', '{{#a}}'.repeat(5_000) + '{{/a}}'.repeat(5_000)],
    ['mustache', `{{${' '.repeat(100_000)}`],
    ['jinja2', '{% if a %}'.repeat(5_000)],
    ['jinja2', `{{ ${'('.repeat(5_000)}`],
    ['jinja2', `{{ ${'('.repeat(5_000)}a${')'.repeat(5_000)} }}`],
    ['f-string', '{'.repeat(400_001)],
    ['prompts.chat', 'x'.repeat(400_001)],
  ])('refuses %s that is too much', (dialect, source) => {
    expect(convert(dialect, source)).toHaveProperty('refused');
  });
});

it('takes a section of a mere true for none of its own, as mustache.js does', () => {
  expect(textOf('mustache', '{{#name}}{{{.}}}{{/name}}')).toContain(
    '{% if name == true %}[object Object]{% else %}{{ item }}{% endif %}',
  );
});

it('takes what a section of a dot is about from around a section of a mere true', () => {
  expect(textOf('mustache', '{{#a}}{{#b}}{{#.}}x{{/.}}{{/b}}{{/a}}')).toContain('{% assign found2 = item %}');
});
