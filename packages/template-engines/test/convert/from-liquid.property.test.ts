import { convertTo, parse, promptInputs, type WrittenDialect } from '@promptory/template';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../cases.ts';
import {
  renderDotprompt,
  renderHandlebars,
  renderLiquid,
  renderMustache,
  renderNunjucks,
  type Values,
} from './engines.ts';
import { declared, valuesOf } from './typed-values.ts';
import { literal, once } from './values.ts';

/** Where a template stands: what is called how there. */
type Place = 'inputs' | 'item' | 'tag';

const paths: Readonly<Record<Place, readonly string[]>> = {
  inputs: ['name', 'title', 'count', 'flag', 'person.city', 'person.name', 'free'],
  item: ['x.title', 'x.note', 'x.flag', 'title', 'x.count', 'person.name'],
  tag: ['y', 'title', 'y'],
};
const asked = (place: Place) =>
  fc.constantFrom(...paths[place], 'tags', 'items', 'person', 'free', ...(place === 'item' ? ['x.tags'] : []));

function condition(place: Place): fc.Arbitrary<string> {
  const path = asked(place);
  const one = fc.oneof(
    { arbitrary: path, weight: 4 },
    path.map((p) => `${p} and ${p} != ""`),
    path.map((p) => `${p} and ${p} != "" and ${p} != 0 and ${p} != (1..0)`),
    path.map((p) => `${p} and ${p} != empty and ${p} != 0`),
    path.map((p) => `${p} == nil or ${p} == false`),
    fc
      .tuple(
        path,
        fc.constantFrom('!= blank', '== empty', '!= nil', '== true', '!= false', '== "a"', '!= "B2"', '== 3', '!= 0'),
      )
      .map(([p, q]) => `${p} ${q}`),
    fc.constantFrom(
      'tags.size > 0',
      'items.size == 0',
      'count > 1',
      '2 >= count',
      'tags contains "a"',
      'tone == "dry"',
      'not flag',
    ),
    ...(place === 'inputs' ? [] : [fc.constantFrom('forloop.first', 'forloop.last')]),
  );
  return fc.oneof(
    { arbitrary: one, weight: 4 },
    fc.tuple(one, fc.constantFrom('and', 'or'), one).map(([a, joint, b]) => `${a} ${joint} ${b}`),
  );
}

function value(place: Place): fc.Arbitrary<string> {
  const path = fc.constantFrom(...paths[place]);
  return fc.oneof(
    { arbitrary: path.map((p) => `{{ ${p} }}`), weight: 12 },
    fc
      .tuple(path, fc.constantFrom('upcase', 'strip', 'default: "x {{ y"', 'replace: "a", "b"', 'capitalize'))
      .map(([p, filter]) => `{{ ${p} | ${filter} }}`),
    fc.constantFrom(
      '{{ tags | join: ", " }}',
      '{{ items | json }}',
      '{{ "text" }}',
      '{% comment %}no{% endcomment %}',
      '{% raw %}{{ x }}{% endraw %}',
    ),
    fc.constantFrom('{% assign title = name %}', '{% cycle "a", "b" %}', '{{ tags.size }}', '{% render "a" %}'),
    ...(place === 'inputs'
      ? []
      : [fc.constantFrom('{{ forloop.index }}', '{{ forloop.index0 }}', '{{ forloop.last }}')]),
  );
}

const template = once((depth: number, place: Place): fc.Arbitrary<string> => {
  const text = { arbitrary: literal.map((part) => part.replaceAll('{', '{{ "{" }}')), weight: 4 };
  if (depth === 0) return fc.oneof(text, value(place));
  const body = template(depth - 1, place);
  const one = fc.oneof(
    text,
    { arbitrary: value(place), weight: 3 },
    fc.tuple(condition(place), body).map(([asks, yes]) => `{% if ${asks} %}${yes}{% endif %}`),
    fc
      .tuple(condition(place), body, body)
      .map(([asks, yes, no]) => `{% unless ${asks} %}${yes}{% else %}${no}{% endunless %}`),
    fc
      .tuple(condition(place), body, condition(place), body, body)
      .map(([a, yes, b, no, rest]) => `{% if ${a} %}${yes}{% elsif ${b} %}${no}{% else %}${rest}{% endif %}`),
    fc
      .tuple(body, body)
      .map(([a, b]) => `{% case tone %}{% when "dry" %}${a}{% when "warm", "odd" %}${b}{% else %}-{% endcase %}`),
    fc.tuple(template(depth - 1, 'item'), body).map(([a, b]) => `{% for x in items %}${a}{% else %}${b}{% endfor %}`),
    template(depth - 1, 'tag').map((a) => `{% for y in ${place === 'item' ? 'x.tags' : 'tags'} %}${a}{% endfor %}`),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
});

type Render = (template: string, values: Values) => string | undefined;
const dialects: [WrittenDialect, Render][] = [
  ['handlebars', (source, values) => renderHandlebars(source, values, true)],
  ['dotprompt', renderDotprompt],
  ['mustache', (source, values) => renderMustache(source, values, false)],
  ['nunjucks', renderNunjucks],
];

describe.each(dialects)('what %s says of Liquid', (dialect, render) => {
  it('is rendered there as it is here, or is refused with the place', () => {
    let [written, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.tuple(template(2, 'inputs'), fc.boolean()).chain(([source, isDeclared]) => {
          const { schema } = promptInputs(parse(source), isDeclared ? declared : null);
          return fc.tuple(fc.constant(source), fc.constant(schema), valuesOf(schema));
        }),
        ([source, schema, values]) => {
          const conversion = convertTo(dialect, source, schema, { escape: false });
          if ('refused' in conversion) {
            refused++;
            const { line, column } = conversion.refused;
            expect((source.split('\n')[line - 1] ?? '').length + 1).toBeGreaterThanOrEqual(column);
            return;
          }
          written++;
          const expected = renderLiquid(source, values);
          const rendered = render(conversion.text, values);
          if (rendered === undefined) return;
          expect(rendered, `${JSON.stringify(source)} became ${JSON.stringify(conversion.text)}`).toBe(expected);
        },
      ),
      { numRuns: cases },
    );
    expect(written, `${refused} were refused`).toBeGreaterThan(cases / 5);
  });
});
