import { afterEach, describe, expect, it } from 'vitest';
import { type BootedApp, bootApp } from '../harness/boot.ts';

let server: BootedApp;
afterEach(() => server.close());

const boot = async (
  refusalPace: (caller: string, gone: AbortSignal, longestMs: number) => Promise<void>,
): Promise<BootedApp> => {
  server = await bootApp({
    limits: { anonymous: { calls: 1, seconds: 3_600 } },
    app: { refusalPace, trustProxy: ['127.0.0.0/8'] },
  });
  return server;
};

const from = (address: string, url: string, more = {}) =>
  server.call({ url, headers: { 'x-forwarded-for': address }, ...more });

describe('who is beyond a limit', () => {
  it('is answered in its turn, at any address and over any transport; nobody else waits for it', async () => {
    const turns: { caller: string; answer: () => void }[] = [];
    await boot((caller) => new Promise((resolve) => turns.push({ caller, answer: resolve })));
    expect((await from('192.0.2.1', '/prompts')).statusCode).toBe(401);
    const urls = ['/prompts', '/trpc/prompts.list', '/trpc/prompts.list,prompts.list?batch=1', '/nowhere'];
    let answered = 0;
    const refused = urls.map(async (url) => {
      const { statusCode } = await from('192.0.2.1', url);
      answered += 1;
      return statusCode;
    });
    await expect.poll(() => turns.length).toBe(urls.length);
    expect((await from('192.0.2.2', '/prompts')).statusCode).toBe(401);
    expect(answered).toBe(0);
    for (const { answer } of turns) answer();
    expect(await Promise.all(refused)).toEqual([429, 429, 429, 429]);
    expect(new Set(turns.map(({ caller }) => caller)).size).toBe(1);
  });

  it('is one caller behind all addresses of a /64, and waits less where a large body waits in memory with it', async () => {
    const callers: string[] = [];
    const longest: number[] = [];
    await boot(async (caller, _gone, longestMs) => {
      callers.push(caller);
      longest.push(longestMs);
    });
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3']) await from(address, '/prompts');
    expect(callers).toHaveLength(2);
    expect(new Set(callers).size).toBe(1);
    const payload = { email: `${'x'.repeat(20_000)}@example.com`, password: 'x' };
    expect((await from('2001:db8::1', '/auth/login', { method: 'POST', payload })).statusCode).toBe(429);
    expect(callers).toHaveLength(3);
    expect(longest).toEqual([5_000, 5_000, 500]);
  });
});
