import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../test/cases.ts';
import { schemas, values } from '../../test/schema/generated-schemas.ts';
import { hasFormat } from './check/formats.ts';
import { checkValue } from './check.ts';

const ajv = new Ajv2020({ strict: false, allErrors: false, unicodeRegExp: true, validateSchema: false, logger: false });
ajv.addFormat('date', (text: string) => hasFormat(text, 'date'));

describe('checkValue', () => {
  it('takes a value exactly where Ajv takes it', () => {
    fc.assert(
      fc.property(schemas, fc.array(values, { minLength: 1, maxLength: 20 }), (schema, candidates) => {
        const validate = ajv.compile(schema);
        for (const value of candidates) {
          const faults = checkValue(schema, value);
          expect(faults.length === 0, `${JSON.stringify(value)} by ${JSON.stringify(schema)}`).toBe(validate(value));
          expect(faults.map(({ message }) => message)).not.toContain('does not fit');
        }
        ajv.removeSchema(schema);
      }),
      // Each schema is tried with some ten values, and Ajv takes its time to compile one.
      { numRuns: Math.ceil(cases / 5) },
    );
  });
});
