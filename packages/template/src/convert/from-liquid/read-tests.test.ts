import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../json-value.ts';
import { parse } from '../../language/parse.ts';
import { render } from '../../language/rendering/render.ts';
import { convertTo } from './convert-to.ts';
import { readParts } from './read-parts.ts';
import { kindOf } from './values/value-kinds.ts';

const values: (JsonValue | undefined)[] = [
  ...[undefined, null, false, true, 0, 3, -2.5, '', ' ', '\n\t', 'a', '0', [], [0], [''], {}, { a: 1 }],
];

describe('what a condition asks', () => {
  it.each([
    ...['a', 'not a', 'a == nil', 'a != nil', 'a == true', 'a != false', 'a == empty', 'a != empty', 'a == blank'],
    ...['a != blank', 'a == ""', 'a != ""', 'a == 0', '0 != a', 'a == (1..0)', 'a != (1..0)', 'a and a != ""'],
    ...['a == nil or a == false or a == empty', 'a and a != "" and a != 0 and a != (1..0)', 'not a or a == 0'],
    ...['a.size > 0', 'a.size >= 1', 'a.size == 0', 'a.size != 0', 'a.size < 1', 'a.size <= 0', '0 < a.size'],
  ])('%s is true for the kinds of values for which it renders', (condition) => {
    const source = `{% if ${condition} %}yes{% endif %}`;
    const [part] = readParts(source, { type: 'object', properties: {} });
    const kinds = part?.kind === 'choice' && part.test.kind === 'is' ? part.test.kinds : null;
    const template = parse(source);
    for (const value of values) {
      const isTrue = render(template, { a: value }, 'lenient') === 'yes';
      expect([value, kinds === null ? null : (kinds & kindOf(value)) !== 0]).toEqual([value, isTrue]);
    }
  });
});

const typed = (properties: JsonValue): JsonValue => ({ type: 'object', properties });
const everything = typed({
  name: { type: 'string' },
  vip: { type: 'boolean' },
  tags: { type: 'array', items: { type: 'string' } },
  who: { type: 'object', properties: { name: { type: 'string' } } },
  sure: { type: 'string' },
  long: { type: 'string', minLength: 1 },
});

describe('convertTo', () => {
  it.each([
    ['dotprompt', '{% if sure %}b{% endif %}', 'b'],
    [
      'handlebars',
      '{% if true %}a\\{% endif %}b{% unless sure %}c{% else %}{{ sure }}{% endunless %}',
      'a\\b{{{sure}}}',
    ],
    [
      'jinja2',
      '{% if sure and sure != nil %}a{% elsif vip %}b{% endif %}{% case sure %}{% when "a" %}c{% endcase %}',
      'a{% if sure == "a" %}c{% endif %}',
    ],
    ['mustache', '{{ sure | default: "x" }}', '{{#sure}}{{{sure}}}{{/sure}}{{^sure}}x{{/sure}}'],
    ['mustache', '{{ long | default: "x" }}{% if sure == nil or long == "" %}y{% endif %}', '{{{long}}}'],
    ['mustache', 'a\n  \n{{ sure }} {{ long }}\n', 'a\n  \n{{{sure}}} {{{long}}}\n'],
    ['handlebars', '{% if vip %}a{% else %}b{% endif %}', '{{#if vip}}a{{else}}b{{/if}}'],
    ['handlebars', '{% unless name and name != "" %}a{% endunless %}', '{{#unless name}}a{{/unless}}'],
    [
      'handlebars',
      '{% for x in tags %}\n{{ x }}{{ vip }}{% endfor %}',
      '{{#each tags as |x|}}{{!}}\n{{{x}}}{{{@root.vip}}}{{/each}}',
    ],
    ['dotprompt', '{% if name == "a" and vip %}b{% endif %}', '{{#ifEquals name "a"}}{{#if vip}}b{{/if}}{{/ifEquals}}'],
    [
      'mustache',
      '{% if vip %}a\n{% endif %}{% for x in tags %}{{ x }}{% else %}-{% endfor %}',
      '{{#vip}}a\n{{/vip}}{{#tags}}{{{.}}}{{/tags}}{{^tags}}-{{/tags}}',
    ],
    [
      'jinja2',
      '{% if name %}a{% elsif vip %}b{% endif %}',
      '{% if name is defined and name is not none %}a{% elif vip %}b{% endif %}',
    ],
    [
      'jinja2',
      '{% if name != blank %}{{ name | default: "you" }}{% endif %}',
      '{% if name and name | trim %}{{ name | default("you", true) }}{% endif %}',
    ],
    [
      'nunjucks',
      '{% for x in tags %}{{ forloop.index }}{{ x | upcase }}{% endfor %}',
      '{% for x in tags %}{{ loop.index }}{{ x | upper }}{% endfor %}',
    ],
    ['nunjucks', '{% if name == "" %}a{% endif %}', '{% if name == "" %}a{% endif %}'],
  ] as const)('writes %s of %j', (dialect, source, text) => {
    const schema = { ...(everything as object), required: ['tags', 'sure', 'long'] } as JsonValue;
    expect(convertTo(dialect, source, schema)).toEqual({ text, warnings: [] });
  });

  it.each([
    ['handlebars', 'a\n {% if name %}b{% endif %}', 2, 2, '"name" cannot be asked'],
    ['handlebars', '{{ vip }}{% capture x %}{% endcapture %}', 1, 10, 'capture'],
    ['handlebars', '{{ name | upcase }}', 1, 1, 'upcase'],
    ['handlebars', '{% if name == "a" %}b{% endif %}', 1, 1, 'no comparisons'],
    ['handlebars', '{{ other }}{{ vip }}', 1, 12, 'adds'],
    ['dotprompt', '{% for x in other %}{{ x }}{% endfor %}', 1, 1, 'no list'],
    ['dotprompt', '{% for x in tags limit: 2 %}{{ x }}{% endfor %}', 1, 1, 'limit'],
    ['mustache', '{% if name %}b{% endif %}', 1, 1, '"name" cannot be asked'],
    ['mustache', 'a\n  {% if vip %}\nb{% endif %}', 2, 3, 'alone on its line'],
    ['mustache', '{% assign x = name %}', 1, 1, 'given a name'],
    ['jinja2', '{% for x in tags %}{{ forloop.last }}{% endfor %}', 1, 20, 'True'],
    ['jinja2', '{% assign name = vip %}', 1, 1, 'an input and a name'],
    ['jinja2', '{% if vip > 3 %}b{% endif %}', 1, 1, 'no number'],
    ['jinja2', '{{ name | append: "x" }}', 1, 1, 'append'],
    ['jinja2', '{% if name | size %}b{% endif %}', 1, 1, 'a filter in a condition'],
    ['jinja2', '{{ who.name }}', 1, 1, 'missing'],
    ['jinja2', '{{ name', 1, 1, 'no template'],
    // There false, 0 and an empty list are equal to "" as well.
    ['nunjucks', '{% if other == "" %}a{% endif %}', 1, 1, '"other" cannot be asked'],
  ] as const)('refuses %s of %j with the place', (dialect, source, line, column, reason) => {
    expect(convertTo(dialect, source, everything, { escape: dialect !== 'handlebars' })).toEqual({
      refused: { line, column, reason: expect.stringContaining(reason) },
    });
  });

  it('looks up no name in an element that may be null, where mustache.js would fail', () => {
    const source = '{% for x in items %}{{ x.title }}{% endfor %}';
    const item = { properties: { title: { type: 'string' } }, required: ['title'], additionalProperties: false };
    const of = (type: JsonValue) =>
      convertTo('mustache', source, typed({ items: { type: 'array', items: { ...item, type } } }), { escape: false });
    expect(of('object')).toEqual({ text: '{{#items}}{{title}}{{/items}}', warnings: [] });
    expect(of(['object', 'null'])).toMatchObject({
      refused: { line: 1, column: 21, reason: expect.stringContaining('null') },
    });
  });

  it('writes no body over and over', () => {
    const source = `{% if ${Array.from({ length: 12 }, (_, index) => `f${index}`).join(' or ')} %}${'long '.repeat(500)}{% endif %}`;
    const flags = Array.from({ length: 12 }, (_, index) => [`f${index}`, { type: 'boolean' }]);
    expect(convertTo('handlebars', source, typed(Object.fromEntries(flags)))).toEqual({
      refused: { line: 1, column: 1, reason: expect.stringContaining('too often') },
    });
  });
});
