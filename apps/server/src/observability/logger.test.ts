import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './logger.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0_dXJl';

describe('a text that is logged', () => {
  it.each([
    [`Bearer ${JWT}`, 'Bearer [redacted]'],
    [`/reset/${JWT}/more`, '/reset/[redacted]/more'],
    [`token=x${JWT}&a=b`, 'token=x[redacted]&a=b'],
    [`a.${JWT}`, 'a.[redacted]'],
    ['key pty_live_abc123 and ptr_abc.def-ghi', 'key [redacted] and [redacted]'],
    [`${JWT} ${JWT}`, '[redacted] [redacted]'],
  ])('of %j has no credential in it', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  it.each([
    'eyJ is how one begins',
    'eyJabc.only',
    'a.b.c of nothing',
    '/prompts/01900000-0000-7000-8000-000000000000',
  ])('of %j stays as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
