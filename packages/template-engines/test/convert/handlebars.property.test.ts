import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { Agreement } from './agreement.ts';
import { renderHandlebars } from './engines.ts';
import { literal, once, values } from './values.ts';

/** What a block puts its body into: where `name` is a member, where `this` is a value, or the inputs. */
type Context = 'inputs' | 'item' | 'scalar';

const names = fc.constantFrom('name', 'title', 'two-words', 'missing', './title', 'this.name', '[two-words]');
const stash = (open: string, close: string) =>
  fc.tuple(fc.constantFrom('', '~'), fc.constantFrom('', '~', ' ')).map(
    ([left, right]) =>
      (body: string) =>
        `${open}${left}${body}${right}${close}`,
  );
const tag = stash('{{', '}}');

function value(context: Context): fc.Arbitrary<string> {
  const here = { inputs: names, item: names, scalar: fc.constantFrom('this', '.') }[context];
  const above = context === 'inputs' ? [] : [fc.constantFrom('@root.name', '@root.person.title')];
  const path = fc.oneof(
    { arbitrary: here, weight: 4 },
    fc.constantFrom('person.name', 'person.[title]', 'items.0.name'),
    ...above,
  );
  return fc.oneof(
    { arbitrary: fc.tuple(tag, path).map(([wrap, name]) => wrap(name)), weight: 24 },
    { arbitrary: path.map((name) => `{{{${name}}}}`), weight: 4 },
    { arbitrary: path.map((name) => `{{& ${name} }}`), weight: 4 },
    { arbitrary: fc.constantFrom('{{! note }}', '{{!-- a }} note --}}', '\\{{name}}'), weight: 4 },
    { arbitrary: fc.constantFrom('{{@index}}', '{{@last}}', '{{../name}}'), weight: context === 'inputs' ? 0 : 1 },
    { arbitrary: fc.constantFrom('{{shout name}}', '{{> card}}', '{{lookup items 0}}', '{{toString}}'), weight: 1 },
  );
}

const template = once((depth: number, context: Context): fc.Arbitrary<string> => {
  const text = { arbitrary: literal, weight: 4 };
  if (depth === 0) return fc.oneof(text, value(context));
  const body = (inner: Context) => template(depth - 1, inner);
  const otherwise = fc.option(
    fc.tuple(tag, body(context)).map(([wrap, part]) => `${wrap('else')}${part}`),
    { nil: '' },
  );
  const asked = fc.constantFrom(
    'flag',
    'name',
    'tags',
    'items',
    'person',
    'person.flag',
    'missing',
    'tags.length',
    'this.flag',
  );
  const block = (name: string, param: fc.Arbitrary<string>, inner: Context) =>
    fc
      .tuple(tag, tag, param, body(inner), otherwise)
      .map(([open, close, path, part, rest]) => `${open(`#${name} ${path}`)}${part}${rest}${close(`/${name}`)}`);
  const one = fc.oneof(
    text,
    { arbitrary: value(context).map((part) => `${part}, `), weight: 3 },
    { arbitrary: value(context), weight: 1 },
    block('if', asked, context),
    block(
      'if',
      asked.map((path) => `${path} includeZero=true`),
      context,
    ),
    block(
      'unless',
      context === 'inputs' ? asked : fc.oneof(asked, fc.constantFrom('@first', '@last', '@index')),
      context,
    ),
    block('each', fc.constantFrom('items', '@root.items', context === 'item' ? '../items' : 'items'), 'item'),
    block(
      'each',
      fc.constantFrom('tags', 'person.tags', '@root.tags', context === 'item' ? '../tags' : 'tags'),
      'scalar',
    ),
    block('each', fc.constant('items as |one at|'), 'item').map((part) => part.replace('title', 'one.title')),
    block('with', fc.constantFrom('person', '@root.person'), 'item'),
    fc.tuple(asked, body(context)).map(([path, part]) => `{{^${path}}}${part}{{/${path}}}`),
    fc
      .tuple(asked, asked, body(context), body(context))
      .map(([first, second, yes, no]) => `{{#if ${first}}}${yes}{{else if ${second}}}\n${no}{{else}}\n{{/if}}`),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
});

it('renders as Handlebars does, or refuses with the place', () => {
  const agreement = new Agreement();
  fc.assert(
    fc.property(template(2, 'inputs'), values, fc.boolean(), (source, given, escapesHtml) => {
      agreement.check('handlebars', source, given, () => renderHandlebars(source, given, !escapesHtml), {
        escape: escapesHtml,
      });
    }),
    { numRuns: cases },
  );
  agreement.expectMostConverted();
  expect.hasAssertions();
});
