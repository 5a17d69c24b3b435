import { describe, expect, it } from 'vitest';
import { matchTotpStep, newTotpKey, totpCodeAt, totpKeyText, totpKeyUri } from './totp.ts';

const key = Buffer.from('12345678901234567890');
const at = (seconds: number): Date => new Date(seconds * 1_000);
const STEP = 30;

describe('a code', () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d seconds is that of RFC 6238', async (seconds, code) => {
    expect(await totpCodeAt(key, at(seconds))).toBe(code);
  });

  it('counts for its own half minute and for the one before and after, and no longer', async () => {
    const made = 1_000_000_000 * STEP;
    const code = await totpCodeAt(key, at(made));
    const matchAt = (seconds: number) => matchTotpStep(key, code, { now: at(seconds), after: null });
    expect(await matchAt(made - STEP - 1)).toBeNull();
    for (const seconds of [made - STEP, made - 1, made, made + STEP - 1, made + STEP, made + 2 * STEP - 1]) {
      expect(await matchAt(seconds)).toBe(1_000_000_000);
    }
    expect(await matchAt(made + 2 * STEP)).toBeNull();
  });

  it('does not count once it, or a later one, was taken', async () => {
    const made = 40_000_000 * STEP;
    const code = await totpCodeAt(key, at(made));
    const match = (after: number) => matchTotpStep(key, code, { now: at(made), after });
    expect(await match(39_999_999)).toBe(40_000_000);
    expect(await match(40_000_000)).toBeNull();
    expect(await match(40_000_001)).toBeNull();
  });

  it('is refused in any other form, and under another key', async () => {
    const code = await totpCodeAt(key, at(59));
    for (const other of ['', ` ${code}`, `${code}0`, code.slice(1), 'abcdef', '２８７０８２']) {
      expect(await matchTotpStep(key, other, { now: at(59), after: null })).toBeNull();
    }
    expect(await matchTotpStep(newTotpKey(), code, { now: at(59), after: null })).toBeNull();
  });
});

describe('a key', () => {
  it('is 160 random bits, shown in base32 as authenticators take it', () => {
    expect(newTotpKey()).toHaveLength(20);
    expect(newTotpKey().equals(newTotpKey())).toBe(false);
    // RFC 4648, section 10, and the example of RFC 4226's secret.
    expect(totpKeyText(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(totpKeyText(key)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  });

  it('goes into an address that names the account, whatever letters that has', () => {
    const uri = new URL(totpKeyUri(key, 'ann+work@example.com'));
    expect(uri.href).toContain('otpauth://totp/Promptory:ann%2Bwork%40example.com?');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'Promptory',
      digits: '6',
      period: '30',
    });
  });
});
