import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../test/cases.ts';
import { schemaPairs, values } from '../../test/schema/generated-schemas.ts';
import { checkValue } from './check.ts';
import { checkInputs } from './check-inputs.ts';
import { compareInputs, compareOutputs } from './compare.ts';

describe('compareInputs', () => {
  it('finds no break exactly where each input that the old took is taken by the new', () => {
    let compatible = 0;
    fc.assert(
      fc.property(schemaPairs, fc.array(values, { minLength: 10, maxLength: 20 }), ([before, after], sample) => {
        const breaks = compareInputs(before, after);
        const text = `${JSON.stringify(before)} → ${JSON.stringify(after)}: ${JSON.stringify(breaks)}`;
        if (breaks.length === 0) {
          compatible++;
          for (const value of sample) {
            if (checkInputs(before, value).length === 0)
              expect(checkInputs(after, value), `${text} ${JSON.stringify(value)}`).toEqual([]);
          }
        }
        for (const { path, decided, example, kind } of breaks) {
          if (!decided || path !== '' || kind !== 'narrowed' || example === undefined) continue;
          expect(checkInputs(before, example), text).toEqual([]);
          expect(checkInputs(after, example), text).not.toEqual([]);
        }
      }),
      { numRuns: cases },
    );
    expect(compatible).toBeGreaterThan(cases / 4);
  });
});

describe('compareOutputs', () => {
  it('finds no break exactly where each value of the new satisfies the old, and shows by an example what does not', () => {
    let [undecided, compatible] = [0, 0];
    fc.assert(
      fc.property(schemaPairs, fc.array(values, { minLength: 10, maxLength: 20 }), ([before, after], sample) => {
        const breaks = compareOutputs(before, after);
        const text = `${JSON.stringify(before)} → ${JSON.stringify(after)}: ${JSON.stringify(breaks)}`;
        if (breaks.length === 0) {
          compatible++;
          for (const value of sample) {
            if (checkValue(after, value).length === 0)
              expect(checkValue(before, value), `${text} ${JSON.stringify(value)}`).toEqual([]);
          }
        }
        if (breaks.every(({ decided }) => !decided)) undecided += breaks.length > 0 ? 1 : 0;
        for (const { path, decided, example, kind } of breaks) {
          if (!decided || path !== '' || kind !== 'widened' || example === undefined) continue;
          expect(checkValue(after, example), text).toEqual([]);
          expect(checkValue(before, example), text).not.toEqual([]);
        }
      }),
      { numRuns: cases },
    );
    expect(compatible).toBeGreaterThan(cases / 4);
    expect(undecided, 'undecided').toBeLessThan(cases / 5);
  });
});
