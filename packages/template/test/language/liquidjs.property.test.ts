import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { render } from '../../src/language/rendering/render.ts';
import { cases } from '../cases.ts';
import { hostileText, templateNodes } from './template-arbitrary.ts';

const liquid = new Liquid({ ownPropertyOnly: true, strictFilters: true, timezoneOffset: 0, locale: 'en-US' });

describe('the prompt language, beside plain LiquidJS', () => {
  it('renders what LiquidJS renders, wherever LiquidJS renders at all', () => {
    let compared = 0;
    fc.assert(
      fc.property(templateNodes, hostileText, fc.integer({ min: -2, max: 9 }), (nodes, text, number) => {
        const source = print({ nodes });
        // Given, for alone LiquidJS takes it for the number of inputs.
        const size = number;
        const values = { a: text, b: [1, { a: number }], user: { a: number, b: text }, items: [text, number], size };
        let expected: string;
        try {
          expected = liquid.parseAndRenderSync(source, structuredClone(values));
        } catch {
          return;
        }
        compared++;
        expect(render(parse(source), values, 'lenient')).toBe(expected);
      }),
      { numRuns: cases },
    );
    expect(compared).toBeGreaterThan(cases / 2);
  });
});
