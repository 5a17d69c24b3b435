import { describe, expect, it } from 'vitest';
import { positionOf } from './log-position.ts';

describe('positionOf', () => {
  it('reads both halves as numbers to the base of 16', () => {
    expect(positionOf('0/0')).toBe(0n);
    expect(positionOf('16/B374D848')).toBe(0x16_b374_d848n);
    expect(positionOf('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
  });

  it('orders positions whose texts are of different lengths', () => {
    expect(positionOf('1/0')).toBeGreaterThan(positionOf('0/FFFFFFFF'));
    expect(positionOf('0/1000000')).toBeGreaterThan(positionOf('0/FFFFFF'));
  });
});
