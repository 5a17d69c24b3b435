import { describe, expect, it } from 'vitest';
import { jsonWithin } from './bounded-json.ts';

const circle: Record<string, unknown> = { a: 1 };
circle.self = circle;
circle.again = circle;

describe('jsonWithin', () => {
  it.each([
    ['a text', 'déjà vu'],
    ['nothing', null],
    ['a list', [1, true, null, 'x', [], {}]],
    ['an object, without what JSON leaves out', { a: 1, b: undefined, c: () => 1, d: { e: [undefined] } }],
    ['what says itself what it is', new Date(0)],
  ])('is what JSON.stringify answers: %s', (_, value) => {
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    expect(jsonWithin(value, bytes)).toEqual({ text, bytes });
    expect(jsonWithin(value, bytes - 1)).toBeNull();
  });

  it('has no text for what JSON does not know', () => {
    expect(jsonWithin(undefined, 10)).toEqual({ text: undefined, bytes: 0 });
  });

  it('counts bytes of UTF-8, and escapes as they are written', () => {
    expect(jsonWithin('€'.repeat(10), 31)).toBeNull();
    expect(jsonWithin('€'.repeat(10), 32)?.bytes).toBe(32);
    expect(jsonWithin('\u0001'.repeat(10), 61)).toBeNull();
    expect(jsonWithin('\u0001'.repeat(10), 62)?.bytes).toBe(62);
  });

  it('does not write what cannot fit, however large it is', () => {
    const written: string[] = [];
    const part = (name: string) => ({
      get text() {
        written.push(name);
        return 'x'.repeat(1_000);
      },
    });
    expect(jsonWithin(['a', 'b', 'c', 'd'].map(part), 2_500)).toBeNull();
    expect(written).toEqual(['a', 'b', 'c']);
    const huge = 'x'.repeat(2 ** 28);
    expect(jsonWithin(Array(20).fill(huge), 2 ** 21)).toBeNull();
  });

  it('leaves what has a circle, or is too deep to measure, to JSON.stringify', () => {
    expect(() => jsonWithin(circle, 2 ** 30)).toThrow(/circular/);
    expect(() => jsonWithin({ big: 1n }, 100)).toThrow(/BigInt/);
  });
});
