import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferInputs } from '../../src/language/inputs/infer-inputs.ts';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { render } from '../../src/language/rendering/render.ts';
import type { Node } from '../../src/language/syntax/syntax.ts';
import { checkInputs } from '../../src/schema/check-inputs.ts';
import { compareInputs } from '../../src/schema/compare.ts';
import { cases } from '../cases.ts';
import { templateNodes } from './template-arbitrary.ts';
import { inputsFor } from './values-arbitrary.ts';

/** A template and the next version of it: without one of its nodes, with another one, or another template. */
const versions = fc
  .tuple(templateNodes, templateNodes, fc.nat(), fc.nat({ max: 3 }))
  .map(([nodes, others, at, change]) => {
    const index = at % nodes.length;
    const [other] = others;
    const next: Node[] = [...nodes];
    if (change === 0) next.splice(index, 1);
    else if (change === 1 && other !== undefined) next.splice(index, 0, other);
    else if (change === 2) return { before: nodes, after: others };
    return { before: nodes, after: next.length === 0 ? others : next };
  });

describe('compareInputs, of two versions of a template', () => {
  it('finds no break exactly where what the old one takes renders by the new one', () => {
    let [compatible, broken] = [0, 0];
    fc.assert(
      fc.property(
        versions.chain(({ before, after }) => {
          const [old, next] = [before, after].map((nodes) => parse(print({ nodes })));
          if (old === undefined || next === undefined) throw new Error('There are two.');
          const inputs = inferInputs([old]);
          return fc.tuple(
            fc.constant({ next, inputs, old }),
            fc.array(inputsFor(inputs), { minLength: 5, maxLength: 5 }),
          );
        }),
        ([{ next, inputs, old }, sample]) => {
          const wanted = inferInputs([next]);
          const breaks = compareInputs(inputs, wanted);
          const text = `${JSON.stringify(old.source)} → ${JSON.stringify(next.source)}: ${JSON.stringify(breaks)}`;
          if (breaks.length === 0) {
            compatible++;
            for (const values of sample) expect(() => render(next, values, wanted, { now: 0 }), text).not.toThrow();
            return;
          }
          broken++;
          // One that is required now, and was not, is refused where it is left out.
          for (const { kind, path, decided } of breaks) {
            const name = path.slice(1);
            if (kind !== 'required' || !decided || name.includes('/') || name.includes('~')) continue;
            for (const values of sample) {
              const { [name]: _, ...rest } = values;
              if (checkInputs(inputs, rest).length === 0) expect(checkInputs(wanted, rest), text).not.toEqual([]);
            }
          }
        },
      ),
      { numRuns: cases },
    );
    expect(compatible).toBeGreaterThan(cases / 5);
    expect(broken).toBeGreaterThan(cases / 5);
  });
});
