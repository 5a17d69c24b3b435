import { describe, expect, it } from 'vitest';
import { cookieObstacle, originsOf } from './request-origin.ts';

const own = ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'] as const;

describe('cookieObstacle', () => {
  it.each([
    ['a program', {}, null],
    ['a page of the same origin', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, null],
    ['a page of the same site', { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' }, null],
    ['a page of another site', { origin: 'http://127.0.0.1:5173', 'sec-fetch-site': 'cross-site' }, 'other_site'],
    ['a page of another site of which only the browser knows', { 'sec-fetch-site': 'cross-site' }, 'other_site'],
    ['an old browser on another site', { origin: 'http://127.0.0.1:5173' }, 'other_site'],
    ['an old browser on the same site', { origin: 'http://localhost:5173' }, null],
    ['an old browser, by the address that it calls', { origin: 'http://127.0.0.1:1', host: '127.0.0.1:3000' }, null],
    ['an old browser that names another Host', { origin: 'http://127.0.0.1:1', host: 'else.example' }, 'other_site'],
  ])('of %s', (_who, headers, obstacle) => {
    expect(cookieObstacle({ host: 'localhost:3000', ...headers }, own)).toBe(obstacle);
  });

  it('is plain http to another machine, whatever the page', () => {
    const lan = ['http://192.168.1.5:3000'] as const;
    const host = '192.168.1.5:3000';
    expect(cookieObstacle({ host, origin: 'http://192.168.1.5:3000' }, lan)).toBe('plain_http');
    expect(cookieObstacle({ host, origin: 'http://192.168.1.5:5173' }, lan)).toBe('plain_http');
    expect(cookieObstacle({ host }, lan)).toBeNull();
    expect(cookieObstacle({ host, origin: 'https://p.example' }, ['https://p.example'])).toBeNull();
  });
});

describe('originsOf', () => {
  it('has what is listed, and no more', () => {
    const origins = originsOf(['https://app.example.com']);
    expect(origins.has('https://app.example.com')).toBe(true);
    for (const origin of ['https://example.com', 'http://localhost:5173', 'null']) {
      expect(origins.has(origin), origin).toBe(false);
    }
  });

  it.each(['http://localhost:5173', 'https://localhost', 'http://127.0.0.1:8080', 'http://[::1]:3000'])(
    'has %s where pages of this machine are let in',
    (origin) => {
      expect(originsOf([], { localPages: true }).has(origin)).toBe(true);
    },
  );

  it.each([
    'http://localhost.evil.example',
    'http://evil.example',
    'http://localhost:5173/',
    'http://localhost@evil.example',
    'http://127.0.0.1.evil.example',
    'ftp://localhost',
    'HTTP://LOCALHOST',
    'null',
    '',
    'http://10.0.0.1',
  ])('has not %j even then', (origin) => {
    expect(originsOf([], { localPages: true }).has(origin)).toBe(false);
  });
});
