import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_REFERENCE_LENGTH, parseReference, Reference, referenceText } from './references.ts';

const part = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const label = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,35}$/);
const version = fc.integer({ min: 1, max: 2_147_483_647 });

describe('a reference', () => {
  it('reads as what it was written from, and nothing is left out', () => {
    const suffix = fc.oneof(
      fc.constant({ label: null, version: null }),
      label.map((one) => ({ label: one, version: null })),
      version.map((one) => ({ label: null, version: one })),
    );
    fc.assert(
      fc.property(path, suffix, (given, end) => {
        const text = referenceText({ path: given, ...end });
        expect(parseReference(text)).toMatchObject({ ok: true, reference: { path: given, ...end } });
      }),
      { numRuns: 2_000 },
    );
  });

  it('may begin with a handle, where what comes first can be one', () => {
    const namedIn = (text: string) => {
      const parsed = parseReference(text);
      return parsed.ok ? parsed.reference.named : undefined;
    };
    expect(namedIn('triage')).toBeNull();
    expect(namedIn('ann/support/triage@eu-1')).toEqual({ handle: 'ann', slug: 'support/triage' });
    expect(namedIn('ann_b/triage')).toBeNull();
    expect(namedIn(`ann/${'x'.repeat(150)}`)).toEqual({ handle: 'ann', slug: 'x'.repeat(150) });
    expect(namedIn(`${'a'.repeat(39)}/x`)).toEqual({ handle: 'a'.repeat(39), slug: 'x' });
    expect(namedIn(`${'a'.repeat(40)}/x`)).toBeNull();
  });

  it.each([
    ['', 0],
    ['@production', 0],
    ['/triage', 0],
    ['support/', 8],
    ['support//triage', 8],
    ['Support', 0],
    ['support/Triage', 8],
    ['triage ', 6],
    ['support/tri age@eu', 11],
    [' triage', 0],
    ['triage@eu 1', 9],
    ['triage#4 ', 8],
    ['triage@', 7],
    ['triage@Production', 7],
    ['triage@a@b', 8],
    ['triage@production#4', 17],
    ['triage#', 7],
    ['triage#0', 7],
    ['triage#04', 7],
    ['triage#1.5', 8],
    ['triage#-1', 7],
    ['triage#2147483648', 7],
    ['triage#4@production', 8],
    ['tri\u0000age', 3],
    ['x'.repeat(151), 150],
    [`Ann/${'x'.repeat(150)}`, 0],
    ['x'.repeat(MAX_REFERENCE_LENGTH + 1), MAX_REFERENCE_LENGTH],
  ])('is refused with its place: %j', (text, at) => {
    expect(parseReference(text)).toMatchObject({ ok: false, fault: { at } });
    expect(Reference.safeParse(text).success).toBe(false);
  });

  it('never throws, and takes only what reads back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab0-_./@#A é\u0000'), maxLength: 260 }), (text) => {
        const parsed = parseReference(text);
        if (parsed.ok) expect(referenceText(parsed.reference)).toBe(text);
        else expect(parsed.fault.at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 5_000 },
    );
  });
});
