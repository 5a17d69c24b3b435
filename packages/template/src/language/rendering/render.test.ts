import { describe, expect, it } from 'vitest';
import { type InputSchema, inferInputs } from '../inputs/infer-inputs.ts';
import { parse } from '../parse.ts';
import { TemplateError } from '../template-error.ts';
import type { InputValues } from './plain-values.ts';
import { InputError, render } from './render.ts';

const rendered = (source: string, values: InputValues = {}): string =>
  render(parse(source), values, 'lenient', { now: 0 });

function faultOf(source: string, values: InputValues = {}): string {
  try {
    rendered(source, values);
    return 'none';
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code} ${error.line}:${error.column}`;
  }
}

describe('render', () => {
  it.each<[string, InputValues, string]>([
    ['Hi {{ name }}', { name: 'Ann' }, 'Hi Ann'],
    ['{{ a.b[0].c }}{{ a["b"].first.c }}', { a: { b: [{ c: 1 }] } }, '11'],
    [
      '{% for x in xs %}{{ forloop.index }}{{ x | upcase }}{% unless forloop.last %},{% endunless %}{% endfor %}',
      { xs: ['a', 'b'] },
      '1A,2B',
    ],
    ['{% case x %}{% when 1, 2 %}A{% when 3 or 4 %}B{% else %}C{% endcase %}', { x: 4 }, 'B'],
    ['{% if a contains "b" and c != nil %}x{% endif %}', { a: ['b'], c: 0 }, 'x'],
    ['{% cycle "a", "b" %}{% cycle "a", "b" %}{% increment n %}{% increment n %}', {}, 'ab01'],
    ['{% capture x %}a{{ b }}{% endcapture %}{{ x.size }}{{ x }}', { b: 1 }, '2a1'],
    ['{{ a | default: "x" }}{{ b | default: "y", allow_false: true }}', { b: false }, 'xfalse'],
    [
      '{% tablerow i in (1..2) cols: 1 %}{{ i }}{% endtablerow %}',
      {},
      '<tr class="row1"><td class="col1">1</td></tr><tr class="row2"><td class="col1">2</td></tr>',
    ],
    [
      "{{ '2024-03-01 10:00' | date: '%Y-%m-%d %H:%M %A %z' }} {{ 'now' | date: '%Y' }}",
      {},
      '2024-03-01 10:00 Friday +0000 1970',
    ],
    [
      '{{ d | date_to_string }}, {{ d | date_to_long_string }}, {{ d | date_to_xmlschema }}, {{ d | date_to_rfc822 }}',
      { d: '2026-01-31T09:30:00Z' },
      '31 Jan 2026, 31 January 2026, 2026-01-31T09:30:00+00:00, Sat, 31 Jan 2026 09:30:00 +0000',
    ],
    ["{{ 'now' | date_to_string }}", {}, '01 Jan 1970'],
    ['{{ "%zz" | url_decode }}{{ "!" | base64_decode }}{{ x | slice: 0, 99999999 }}', { x: 'ab' }, '%zz!ab'],
  ])('renders %s', (source, values, text) => expect(rendered(source, values)).toBe(text));

  it('takes the way of nil where an input that case asks for is missing, strictly too', () => {
    const template = parse('{% case a %}{% when "x" %}X{% when nil %}none{% else %}{{ a }}{% endcase %}');
    const inputs = inferInputs([template]);
    const strictly = (values: InputValues) => render(template, values, inputs, { now: 0 });
    expect([strictly({}), strictly({ a: null }), strictly({ a: 'x' }), strictly({ a: 'y' })]).toEqual([
      'none',
      'none',
      'X',
      'y',
    ]);
  });

  it('writes the bytes of half a surrogate pair as those of U+FFFD', () => {
    const source =
      '{{ a | url_encode }} {{ a | cgi_escape }} {{ a | uri_escape }} {{ a | base64_encode }} ' +
      '{{ a | sha256 }} {{ b | sha256 }} {{ "k" | hmac_sha256: a | size }}';
    const written = rendered(source, { a: '\ud800', b: '\ufffd' }).split(' ');
    expect(written.slice(0, 4)).toEqual(['%EF%BF%BD', '%EF%BF%BD', '%EF%BF%BD', '77+9']);
    expect(written[4]).toBe(written[5]);
    expect(written[4]).toHaveLength(64);
    expect(written[6]).toBe('64');
  });

  it('puts values into the text as they are, whatever they hold', () => {
    const markup = '{{ secret }}{% raw %}{% render "x" %}{%- assign secret = 1 -%}';
    expect(
      rendered('{{ a }}|{{ b.c | append: a }}|{% assign d = a %}{{ d }}', { a: markup, b: { c: markup }, secret: 's' }),
    ).toBe(`${markup}|${markup}${markup}|${markup}`);
  });

  it('reads own properties only, and calls nothing', () => {
    const source =
      '{{ a.constructor }}{{ a.__proto__.x }}{{ a.toString }}{{ constructor }}{{ a.b.length.constructor }}';
    expect(rendered(source, { a: { b: 'x' } })).toBe('');
    expect(rendered('{% assign e = empty %}{{ e.constructor }}{{ e.equals }}')).toBe('');
    expect(rendered('{% assign __proto__ = a %}{{ x.polluted }}{{ a.polluted }}', { a: { polluted: 1 }, x: {} })).toBe(
      '1',
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('counts what lies below an input by `size`, and takes it for an input where it stands alone', () => {
    expect(rendered('{{ size }} {{ length }} {{ a.size }}', { size: 'L', length: 3, a: [1, 2] })).toBe('L 3 2');
    expect(rendered('[{{ size }}{{ size | upcase }}{% if size %}x{% endif %}]', { a: 1 })).toBe('[]');
    expect(rendered('{% for size in a %}{{ size }}{% endfor %}', { a: [1, 2] })).toBe('12');
  });

  it('passes over objects where a text or a number is wanted, whatever they hold', () => {
    const values: InputValues = {
      o: { toString: 1, valueOf: 2 },
      xs: [{ toString: 1 }, { a: 1 }],
      n: Object.create(null),
    };
    const source =
      '{{ o | upcase }}{{ o | plus: 1 }}{{ xs | sort | size }}{{ xs | join }}{{ "a" | append: n }}{{ o }}{{ n }}' +
      '{% if o < 1 or empty contains o or "a" contains n or o == n %}x{% endif %}{{ xs | sum: "a" }}';
    expect(rendered(source, values)).toBe('2[object Object][object Object]1');
  });

  it('renders the same again, whatever it rendered before', () => {
    const source = "{{ a | number_of_words: 'auto' }}";
    expect(['汉字 a', '汉', '字 b', '汉字 a'].map((a) => rendered(source, { a }))).toEqual(['3', '1', '2', '3']);
  });

  it('leaves the values that it was given as they were', () => {
    const values = Object.freeze({ n: 1, xs: Object.freeze([3, 1, 2]) });
    expect(rendered('{% increment n %}{% decrement m %}{{ xs | sort | reverse | join }}', values)).toBe('1-13 2 1');
    expect(values).toEqual({ n: 1, xs: [3, 1, 2] });
  });

  it('stops what costs more than one rendering may, where it stands', () => {
    const large = {
      text: 'a'.repeat(1_000_000),
      list: Array.from({ length: 100_000 }, (_, index) => index),
      n: 2 ** 53,
    };
    const loops = '{% for a in (1..1000) %}{% for b in (1..1000) %}';
    const hostile: string[] = [
      `${loops}x{% endfor %}{% endfor %}`,
      `${loops}{% endfor %}{% endfor %}`,
      '{% for a in (1..999999999) %}{% endfor %}',
      '{% assign r = (1..999999999) %}',
      '{% assign a = "aaaaaaaaaa" %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}',
      '{% assign a = "aaaaaaaaaa" %}{% for i in (1..99) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}',
      '{% for i in (1..99) %}{{ text }}{% endfor %}',
      '{{ text | replace: "a", text }}',
      '{{ text | split: "" | join: text }}',
      '{% assign p = text | slice: 0, 500000 | append: "b" %}{% if text contains p %}{% endif %}',
      '{% for i in (1..1000) %}{{ list | sort | first }}{% endfor %}',
      '{% for i in (1..1000) %}{% for x in list reversed limit: 1 %}{% endfor %}{% endfor %}',
      '{% assign a = list %}{% for i in (1..99) %}{% assign g = a | group_by: "x" %}{% assign a = g | concat: g %}{% endfor %}{{ a | json }}',
      "{{ 'now' | date: '%999999999d' }}",
      `{{ 'now' | date: '${'%A'.repeat(20_000)}' }}`,
      `{% for i in (1..1000) %}{% case i %}{% when ${'0, '.repeat(900)} 0 %}{% endcase %}{% endfor %}`,
      `{% for i in (1..1000) %}{% cycle ${"'a', ".repeat(200)} 'b' %}{% endfor %}`,
      `{% for i in (1..1000) %}{{ text ${'| size'.repeat(240)} }}{% endfor %}`,
      `{% for i in (1..5000) %}{% if ${'a or '.repeat(100)} a %}{% endif %}{% endfor %}`,
    ];
    for (const source of hostile)
      expect([source.slice(0, 120), faultOf(source, large).split(' ')[0]]).toEqual([source.slice(0, 120), 'limit']);
    expect(faultOf('a\n{% for i in (1..99) %}{{ text }}{% endfor %}', large)).toBe('limit 2:23');
  });

  it('ends a range that adding one cannot leave', () => {
    expect(faultOf('{% for i in (a..b) %}x{% endfor %}', { a: 2 ** 53, b: 2 ** 53 + 2 })).toBe('none');
    expect(rendered('{% for i in (a..b) %}x{% endfor %}', { a: 'x', b: [1] })).toBe('');
  });
});

describe('strict rendering', () => {
  const inputs = (properties: InputSchema): InputSchema => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });

  it('reports all faults of all values at once', () => {
    expect(() => render(parse('{{ a }}{{ b }}'), {}, inputs({ a: {}, b: {} }))).toThrow(
      '/a: is missing; /b: is missing',
    );
  });

  it('knows no inputs but those that are declared, though the declaration does not say so', () => {
    const declared = { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] };
    expect(render(parse('{{ a }}'), {}, declared)).toBe('x');
    expect(() => render(parse('{{ a }}'), { b: 1 }, declared)).toThrow('/b: is not known here');
  });

  it('takes the default that the schema gives for an input that is missing, at any level', () => {
    const schema = inputs({ a: { default: 'x' }, b: { type: 'object', properties: { c: { default: [1, 2] } } } });
    expect(render(parse('{{ a }}{{ b.c | join }}'), { b: {} }, schema)).toBe('x1 2');
    expect(render(parse('{{ a }}'), { a: 'y', b: {} }, schema)).toBe('y');
  });

  it('refuses, lenient or not, what is no JSON', () => {
    let asked = 0;
    const hostile = {
      f: () => asked++,
      d: new Date(0),
      m: new Map(),
      n: Number.NaN,
      'a/b': [Symbol('x')],
      get g() {
        return asked++;
      },
      deep: { toLiquid: () => asked++ },
    };
    try {
      render(parse('{{ f }}{{ g }}{{ deep }}'), hostile, 'lenient');
      expect.unreachable();
    } catch (error) {
      expect(error instanceof InputError && error.faults.map(({ path }) => path)).toEqual([
        '/f',
        '/d',
        '/m',
        '/n',
        '/a~1b/0',
        '/g',
        '/deep/toLiquid',
      ]);
    }
    expect(asked).toBe(0);
    const round: Record<string, unknown> = {};
    round.again = round;
    expect(() => render(parse('{{ again }}'), round, 'lenient')).toThrow(InputError);
  });
});
