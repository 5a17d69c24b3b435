import { describe, expect, it } from 'vitest';
import { link } from '../includes.ts';
import { parse } from '../parse.ts';
import { type InputSchema, inferInputs } from './infer-inputs.ts';
import { mergeInputs } from './merge-inputs.ts';
import { promptInputs } from './prompt-inputs.ts';

const anyText = ['string', 'number', 'boolean'];
const inputsOf = (source: string): InputSchema => inferInputs([parse(source)]);

/** As `name: type`, with `?` where it may be missing; objects in braces, lists in brackets. */
function shown(schema: InputSchema): string {
  const type = [schema.type ?? 'any'].flat().filter((name) => name !== 'null');
  const properties = Object.entries((schema.properties ?? {}) as Record<string, InputSchema>);
  const required = (schema.required ?? []) as string[];
  const open = schema.additionalProperties === false ? '' : '…';
  return type
    .map((name) => {
      if (name === 'object')
        return `{${properties.map(([key, value]) => `${key}${required.includes(key) ? '' : '?'}: ${shown(value)}`).join(', ')}${open}}`;
      if (name === 'array') return `[${schema.items === undefined ? '' : shown(schema.items as InputSchema)}]`;
      return String(name);
    })
    .join('|')
    .replace('string|number|boolean', 'text');
}

describe('inferInputs', () => {
  it('says of a name that is printed that it is a text, a number or a truth value, and must be there', () => {
    expect(inputsOf('Hi {{ name }}')).toEqual({
      type: 'object',
      properties: { name: { type: anyText } },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it.each([
    ['no input', 'x {{ "a" }}{% assign b = 1 %}{{ b }}', '{}'],
    ['a nested path', '{{ user.name.given }}', '{user: {name: {given: text}}}'],
    [
      'hostile names',
      '{{ constructor }}{{ __proto__ }}{{ a.toString }}',
      '{constructor: text, __proto__: text, a: {toString: text}}',
    ],
    ['a list', '{% for x in xs %}{{ x.title }}{% endfor %}', '{xs: [{title: text}]}'],
    [
      'lists in lists',
      '{% for r in rows %}{% for c in r.cells %}{{ c }}{% endfor %}{% endfor %}',
      '{rows: [{cells: [text]}]}',
    ],
    ['an index', '{{ xs[0].a }}{{ ys.first.b }}', '{xs: [{a: text}], ys: [{b: text}]|{first: {b: text}}}'],
    ['a computed key', '{{ m[key] }}', '{m: []|{…}, key: text}'],
    ['a range', '{% for i in (1..n) %}{{ i }}{% endfor %}', '{n: integer}'],
    ['a size', '{{ xs.size }}', '{xs: string|[]|{…}}'],
    ['inputs that are called so', '{{ size }}{{ length }}{{ last }}', '{size: text, length: text, last: text}'],
    ['arithmetic', '{{ price | times: count | plus: 1 }}', '{price: number, count: number}'],
    ['a comparison', '{% if n > 3 %}x{% endif %}', '{n: number}'],
    [
      'a comparison with a text or a number',
      '{% if a == "x" and b != 5 and 7 == c %}x{% endif %}',
      '{a: text, b: text, c: text}',
    ],
    [
      'whether there is anything',
      '{% if a != "" and b != 0 and c != (1..0) and d == empty %}x{% endif %}',
      '{a: any, b: any, c: any, d: any}',
    ],
    ['a date', '{{ d | date: "%Y" }}', '{d: string|number}'],
    ['a filter of lists', '{{ xs | map: "name" | join: ", " }}', '{xs: [{name: text}]}'],
    [
      'an element that a filter finds',
      '{% assign x = xs | where: "tier", 1 | first %}{{ x.name }}',
      '{xs: [{tier: any, name: text}]}',
    ],
    ['a value that is written whole alone', '{{ doc | json }}', '{doc: any}'],
    ['a value that is written whole', '{{ doc | json }}{{ doc.id }}', '{doc: {id: text…}}'],
    ['arguments', '{{ "a" | replace: b, c }}', '{b: text, c: text}'],

    ['default', '{{ a | default: "x" }}', '{a?: text}'],
    ['default behind a filter', '{{ a.b | upcase | default: "x" }}', '{a?: {b?: text}}'],
    ['another input as default', '{{ nick | default: name }}', '{nick?: text, name: text}'],
    ['one default behind another', '{{ a | default: b | default: c }}', '{a?: text, b?: text, c: text}'],
    [
      'a part of what may be the default',
      '{% assign u = user | default: other %}{{ u.name }}',
      '{user?: {name: text}, other: {name: text}}',
    ],
    [
      'an element of what may be the default',
      '{% assign l = xs | default: ys %}{% for x in l %}{{ x.a }}{% endfor %}{{ l | map: "b" | join }}',
      '{xs?: [{a: text, b: text}], ys: [{a: text, b: text}]}',
    ],
    ['what may be the default, written whole', '{{ a | default: b | json }}{{ b.c }}', '{a?: any, b: {c: text…}}'],
    ['a condition on itself', '{% if notes %}{{ notes }}{% endif %}', '{notes?: text}'],
    ['a condition on a part', '{% if user.vip %}{{ user.name }}{% endif %}', '{user?: {vip?: any, name: text}}'],
    ['a condition on the whole', '{% if user %}{{ user.name }}{% endif %}', '{user?: {name: text}}'],
    [
      'a condition around a loop',
      '{% if a %}{% for x in xs %}{{ a }}{{ x }}{% endfor %}{% endif %}',
      '{a?: text, xs: [text]}',
    ],
    ['a condition on another input', '{% if a %}{{ b }}{% endif %}', '{a?: any, b: text}'],
    ['use on both sides', '{{ a }}{% if a %}{{ a }}{% endif %}', '{a: text}'],
    ['and', '{% if a and a.b == "x" %}{{ a.c }}{% endif %}', '{a?: {b: text, c: text}}'],
    ['or', '{% if a or b %}{{ a }}{% endif %}', '{a: text, b?: any}'],
    ['not', '{% if not a %}-{% else %}{{ a }}{% endif %}', '{a?: text}'],
    [
      'nil and blank',
      '{% if a != nil %}{{ a }}{% endif %}{% if b == blank %}-{% else %}{{ b }}{% endif %}',
      '{a?: text, b?: text}',
    ],
    [
      'what decides, where one of the answers is that there is none',
      '{% case a.b %}{% when "x" %}{{ a.b }}{% when nil %}-{% else %}{{ a.b }}{{ a.c }}{% endcase %}',
      '{a?: {b?: text, c: text}}',
    ],
    [
      'what decides, and is read where there may be none',
      '{% case a %}{% when nil %}{{ a }}{% endcase %}{% case b %}{% when blank, 1 %}{% else %}{{ b }}{% endcase %}',
      '{a: text, b?: text}',
    ],
    [
      'unless and elsif',
      '{% unless a %}-{% elsif b %}{{ a }}{{ b }}{% else %}{{ a }}{% endunless %}',
      '{a?: text, b?: text}',
    ],
    [
      'a value that decides',
      '{% if tier == "gold" %}x{% endif %}{% case k %}{% when 1 %}{% endcase %}',
      '{tier: text, k: text}',
    ],
    [
      'a condition on an element',
      '{% for x in xs %}{% if x.a %}{{ x.a }}{% endif %}{% endfor %}',
      '{xs: [{a?: text}]}',
    ],
    [
      'what is known of another element',
      '{% for x in xs %}{% if x.a %}{% for y in xs %}{{ y.a }}{% endfor %}{% endif %}{% endfor %}',
      '{xs: [{a: text}]}',
    ],

    [
      'a name that is assigned',
      '{% assign u = user %}{{ u.name }}{% if u.a %}{{ u.a }}{% endif %}',
      '{user: {name: text, a?: text}}',
    ],
    [
      'a name that is assigned where it is missing',
      '{% unless tone %}{% assign tone = "kind" %}{% endunless %}{{ tone }}',
      '{tone?: text}',
    ],
    ['a name that only some ways assign', '{% if a %}{% assign g = 1 %}{% endif %}{{ g }}', '{a?: any}'],
    [
      'a name that a loop assigns for its next turn',
      '{% for x in xs %}{{ sep }}{{ x }}{% assign sep = "," %}{% endfor %}',
      '{xs: [text]}',
    ],
    ['a name that is captured', '{% capture z %}{{ q }}{% endcapture %}{{ z }}', '{q: text}'],
    [
      'a name that hides an input in a loop only',
      '{% for x in xs %}{{ x }}{% endfor %}{{ x.y }}',
      '{xs: [text], x: {y: text}}',
    ],
  ])('follows %s: %s', (_name, source, inputs) => expect(shown(inputsOf(source))).toBe(inputs));

  it('adds what included prompts need, as far as they are not given it', () => {
    const sources: Record<string, string> = { tone: '{{ tone }}{{ name }}{% render "deep" %}', deep: '{{ depth }}' };
    const template = link(parse('{{ a }}{% render "tone", name: user.name %}'), (key) => ({
      key,
      source: sources[key] ?? '',
    }));
    expect(shown(inferInputs([template]))).toBe('{a: text, user: {name: text}, tone: text, depth: text}');
  });

  it('says of them what their prompts declare, unless the prompt itself does, and keeps what it declares of its own', () => {
    const declared: Record<string, InputSchema> = {
      tone: { properties: { tone: { enum: ['warm', 'cool'] }, depth: { maximum: 3 }, unread: {} } },
      deep: { properties: { depth: { maximum: 5 }, size: { maximum: 7 } } },
    };
    const sources: Record<string, string> = { tone: '{{ tone }}{% render "deep" %}', deep: '{{ depth }}{{ size }}' };
    const template = link(parse('{{ own }}{{ said }}{% render "tone" %}'), (key) => ({
      ...{ key, source: sources[key] ?? '', declared: declared[key] },
    }));
    const { schema } = promptInputs(template, { properties: { own: { maximum: 1 }, size: { maximum: 9 } } });
    expect(schema.properties).toMatchObject({
      ...{ own: { maximum: 1 }, size: { maximum: 9 } },
      ...{ tone: { enum: ['warm', 'cool'] }, depth: { maximum: 3 } },
    });
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(['depth', 'own', 'said', 'size', 'tone']);
  });

  it('follows elements into a prompt that is included for each', () => {
    const template = link(parse('{% render "row" for rows as row %}'), () => ({
      key: 'row',
      source: '{{ row.a }}{{ forloop.index }}',
    }));
    expect(shown(inferInputs([template]))).toBe('{rows: [{a: text}]}');
  });

  it('adds the lists that placeholders name', () => {
    expect(inferInputs([], [{ name: 'history', schema: { type: 'array' } }])).toMatchObject({ required: ['history'] });
  });
});

describe('mergeInputs', () => {
  const merged = (source: string, declared: InputSchema) => mergeInputs(inputsOf(source), declared);

  it('narrows by what the author declares, and keeps descriptions', () => {
    const { schema, conflicts } = merged('{{ name }}{{ user.age }}', {
      properties: {
        name: { type: 'string', description: 'The name', enum: ['a', 'b'] },
        user: { properties: { age: { type: ['integer', 'null'] } } },
      },
    });
    expect(conflicts).toEqual([]);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'The name', enum: ['a', 'b'] },
        user: {
          type: 'object',
          properties: { age: { type: 'integer' } },
          required: ['age'],
          additionalProperties: false,
        },
      },
      required: ['name', 'user'],
      additionalProperties: false,
    });
  });

  it('lets an input with a default be missing', () => {
    expect(merged('{{ a }}{{ b }}', { properties: { a: { default: 'x' } } }).schema).toMatchObject({ required: ['b'] });
  });

  it('requires what the author requires, and keeps inputs that the template does not read', () => {
    const { schema } = merged('{% if a %}{% endif %}', {
      properties: { a: {}, extra: { type: 'string' } },
      required: ['a'],
    });
    expect(schema).toMatchObject({
      properties: { extra: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    });
  });

  it('lets the author open an object', () => {
    expect(merged('{{ a.b }}', { properties: { a: { additionalProperties: true } } }).schema).toMatchObject({
      properties: { a: { additionalProperties: true, required: ['b'] } },
    });
  });

  it('sets both beside one another where the declaration says more than it can take apart', () => {
    const { schema } = merged('{{ a.b }}', {
      properties: { a: { $ref: '#/$defs/A' } },
      $defs: { A: { type: 'object' } },
    });
    // That there is nothing else in it only the declaration can say.
    expect([schema.properties, schema.$defs]).toEqual([
      {
        a: {
          allOf: [{ $ref: '#/$defs/A' }, { type: 'object', properties: { b: { type: anyText } }, required: ['b'] }],
        },
      },
      { A: { type: 'object' } },
    ]);
  });

  it('finds the default and the description of such a declaration', () => {
    const { schema } = merged('{{ a }}', {
      properties: { a: { anyOf: [{ type: 'string' }], default: 'x', description: 'A' } },
    });
    expect(schema).toMatchObject({
      properties: { a: { default: 'x', description: 'A', allOf: [{}, { type: anyText }] } },
    });
    expect(schema).not.toHaveProperty('required');
  });

  it('names what cannot be both, and what a closed declaration does not have', () => {
    const { conflicts } = merged('{% for x in xs %}{% endfor %}{{ typo }}{{ u.a }}', {
      properties: { xs: { type: 'string' }, u: { properties: {}, additionalProperties: false } },
      additionalProperties: false,
    });
    expect(conflicts.map(({ path, code }) => `${code} ${path}`)).toEqual([
      'type /xs',
      'undeclared /typo',
      'undeclared /u/a',
    ]);
  });
});
