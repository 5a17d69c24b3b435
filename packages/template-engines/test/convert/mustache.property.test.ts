import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { Agreement } from './agreement.ts';
import { renderMustache } from './engines.ts';
import { literal, once, values } from './values.ts';

const printed = fc.constantFrom(
  'name',
  'title',
  'two-words',
  'missing',
  'person.name',
  'person.title',
  'items.0.name',
  'a.b.c',
);
const asked = fc.constantFrom(
  'flag',
  'name',
  'items',
  'tags',
  'person',
  'person.flag',
  'missing',
  'other',
  'items.1.tags',
);

const value = (isInSection: boolean) =>
  fc.oneof(
    { arbitrary: printed.map((name) => `{{${name}}}`), weight: 18 },
    printed.map((name) => `{{{ ${name} }}}`),
    printed.map((name) => `{{& ${name}}}`),
    fc.constantFrom('{{! note }}', '{{=<% %>=}}<% name %><%={{ }}=%>', isInSection ? '{{title}}' : '{{name}}'),
    { arbitrary: fc.constantFrom('{{> card}}', '{{toString}}', '{{first name}}', '{{.}}', '{{#open}}'), weight: 1 },
  );

const template = once((depth: number, isInSection: boolean): fc.Arbitrary<string> => {
  const text = { arbitrary: literal, weight: 4 };
  if (depth === 0) return fc.oneof(text, value(isInSection));
  const section = (mark: string) =>
    fc
      .tuple(asked, template(depth - 1, isInSection || mark === '#'), fc.constantFrom('', '\n', '  '))
      .map(([name, body, space]) => `${space}{{${mark}${name}}}${space}${body}{{/ ${name} }}${space}`);
  const tags = fc.constantFrom('tags', 'person.tags').map((name) => `{{#${name}}}- {{.}}\n{{/${name}}}`);
  const one = fc.oneof(
    text,
    { arbitrary: value(isInSection), weight: 4 },
    section('#'),
    section('#'),
    section('^'),
    tags,
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
});

it('renders as Mustache does, or refuses with the place', () => {
  const agreement = new Agreement();
  fc.assert(
    fc.property(template(3, false), values, fc.boolean(), (source, given, escapesHtml) => {
      agreement.check('mustache', source, given, () => renderMustache(source, given, escapesHtml), {
        escape: escapesHtml,
      });
    }),
    { numRuns: cases },
  );
  agreement.expectMostConverted();
  expect.hasAssertions();
});
