import fc from 'fast-check';
import type { Values } from './engines.ts';

/** Text as values have it: markup of every language among it. */
export const valueText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'a',
      'B2',
      ' ',
      '\n',
      '{{ name }}',
      '{% if %}',
      '{{{',
      '<b>',
      '&amp;',
      '"',
      "'",
      '`',
      '=',
      '/',
      '$1',
      '\\n',
      'é😀',
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

export const scalar = fc.oneof(valueText, valueText, fc.constantFrom('', '0', 0, 1, -2.5, 1e21, true, false));

/** What only a condition or a section sees: everything that JSON has, but lists of null, at which mustache.js fails. */
export const anything = fc.oneof(scalar, fc.constantFrom(null, [], {}, [0], [[]], { size: 0 }, { first: 1 }, 'x', ''));

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 4 });

/** An item of a list: each member may be missing. */
const item = fc
  .record({
    name: maybe(scalar),
    title: maybe(scalar),
    flag: maybe(fc.oneof(scalar, fc.constantFrom([], {}, [1]))),
    tags: maybe(fc.array(scalar, { maxLength: 3 })),
    'two-words': maybe(scalar),
  })
  .map(withoutMissing);

/** Inputs by the names that the generated templates use. */
export const values: fc.Arbitrary<Values> = fc
  .record({
    name: maybe(scalar),
    title: maybe(scalar),
    'two-words': maybe(scalar),
    flag: maybe(anything),
    other: maybe(anything),
    tags: maybe(fc.array(scalar, { maxLength: 3 })),
    items: maybe(fc.array(item, { maxLength: 3 })),
    person: maybe(item),
  })
  .map(withoutMissing);

function withoutMissing(record: Record<string, unknown>): Values {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Values;
}

/** Literal text that no language here takes for markup, and Liquid does. */
export const literal = fc
  .array(
    fc.constantFrom(
      'Hello ',
      '.',
      '\n',
      '\n\n',
      '  ',
      '\t',
      ' {',
      '} ',
      '{% raw %}',
      '{% if x %}',
      '%}',
      '<b>',
      '&',
      '"',
      '#',
      'é',
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

/** A generator of templates within templates, made once for each depth and place. */
export function once<Place>(make: (depth: number, place: Place) => fc.Arbitrary<string>): typeof make {
  const made = new Map<string, fc.Arbitrary<string>>();
  return (depth, place) => {
    const key = `${depth} ${String(place)}`;
    const arbitrary = made.get(key) ?? make(depth, place);
    made.set(key, arbitrary);
    return arbitrary;
  };
}
