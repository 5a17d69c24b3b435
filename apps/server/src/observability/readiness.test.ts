import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReadiness } from './readiness.ts';

const silent = { error: () => undefined, info: () => undefined };
const givenReadiness = (ping: () => Promise<unknown>) =>
  createReadiness({ ping, hasDiskRoom: async () => true, log: silent });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('readiness', () => {
  it('is no a second after a database was asked that says nothing', async () => {
    const readiness = givenReadiness(() => new Promise(() => undefined));
    let answer: boolean | undefined;
    const asked = readiness.isReady().then((isReady) => {
      answer = isReady;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(answer).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks the database at most twice a second, however often it is asked itself', async () => {
    const ping = vi.fn(async () => undefined);
    const readiness = givenReadiness(ping);
    for (let asked = 0; asked <= 100; asked += 1) {
      expect(await readiness.isReady()).toBe(true);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(ping).toHaveBeenCalledTimes(2);
  });

  it('is yes again half a second after the database came back', async () => {
    let away = true;
    const readiness = givenReadiness(async () => {
      if (away) throw new Error('away');
    });
    expect(await readiness.isReady()).toBe(false);
    away = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(await readiness.isReady()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await readiness.isReady()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays no from the moment the server stops, also for who had asked before', async () => {
    const pinged = Promise.withResolvers<void>();
    const readiness = givenReadiness(() => pinged.promise);
    const asked = readiness.isReady();
    readiness.stop();
    pinged.resolve();
    expect(await asked).toBe(false);
    expect(await readiness.isReady()).toBe(false);
  });

  it('is no from a full disk until there is room, and the log says both once', async () => {
    let hasRoom = false;
    const log = { error: vi.fn(), info: vi.fn() };
    const readiness = createReadiness({ ping: async () => 1, hasDiskRoom: async () => hasRoom, log });
    expect(await readiness.isReady()).toBe(true);
    for (let call = 0; call < 3; call += 1) readiness.diskFull();
    expect(await readiness.isReady()).toBe(false);
    hasRoom = true;
    await vi.advanceTimersByTimeAsync(501);
    expect(await readiness.isReady()).toBe(true);
    expect([log.error, log.info].map(({ mock }) => mock.calls)).toEqual([
      [[{}, 'the disk of the database is full: calls that write are refused until there is room']],
      [[{}, 'the disk of the database has room again']],
    ]);
  });
});
