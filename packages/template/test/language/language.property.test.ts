import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferInputs } from '../../src/language/inputs/infer-inputs.ts';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { render } from '../../src/language/rendering/render.ts';
import type { Node } from '../../src/language/syntax/syntax.ts';
import { cases } from '../cases.ts';
import { hostileText, templateNodes } from './template-arbitrary.ts';
import { inputsFor } from './values-arbitrary.ts';

/** A tree without its places. */
function meaning(nodes: readonly Node[]): unknown {
  return JSON.parse(JSON.stringify(nodes, (key, value) => (key === 'at' ? undefined : value)));
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
