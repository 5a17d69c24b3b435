import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { Agreement } from './agreement.ts';
import { renderNunjucks } from './engines.ts';
import { literal, once, values } from './values.ts';

type Place = 'inputs' | 'loop';

const asked = fc.constantFrom('flag', 'name', 'other', 'tags', 'items', 'person', 'person.flag', 'missing', '(title)');
const comparison = fc.oneof(
  fc.constantFrom('title is defined', 'name is not defined', 'missing is undefined', '"a" in tags', '"B2" not in tags'),
  fc.constantFrom(
    'tags | length > 0',
    'items|length >= 1',
    'true',
    'False',
    'count == 3',
    'count != 1',
    '2 < count',
    "word == 'a'",
  ),
);
const condition: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: asked, weight: 3 },
  comparison,
  asked.map((path) => `not ${path}`),
  fc
    .tuple(asked, comparison, asked, fc.constantFrom('and', 'or'), fc.constantFrom('and', 'or'))
    .map(([a, b, c, first, second]) => `${a} ${first} ${b} ${second} not ${c}`),
  fc.tuple(asked, asked, comparison).map(([a, b, c]) => `(${a} or ${b}) and not (${b} and ${c})`),
);

const value = (place: Place) => {
  const path = fc.constantFrom('name', 'title', 'missing', 'person.name', "person['title']", 'items[0].name');
  return fc.oneof(
    { arbitrary: path.map((name) => `{{ ${name} }}`), weight: 12 },
    { arbitrary: fc.constantFrom('word', 'person["word"]').map((name) => `{{- ${name} | upper -}}`), weight: 2 },
    fc.constantFrom(
      '{{ word|trim|capitalize }}',
      '{{ word | replace("a", "{{b}}") }}',
      "{{ tags | join(', ') }}",
      '{{tags|last}}',
    ),
    fc.constantFrom(
      '{{ name | default("x {% y %}") }}',
      '{{ flag2 | default("-", true) }}',
      '{{ "{{ text }}" }}',
      '{# note #}',
    ),
    fc.constantFrom('{% raw %}{{ x }}{% y {% endraw %}', '{% set name = "set" %}', '{%- set title = word | lower -%}'),
    ...(place === 'loop'
      ? [fc.constantFrom('{{ loop.index }}', '{{loop.last}}', '{{ item.title }}', '{{ item }}')]
      : []),
    {
      arbitrary: fc.constantFrom('{% include "a" %}', '{{ a(1) }}', '{{ name | upper ~ "x" }}', '{{ item.size }}'),
      weight: 1,
    },
  );
};

const template = once((depth: number, place: Place): fc.Arbitrary<string> => {
  const text = { arbitrary: literal.map((part) => part.replaceAll('{%', '{ %').replaceAll('#', '')), weight: 4 };
  if (depth === 0) return fc.oneof(text, value(place));
  const body = template(depth - 1, place);
  const dash = fc.constantFrom('', '', '-');
  const choice = fc
    .tuple(condition, condition, body, body, body, dash, dash)
    .map(([first, second, yes, no, rest, left, right]) =>
      [
        `{%${left} if ${first} ${right}%}${yes}`,
        `{% elif ${second} %}${no}`,
        `{% else ${left}%}${rest}{% endif %}`,
      ].join(''),
    );
  const loop = (list: string, members: string) =>
    fc
      .tuple(template(depth - 1, 'loop'), body)
      .map(
        ([part, rest]) =>
          `{% for item in ${list} %}${part.replaceAll('{{ item }}', members)}{% else %}${rest}{% endfor %}`,
      );
  const one = fc.oneof(
    text,
    { arbitrary: value(place), weight: 4 },
    choice,
    fc.tuple(condition, body).map(([asks, part]) => `{% if ${asks} %}${part}{% endif %}`),
    loop('items', '{{ item.name }}'),
    loop('tags', '{{ item }}'),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
});

const word = fc.constantFrom('a', ' Ab ', 'B2', 'STRASSE', '');
const given = fc.tuple(values, word, fc.integer({ min: 0, max: 4 })).map(([rest, text, count]) => {
  const person = { ...(rest.person as object), word: text };
  return { tags: [], flag2: text, ...rest, person, word: text, count };
});

it('renders as Nunjucks does, or refuses with the place', () => {
  const agreement = new Agreement();
  fc.assert(
    fc.property(template(2, 'inputs'), given, (source, inputs) => {
      agreement.check('nunjucks', source, inputs, () => renderNunjucks(source, inputs));
    }),
    { numRuns: cases },
  );
  agreement.expectMostConverted();
  expect.hasAssertions();
});
