import type { UsageEvent } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { createUsageRecorder } from './usage-recorder.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const use = (version: number): UsageEvent => ({
  promptId: 'p',
  version,
  userId: 'u',
  apiKeyId: null,
  kind: 'read',
  consumer: 'web',
  occurredAt: new Date(0),
});
const versions = (batches: readonly (readonly UsageEvent[])[]): number[] =>
  batches.flatMap((batch) => batch.map(({ version }) => version));

describe('createUsageRecorder', () => {
  it('writes uses together, each once and in order', async () => {
    const batches: UsageEvent[][] = [];
    const recorder = createUsageRecorder({
      write: async (events) => void batches.push([...events]),
      log: silent,
      flushIntervalMs: 10,
      batchSize: 40,
    });
    for (let i = 0; i < 100; i += 1) recorder.record(use(i));
    await expect.poll(() => versions(batches)).toHaveLength(100);
    expect(versions(batches)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(Math.max(...batches.map(({ length }) => length))).toBe(40);
    await recorder.close();
  });

  it('keeps uses while the database is away, and loses none', async () => {
    const batches: UsageEvent[][] = [];
    let away = 2;
    const recorder = createUsageRecorder({
      write: async (events) => {
        away -= 1;
        if (away >= 0) throw new Error('away');
        batches.push([...events]);
      },
      log: silent,
      flushIntervalMs: 5,
    });
    recorder.record(use(1));
    recorder.record(use(2));
    await expect.poll(() => versions(batches)).toEqual([1, 2]);
    await recorder.close();
  });

  it('writes what is left when it is closed', async () => {
    const batches: UsageEvent[][] = [];
    const recorder = createUsageRecorder({
      write: async (events) => void batches.push([...events]),
      log: silent,
      flushIntervalMs: 60_000,
      batchSize: 3,
    });
    for (let i = 0; i < 7; i += 1) recorder.record(use(i));
    await recorder.close();
    expect(versions(batches)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(recorder.buffered).toBe(0);
  });

  it('keeps no more than it may, and says how many it dropped', async () => {
    const errors: object[] = [];
    const recorder = createUsageRecorder({
      write: async () => {
        throw new Error('away');
      },
      log: { ...silent, error: (details) => errors.push(details) },
      flushIntervalMs: 1,
      maxBuffered: 10,
    });
    for (let i = 0; i < 15; i += 1) recorder.record(use(i));
    expect(recorder.buffered).toBe(10);
    await expect.poll(() => errors).toContainEqual({ events: 5 });
    await recorder.close();
  });

  it('gives up a batch that never goes in, so that the next ones do', async () => {
    const batches: UsageEvent[][] = [];
    const recorder = createUsageRecorder({
      write: async (events) => {
        if (events.some(({ version }) => version === 0)) throw new Error('never');
        batches.push([...events]);
      },
      log: silent,
      flushIntervalMs: 1,
      batchSize: 2,
    });
    for (let i = 0; i < 4; i += 1) recorder.record(use(i));
    await expect.poll(() => versions(batches)).toEqual([2, 3]);
    await recorder.close();
  });
});
