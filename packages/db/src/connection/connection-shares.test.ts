import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionShares, type Release } from './connection-shares.ts';

let now = 0;
beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
// Who still waits then waits no more.
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const sharesOf = (max: number): ConnectionShares => new ConnectionShares({ max, waitMs: 2_000, now: () => now });

/** Lets a caller have connections for so many milliseconds. */
async function use(shares: ConnectionShares, caller: string, milliseconds: number): Promise<void> {
  const release = await shares.acquire(caller);
  now += milliseconds;
  release();
}

/** Who gets a place, in their order, of those who ask for one now. */
function asking(shares: ConnectionShares, ...callers: readonly string[]) {
  const served: string[] = [];
  const releases = new Map<string, Release>();
  for (const caller of callers) {
    shares.acquire(caller).then(
      (release) => {
        served.push(caller);
        releases.set(caller, release);
      },
      () => undefined,
    );
  }
  return { served, releases };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the shares of callers in the connections of a pool', () => {
  it('are as many as there are while others do not need them', async () => {
    const shares = sharesOf(3);
    const { served } = asking(shares, 'a', 'a', 'a', 'a');
    await settled();
    expect(served).toEqual(['a', 'a', 'a']);
  });

  it('go to who has used least where they are short, and to equals in the order of their coming', async () => {
    const shares = sharesOf(1);
    await use(shares, 'much', 400);
    await use(shares, 'little', 10);
    const held = await shares.acquire('other');
    const { served, releases } = asking(shares, 'much', 'little', 'new', 'newer');
    held();
    for (let turn = 0; turn < 4; turn += 1) {
      await settled();
      releases.get(served.at(-1) ?? '')?.();
    }
    expect(served).toEqual(['new', 'newer', 'little', 'much']);
  });

  it('leave a fifth to those who use little, however many use much', async () => {
    const shares = sharesOf(10);
    const heavy = Array.from({ length: 12 }, (_, index) => `heavy ${index}`);
    for (const batch of [heavy.slice(0, 6), heavy.slice(6)]) {
      const { releases } = asking(shares, ...batch);
      await settled();
      now += 2_000;
      for (const release of releases.values()) release();
    }
    const { served, releases } = asking(shares, ...heavy);
    await settled();
    expect(served).toHaveLength(8);
    const light = asking(shares, 'light', 'light too', 'one more');
    await settled();
    expect(light.served).toEqual(['light', 'light too']);
    // Before those who came earlier and use much.
    releases.get(served[0] ?? '')?.();
    await settled();
    expect(light.served).toEqual(['light', 'light too', 'one more']);
    expect(served).toHaveLength(8);
  });

  it('forget half of what was used every three seconds', async () => {
    const shares = sharesOf(5);
    for (const caller of ['a', 'b', 'c', 'd', 'e']) await use(shares, caller, 1_000);
    now += 6_000;
    const { served } = asking(shares, 'a', 'b', 'c', 'd', 'e');
    await settled();
    expect(served).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('count what is held while it is held', async () => {
    const shares = sharesOf(5);
    const first = asking(shares, 'a', 'b', 'c', 'd');
    await settled();
    expect(first.served).toHaveLength(4);
    now += 1_000;
    const { served } = asking(shares, 'e');
    await settled();
    expect(served).toEqual(['e']);
    for (const release of first.releases.values()) release();
  });

  it('are never much of what runs for nobody', async () => {
    const shares = sharesOf(5);
    await use(shares, '', 10_000);
    const { served } = asking(shares, '', '', '', '', '');
    await settled();
    expect(served).toHaveLength(5);
  });

  it('are waited for no longer than a connection is, and are not given to who waits no more', async () => {
    const shares = sharesOf(1);
    const held = await shares.acquire('a');
    const late = shares.acquire('b');
    const failed = expect(late).rejects.toThrow('timeout exceeded when trying to connect');
    vi.advanceTimersByTime(2_000);
    await failed;
    held();
    held();
    const { served } = asking(shares, 'c', 'd');
    await settled();
    expect(served).toEqual(['c']);
  });

  it('forget, where very many come, what those used who have none', async () => {
    const shares = sharesOf(5);
    for (const caller of ['gone', 'holding']) await use(shares, caller, 1_000);
    // Four of five places, and so all that those have who use much.
    for (let place = 0; place < 4; place += 1) await shares.acquire('holding');
    for (let caller = 2; caller < 10_000; caller += 1) await use(shares, `caller ${caller}`, 0);
    const waiting = asking(shares, 'gone', 'holding');
    await settled();
    expect(waiting.served).toEqual([]);
    await use(shares, 'one more than are remembered', 0);
    await settled();
    expect(waiting.served).toEqual(['gone']);
  });
});
