import { describe, expect, it } from 'vitest';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';

describe('recovery codes', () => {
  it('are ten different ones of sixty random bits, in three groups', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
    const seen = new Set(Array.from({ length: 200 }, newRecoveryCodes).flatMap((set) => [...set.join('')]));
    // Each of the 32 letters is drawn.
    expect(seen.size).toBe(33);
  });

  it('are the same however they are typed', () => {
    const stored = hashRecoveryCode('01ab-cdef-ghjk');
    for (const typed of ['01abcdefghjk', '01AB CDEF GHJK', ' o1ab-cdef-ghjk\n', 'OLAB-CDEF-GHJK', '0iab-cdef-ghjk']) {
      expect(hashRecoveryCode(typed)).toEqual(stored);
    }
    expect(hashRecoveryCode('01ab-cdef-ghjm')).not.toEqual(stored);
  });

  it('are nothing else', () => {
    for (const typed of ['', '01ab-cdef-ghj', '01ab-cdef-ghjkm', '01ab-cdef-ghju', '01ab_cdef_ghjk', '123456']) {
      expect(hashRecoveryCode(typed)).toBeNull();
    }
  });
});
