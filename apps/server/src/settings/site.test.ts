import { describe, expect, it } from 'vitest';
import { isLoopback, siteOf, siteWarnings } from './site.ts';

describe('siteOf', () => {
  it.each([
    ['https://app.example.com', 'https://api.example.com', true],
    ['https://app.example.com:8443', 'https://example.com', true],
    ['http://localhost:5173', 'http://localhost:3000', true],
    ['http://127.0.0.1:5173', 'http://127.0.0.1:3000', true],
    ['http://127.0.0.1:5173', 'http://localhost:3000', false],
    ['http://[::1]:5173', 'http://127.0.0.1:3000', false],
    ['http://app.localhost:5173', 'http://localhost:3000', false],
    ['http://app.example.com', 'https://api.example.com', false],
    ['https://app.example.com', 'https://example.org', false],
    ['https://a.github.io', 'https://b.github.io', false],
    ['https://a.vercel.app', 'https://b.vercel.app', false],
    ['https://a.example.co.uk', 'https://b.example.co.uk', true],
    ['https://a.co.uk', 'https://b.co.uk', false],
    ['https://bücher.example', 'https://xn--bcher-kva.example', true],
    ['http://10.0.0.1', 'http://10.0.0.2', false],
    ['http://app.internal:1', 'http://app.internal:2', true],
  ])('of %s and %s is one: %s', (one, other, same) => {
    expect(siteOf(one) === siteOf(other)).toBe(same);
  });
});

it('knows what is this machine', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]']) expect(isLoopback(host), host).toBe(true);
  for (const host of ['localhost.example.com', '10.0.0.1', '[fd00::1]', '']) expect(isLoopback(host), host).toBe(false);
});

it('names origins of another site by their place, and shows no value', () => {
  const warnings = siteWarnings('https://api.example.com', ['https://app.example.com', 'https://app.example.org']);
  expect(warnings).toEqual([expect.stringMatching(/^CORS_ORIGINS number 2 is not of the same site as PUBLIC_URL/)]);
  expect(warnings[0]).not.toContain('example');
});
