import type { RecordedUse, UsageEvent } from '@promptory/api/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

  it('gives up none for failures that were not in a row', async () => {
    const batches: UsageEvent[][] = [];
    let calls = 0;
    const recorder = createUsageRecorder({
      write: async (events) => {
        calls += 1;
        if (calls % 4 !== 0) throw new Error('away');
        batches.push([...events]);
      },
      log: silent,
      flushIntervalMs: 1,
      batchSize: 1,
    });
    for (let i = 0; i < 3; i += 1) recorder.record(use(i));
    await expect.poll(() => versions(batches)).toEqual([0, 1, 2]);
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

  it('adds up uses that are not kept and the same, but to none that is being written', async () => {
    const batches: RecordedUse[][] = [];
    const written = Promise.withResolvers<void>();
    const recorder = createUsageRecorder({
      write: async (events) => {
        batches.push(structuredClone([...events]));
        if (batches.length === 1) await written.promise;
      },
      keeps: ({ kind }) => kind === 'copy',
      log: silent,
      flushIntervalMs: 60_000,
      batchSize: 4,
    });
    const at = (milliseconds: number, version = 1): UsageEvent => ({
      ...use(version),
      occurredAt: new Date(milliseconds),
    });
    for (const event of [at(1), at(2), at(3, 2), { ...at(4), kind: 'copy' as const }]) recorder.record(event);
    recorder.record(at(86_400_001));
    expect(recorder.buffered).toBe(5);
    recorder.record(at(5));
    written.resolve();
    await recorder.close();
    const said = batches.map((batch) =>
      batch.map(({ version, isKept, uses, occurredAt, lastUsedAt }) => [
        ...[version, isKept ?? true, uses ?? 1, +occurredAt, lastUsedAt && +lastUsedAt],
      ]),
    );
    expect(said).toEqual([
      [
        [1, false, 2, 1, 2],
        [2, false, 1, 3, 3],
        [1, true, 1, 4, undefined],
        [1, false, 1, 86_400_001, 86_400_001],
      ],
      [[1, false, 1, 5, 5]],
    ]);
  });

  it('tries a batch five times, each after twice as long, and before its end four times at once', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let tries = 0;
    const write = async () => {
      tries += 1;
      throw new Error('away');
    };
    const recorder = createUsageRecorder({ write, log: silent, flushIntervalMs: 10 });
    recorder.record(use(1));
    for (const [after, waits] of [10, 20, 40, 80, 160].entries()) {
      await vi.advanceTimersByTimeAsync(waits - 1);
      expect([tries, recorder.buffered]).toEqual([after, 1]);
      await vi.advanceTimersByTimeAsync(1);
      expect(tries).toBe(after + 1);
    }
    expect([recorder.buffered, vi.getTimerCount()]).toEqual([0, 0]);
    recorder.record(use(2));
    await recorder.close();
    expect([tries, recorder.buffered, vi.getTimerCount()]).toEqual([9, 1, 0]);
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
