import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputSchema, inferInputs } from '../../src/language/inputs/infer-inputs.ts';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { InputError, render } from '../../src/language/rendering/render.ts';
import type { Node } from '../../src/language/syntax/syntax.ts';
import { cases } from '../cases.ts';
import { hostileText, templateNodes } from './template-arbitrary.ts';
import { inputsFor } from './values-arbitrary.ts';

/** A tree without its places. */
function meaning(nodes: readonly Node[]): unknown {
  return JSON.parse(JSON.stringify(nodes, (key, value) => (key === 'at' ? undefined : value)));
}

type Place = readonly (string | number)[];

/** The places of what is required in these values, however deep. */
function requiredIn(schema: InputSchema, value: unknown, place: Place): Place[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => requiredIn(asSchema(schema.items), item, [...place, index]));
  if (typeof value !== 'object' || value === null) return [];
  const own = ((schema.required ?? []) as string[])
    .filter((name) => Object.hasOwn(value, name))
    .map((name) => [...place, name]);
  const inner = Object.entries((schema.properties ?? {}) as Record<string, InputSchema>).flatMap(([name, property]) =>
    Object.hasOwn(value, name) ? requiredIn(property, Reflect.get(value, name), [...place, name]) : [],
  );
  return [...own, ...inner];
}

const asSchema = (schema: unknown): InputSchema => (schema ?? {}) as InputSchema;

/** The same values without one place. */
function without(values: Record<string, unknown>, place: Place): Record<string, unknown> {
  const copy = structuredClone(values);
  const holder = place.slice(0, -1).reduce<unknown>((value, step) => Reflect.get(Object(value), step), copy);
  Reflect.deleteProperty(Object(holder), place.at(-1) ?? '');
  return copy;
}

describe('the prompt language', () => {
  it('prints what it parsed as a template that is the same, and renders the same', () => {
    fc.assert(
      fc.property(templateNodes, hostileText, (nodes, text) => {
        const once = parse(print({ nodes }));
        const again = parse(print(once));
        expect(meaning(again.nodes)).toEqual(meaning(once.nodes));
        const values = { a: text, b: [1, { a: text }], user: { a: 2 }, items: [text] };
        expect(render(again, values, 'lenient', { now: 0 })).toBe(render(once, values, 'lenient', { now: 0 }));
      }),
      { numRuns: cases },
    );
  });

  const rendered = fc.tuple(templateNodes, fc.nat()).chain(([nodes, choice]) => {
    const template = parse(print({ nodes }));
    const inputs = inferInputs([template]);
    return fc.record({
      template: fc.constant(template),
      inputs: fc.constant(inputs),
      values: inputsFor(inputs),
      choice: fc.constant(choice),
    });
  });

  it('takes what satisfies the inferred inputs, and refuses it without any one that is required', () => {
    let left = 0;
    fc.assert(
      fc.property(rendered, ({ template, inputs, values, choice }) => {
        const { source } = template;
        expect(() => render(template, values, inputs, { now: 0 }), source).not.toThrow();
        const places = requiredIn(inputs, values, []);
        const place = places[choice % Math.max(places.length, 1)];
        if (place === undefined) return;
        left++;
        expect(() => render(template, without(values, place), inputs, { now: 0 }), `${source} ${place}`).toThrow(
          InputError,
        );
      }),
      { numRuns: cases },
    );
    expect(left).toBeGreaterThan(cases / 4);
  });

  it('never fails to render what satisfies the inferred inputs', () => {
    fc.assert(
      fc.property(
        templateNodes.chain((nodes) => {
          const source = print({ nodes });
          return fc.tuple(fc.constant(source), inputsFor(inferInputs([parse(source)])));
        }),
        ([source, values]) => void render(parse(source), values, 'lenient', { now: 0 }),
      ),
      { numRuns: cases },
    );
  });

  it('writes a value that holds markup as it is', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 4 }), hostileText, (parts, text) => {
        const value = parts.join('') + text;
        expect(
          render(
            parse('<{{ a }}|{{ b.c }}|{% for x in d %}{{ x }}{% endfor %}>'),
            { a: value, b: { c: value }, d: [value] },
            'lenient',
          ),
        ).toBe(`<${value}|${value}|${value}>`);
      }),
      { numRuns: cases },
    );
  });
});
