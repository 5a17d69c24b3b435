import { availableParallelism } from 'node:os';
import { Argon2id } from 'oslo/password';
import { describe, expect, it, vi } from 'vitest';
import { createPasswordHasher, HasherBusyError } from './password-hasher.ts';

describe('createPasswordHasher', () => {
  const hasher = createPasswordHasher();
  const password = 'tulip-otter-9';

  it('hashes with Argon2id at 19 MiB, two passes, one lane, and a salt of its own', async () => {
    const [first, second] = await Promise.all([hasher.hash(password), hasher.hash(password)]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
  });

  it('knows the right password, in either Unicode form, and no other', async () => {
    const hash = await hasher.hash('pässwörter sind lang');
    expect(await hasher.verify(hash, 'pässwörter sind lang')).toBe(true);
    expect(await hasher.verify(hash, 'pässwörter sind lang'.normalize('NFD'))).toBe(true);
    expect(await hasher.verify(hash, 'pässwörter sind lan')).toBe(false);
    expect(await hasher.verify(hash, 'Pässwörter sind lang')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
    expect(await hasher.verify(hash, 'x'.repeat(1_000_000))).toBe(false);
  });

  it('tells all 128 code points apart, to the last', async () => {
    const start = 'a long one '.repeat(12).slice(0, 127);
    const hash = await hasher.hash(`${start}y`);
    expect(await hasher.verify(hash, `${start}z`)).toBe(false);
  });

  it('verifies as many units as the longest password may be sent in, and no more', async () => {
    const longest = 'x'.repeat(128 * 8);
    expect(await hasher.verify(await hasher.hash(longest), longest)).toBe(true);
    expect(await hasher.verify(await hasher.hash(`${longest}x`), `${longest}x`)).toBe(false);
  });

  it('does the same work for nobody as for somebody', async () => {
    const hash = await hasher.hash(password);
    const nobody: number[] = [];
    const somebody: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      somebody.push(await processorTime(() => hasher.verify(hash, 'some other words')));
      nobody.push(await processorTime(() => hasher.verifyNothing('some other words')));
    }
    expect(await hasher.verifyNothing(password)).toBe(false);
    const ratio = median(nobody) / median(somebody);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('lets as many wait as the queue holds, refuses the next at once, and serves the others', async () => {
    const narrow = createPasswordHasher({ concurrency: 1, queueLimit: 3 });
    const calls = Array.from({ length: 10 }, () => narrow.hash(password));
    const settled = await Promise.allSettled(calls);
    expect(settled.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 4 }, () => 'fulfilled'),
      ...Array.from({ length: 6 }, () => 'rejected'),
    ]);
    for (const result of settled.slice(4)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(HasherBusyError);
      expect((reason as HasherBusyError).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    expect(await narrow.verifyNothing(password)).toBe(false);
  });

  it('asks those it refuses to come back when the ones that wait will have been served', async () => {
    for (const [concurrency, seconds] of [
      [1, 4],
      [2, 2],
    ] as const) {
      const full = createPasswordHasher({ concurrency, queueLimit: 40 });
      const { compute, finish } = heldHashes();
      try {
        const served = Array.from({ length: concurrency + 40 }, () => full.hash(password));
        const refused = full.hash(password).catch((error: unknown) => error);
        finish();
        await Promise.all(served);
        expect(await refused).toMatchObject({ retryAfterSeconds: seconds });
      } finally {
        compute.mockRestore();
      }
    }
  });

  it('serves one and refuses the next where nobody may wait', async () => {
    const single = createPasswordHasher({ concurrency: 1, queueLimit: 0 });
    const [first, second] = await Promise.allSettled([single.hash(password), single.hash(password)]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: { retryAfterSeconds: 1 } });
    expect(await single.hash(password)).toMatch(/^\$argon2id/);
  });

  it('computes no more hashes at once than there are cores', async () => {
    let [running, most] = [0, 0];
    const compute = Argon2id.prototype.hash;
    const watched = vi.spyOn(Argon2id.prototype, 'hash').mockImplementation(async function (this: Argon2id, text) {
      running += 1;
      most = Math.max(most, running);
      try {
        return await compute.call(this, text);
      } finally {
        running -= 1;
      }
    });
    try {
      await Promise.all(Array.from({ length: 20 }, () => hasher.hash(password)));
    } finally {
      watched.mockRestore();
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(availableParallelism());
  });

  it('gives its place to the next when a hash fails', async () => {
    const narrow = createPasswordHasher({ concurrency: 1, queueLimit: 3 });
    const broken = narrow.verify('not a hash', password);
    const next = narrow.hash(password);
    await expect(broken).rejects.toThrow();
    expect(await next).toMatch(/^\$argon2id/);
    expect(await narrow.hash(password)).toMatch(/^\$argon2id/);
  });
});

/** Every hash takes until `finish`, and costs nothing. */
function heldHashes() {
  const held = Promise.withResolvers<string>();
  const compute = vi.spyOn(Argon2id.prototype, 'hash').mockReturnValue(held.promise);
  return { compute, finish: () => held.resolve('hashed') };
}

/** Of an odd number. Not the least: Linux counts the processor's time in steps of up to 4 ms, and one may be missing. */
const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[(times.length - 1) / 2] ?? Number.NaN;

/** Microseconds of this process, whose threads hash: what else the machine does is not in it. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
