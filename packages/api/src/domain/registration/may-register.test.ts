import { describe, expect, it } from 'vitest';
import { isOfDomains } from './may-register.ts';

describe('the domain of an address', () => {
  it.each([
    ['ann@example.com', ['example.com'], true],
    ['ann@sub.example.com', ['example.com'], false],
    ['ann@badexample.com', ['example.com', '*.example.com'], false],
    ['ann@sub.example.com', ['*.example.com'], true],
    ['ann@a.sub.example.com', ['*.example.com'], true],
    ['ann@example.com', ['*.example.com'], false],
    ['ann@example.com.evil.example', ['example.com', '*.example.com'], false],
    ['"a@example.com"@evil.example', ['example.com'], false],
    ['ann@xn--bcher-kva.example', ['xn--bcher-kva.example'], true],
    ['ann@example.com', [], false],
  ])('%s of %j: %s', (email, domains, expected) => {
    expect(isOfDomains(email, domains)).toBe(expected);
  });
});
