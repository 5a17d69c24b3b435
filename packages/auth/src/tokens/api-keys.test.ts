import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiKeyLooksValid, generateApiKey, hashApiKey } from './api-keys.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('generateApiKey', () => {
  it('makes a prefix, 32 random characters and 6 of checksum, all base62, never the same twice', () => {
    const keys = Array.from({ length: 2_000 }, () => generateApiKey().key);
    expect(keys.filter((key) => !/^pty_live_[0-9A-Za-z]{38}$/.test(key) || !apiKeyLooksValid(key))).toEqual([]);
    expect(new Set(keys).size).toBe(2_000);
  });

  it('draws every character equally often', () => {
    const counts = new Map([...BASE62].map((character) => [character, 0]));
    for (let round = 0; round < 2_000; round += 1) {
      for (const character of generateApiKey().key.slice(9, 41))
        counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (2_000 * 32) / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 61 degrees of freedom: by chance more than 138 once in ten million runs; bytes modulo 62 give about 700.
    expect(chiSquare).toBeLessThan(138);
  });

  it('gives SHA-256 to keep and a hint to recognise it by, which holds eight characters of it', () => {
    const { key, hash, hint } = generateApiKey();
    expect(hash).toEqual(hashApiKey(key));
    expect(hash).toHaveLength(32);
    expect(hint).toBe(`${key.slice(0, 13)}…${key.slice(-4)}`);
  });

  it('has a checksum that others can compute: CRC-32 of the 32 characters in base62, big end first', () => {
    expect(apiKeyLooksValid(`pty_live_${'0'.repeat(32)}${base62OfCrc('0'.repeat(32))}`)).toBe(true);
    const random = 'Promptory0Promptory0Promptory0xy';
    expect(apiKeyLooksValid(`pty_live_${random}${base62OfCrc(random)}`)).toBe(true);
  });
});

describe('apiKeyLooksValid', () => {
  it('refuses every key with one character changed, and with two neighbours swapped', () => {
    for (let round = 0; round < 50; round += 1) {
      const { key } = generateApiKey();
      for (let at = 9; at < key.length; at += 1) {
        const other = BASE62.charAt((BASE62.indexOf(key.charAt(at)) + 1 + randomInt(61)) % 62);
        expect(apiKeyLooksValid(`${key.slice(0, at)}${other}${key.slice(at + 1)}`)).toBe(false);
        const [left, right] = [key.charAt(at), key.charAt(at + 1)];
        // Within the random part a swap is one short burst, which CRC-32 always notices.
        if (right === '' || left === right || at + 1 === 41) continue;
        expect(apiKeyLooksValid(`${key.slice(0, at)}${right}${left}${key.slice(at + 2)}`)).toBe(false);
      }
    }
  });

  it('refuses what has another form', () => {
    const { key } = generateApiKey();
    const others = [
      '',
      'pty_live_',
      key.slice(0, -1),
      `${key}0`,
      ` ${key}`,
      `${key}\n`,
      key.replace('pty_live_', 'pty_test_'),
      key.replace('pty_', 'PTY_'),
      key.slice(9),
      `${key.slice(0, 20)}-${key.slice(21)}`,
      `${key.slice(0, 20)}é${key.slice(21)}`,
      key.repeat(10_000),
      `ptr_${'a'.repeat(52)}.${'b'.repeat(43)}`,
    ];
    for (const other of others) expect(apiKeyLooksValid(other), other.slice(0, 60)).toBe(false);
  });
});

/** CRC-32 (ISO 3309) bit by bit, to check the package's own by another way. */
function base62OfCrc(text: string): string {
  let crc = 0xffff_ffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb8_8320 : 0);
  }
  let rest = (crc ^ 0xffff_ffff) >>> 0;
  let digits = '';
  for (let place = 0; place < 6; place += 1) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
