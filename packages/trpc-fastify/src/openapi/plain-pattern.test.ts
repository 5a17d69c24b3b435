import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainPattern } from './plain-pattern.ts';

describe('a plain pattern', () => {
  it.each([
    [/^a(?:\/b)*$/, '^a(?:[/]b)*$'],
    [/^[^/]*\/$/, '^[^/]*[/]$'],
    [/[/]\]\\\//, '[/]\\]\\\\[/]'],
    [/\[\/\d/, '\\[[/]\\d'],
  ])('of %s has no escaped slash', (pattern, plain) => {
    expect(plainPattern(pattern.source)).toBe(plain);
  });

  it('takes the same texts', () => {
    const part = fc.constantFrom('\\/', '[^\\/a]', '[/]', 'a', '\\\\', '\\[', '.', '(?:a\\/)?', '[\\]/]');
    const text = fc.array(fc.constantFrom('/', 'a', '\\', '[', ']', 'b')).map((signs) => signs.join(''));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), text, (parts, sample) => {
        const source = `^${parts.join('')}$`;
        const plain = plainPattern(source);
        expect(plain).not.toContain('\\/');
        expect(new RegExp(plain, 'u').test(sample)).toBe(new RegExp(source, 'u').test(sample));
      }),
    );
  });
});
