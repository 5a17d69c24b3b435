import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { quietPort } from '../../test/harness/quiet-port.ts';
import { defaultLimits } from '../settings/bounds/limits.ts';
import { createLimiter, limitKey, network64 } from './limiter.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const limits = { ...defaultLimits, login: { calls: 3, seconds: 60 } };

/** As much of Redis as a client asks for when it connects; it says nothing more once it is silent. */
function redisLike() {
  const state = { isSilent: false };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const info = 'redis_version:7.0.0\r\nloading:0\r\n';
    socket.on('error', () => undefined);
    socket.on('data', (sent) => {
      if (state.isSilent) return;
      for (const [, name = ''] of String(sent).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        socket.write(name.toLowerCase() === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
      }
    });
  });
  const silence = (): void => {
    state.isSilent = true;
  };
  const goAway = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(server, { silence, goAway });
}

describe('createLimiter', () => {
  it('lets through as many calls as the limit says, and says when to come again', async () => {
    const limiter = await createLimiter({ limits, redisUrl: null, log });
    const counts = [];
    for (let i = 0; i < 5; i += 1) counts.push(await limiter.consume('login', 'alice'));
    expect(counts.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
    expect(counts.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(counts[4]?.retryAfterSeconds).toBeGreaterThan(55);
    expect((await limiter.consume('login', 'bob')).allowed).toBe(true);
    expect((await limiter.consume('register', 'alice')).allowed).toBe(true);
  });

  it('lets exactly the limit through of calls that come at once', async () => {
    const limiter = await createLimiter({ limits, redisUrl: null, log });
    const counts = await Promise.all(Array.from({ length: 50 }, () => limiter.consume('login', 'alice')));
    expect(counts.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  it('takes the number of a key in place of the usual one', async () => {
    const limiter = await createLimiter({ limits, redisUrl: null, log });
    const allowed = [];
    for (let i = 0; i < 6; i += 1) allowed.push((await limiter.consume('login', 'k', 5)).allowed);
    expect(allowed).toEqual([true, true, true, true, true, false]);
  });

  it('counts in memory, without waiting for Redis, while that is away', async () => {
    const limiter = await createLimiter({ limits, redisUrl: 'redis://127.0.0.1:1', log });
    // What waits for a connection, a command or a pause waits for a timer; these stand still.
    vi.useFakeTimers();
    try {
      const allowed = [];
      for (let i = 0; i < 4; i += 1) allowed.push((await limiter.consume('login', 'alice')).allowed);
      expect(allowed).toEqual([true, true, true, false]);
    } finally {
      vi.useRealTimers();
      await limiter.close();
    }
  });

  it('keeps one call waiting, and none after it, for a Redis that falls silent', async () => {
    const server = redisLike();
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const said: string[] = [];
    const note = (_: object, message: string) => void said.push(message);
    const redisUrl = `redis://127.0.0.1:${port}`;
    const limiter = await createLimiter({ limits, redisUrl, log: { info: note, warn: note, error: note } });
    onTestFinished(() => limiter.close());
    // A connection is ready when it has answered; what it answers to a count is nothing that counts.
    await expect.poll(async () => (await limiter.consume('login', 'bob')).allowed).toBe(false);
    server.silence();
    expect((await limiter.consume('login', 'alice')).allowed).toBe(true);
    vi.useFakeTimers();
    try {
      const allowed = [];
      for (let i = 0; i < 3; i += 1) allowed.push((await limiter.consume('login', 'alice')).allowed);
      expect(allowed).toEqual([true, true, false]);
    } finally {
      vi.useRealTimers();
    }
    expect(said).toEqual(['Redis is away: limits are counted in memory until it is back']);
  });
});

describe('the log', () => {
  it('says once that Redis is away, and once that it is back, each time', async () => {
    const said: string[] = [];
    const note = (_: object, message: string) => void said.push(message);
    const port = await quietPort();
    const redisUrl = `redis://127.0.0.1:${port}`;
    const limiter = await createLimiter({ limits, redisUrl, log: { info: note, warn: note, error: note } });
    onTestFinished(() => limiter.close());
    await expect.poll(() => said).toEqual(['Redis is away: limits are counted in memory until it is back']);
    const server = redisLike();
    onTestFinished(() => void server.close());
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await expect.poll(() => said.slice(1)).toEqual(['Redis is back']);
    server.goAway();
    await expect.poll(() => said.slice(2)).toEqual(['Redis is away: limits are counted in memory until it is back']);
  });
});

describe('a call that counts as several', () => {
  const limits = { ...defaultLimits, key: { calls: 10, seconds: 60 } };
  const open = () => createLimiter({ limits, redisUrl: null, log });

  it('uses up so many of its limit', async () => {
    const limiter = await open();
    expect((await limiter.consume('key', 'k', undefined, 4)).remaining).toBe(6);
    expect((await limiter.consume('key', 'k', undefined, 6)).allowed).toBe(true);
    expect((await limiter.consume('key', 'k')).allowed).toBe(false);
  });

  it('leaves the rest to cheaper ones where it is refused itself, and counts as one', async () => {
    const limiter = await open();
    await limiter.consume('key', 'k', undefined, 5);
    expect(await limiter.consume('key', 'k', undefined, 6)).toMatchObject({ allowed: false, remaining: 4 });
    for (let calls = 4; calls > 0; calls -= 1) expect((await limiter.consume('key', 'k')).allowed).toBe(true);
    expect((await limiter.consume('key', 'k')).allowed).toBe(false);
  });

  it('is possible where it costs more than its limit has, in a window of which nothing was used', async () => {
    const limiter = await open();
    expect(await limiter.consume('key', 'k', 3, 20)).toMatchObject({ allowed: true, remaining: 0 });
    expect((await limiter.consume('key', 'k', 3)).allowed).toBe(false);
  });
});

describe('limitKey', () => {
  it('takes the addresses of one IPv6 /64 for one caller', () => {
    expect(limitKey('2001:db8:1:2:aaaa::1')).toBe(limitKey('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(limitKey('2001:db8:1:2::1')).not.toBe(limitKey('2001:db8:1:3::1'));
    expect(limitKey('2001:DB8:0001:2::1')).toBe(limitKey('2001:db8:1:2::9'));
  });

  it('takes them for one also where they stand beside an account', () => {
    const key = (address: string) => limitKey(`ann@example.com|${address}`);
    expect(key('2001:db8:1:2:aaaa::1')).toBe(key('2001:db8:1:2::9'));
    expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'));
    expect(key('192.0.2.1')).not.toBe(key('192.0.2.2'));
    expect(limitKey('bob@example.com|2001:db8:1:2::1')).not.toBe(key('2001:db8:1:2::1'));
  });

  it('keeps IPv4 addresses apart, also those written as IPv6', () => {
    expect(limitKey('192.0.2.1')).not.toBe(limitKey('192.0.2.2'));
    expect(limitKey('::ffff:192.0.2.1')).toBe(limitKey('192.0.2.1'));
  });

  it('shows nothing of what it counts', () => {
    expect(limitKey('alice@example.com')).not.toContain('alice');
  });

  it.each([
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['fe80::1%eth0.1', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ])('reads %s as in %s', (address, network) => {
    expect(network64(address)).toBe(network);
  });
});
