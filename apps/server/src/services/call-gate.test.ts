import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@promptory/api/server';
import { seededRandom } from '@promptory/db/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CallGate, createCallGate, createCallGates, type Leave } from './call-gate.ts';

const here = new AbortController().signal;
const gateOf = (options: Partial<Parameters<typeof createCallGate>[0]> = {}): CallGate =>
  createCallGate({ inFlight: 2, waiting: 2, ...options });

describe('a gate of calls in flight', () => {
  it('lets so many of a caller in, has some wait in their order, and refuses the rest', async () => {
    const gate = gateOf();
    const first = await gate.enter('a', here);
    await gate.enter('a', here);
    const order: number[] = [];
    const inOrder = async (number: number): Promise<Leave> => {
      const leave = await gate.enter('a', here);
      order.push(number);
      return leave;
    };
    const waiting = [inOrder(1), inOrder(2)];
    const refused = await gate.enter('a', here).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'limit.exceeded', retryAfterSeconds: 1, extra: { limit: 'callsInFlight' } });
    expect(gate.counts()).toEqual({ inFlight: 2, waiting: 2, refused: 1 });
    first();
    (await waiting[0])?.();
    await waiting[1];
    expect(order).toEqual([1, 2]);
  });

  it('keeps callers apart', async () => {
    const gate = gateOf({ inFlight: 1, waiting: 0 });
    await gate.enter('a', here);
    await gate.enter('b', here);
    await expect(gate.enter('a', here)).rejects.toBeInstanceOf(AppError);
  });

  it('gives a turn to who waits and not to who comes now', async () => {
    const gate = gateOf({ inFlight: 1 });
    const leave = await gate.enter('a', here);
    const waiting = gate.enter('a', here);
    leave();
    expect(gate.enterNow('a')).toBeNull();
    (await waiting)();
    expect(gate.enterNow('a')).not.toBeNull();
  });

  it('takes a turn back once, however often it is given', async () => {
    const gate = gateOf({ inFlight: 1 });
    const leave = await gate.enter('a', here);
    leave();
    leave();
    const again: Leave = await gate.enter('a', here);
    leave();
    expect(gate.counts().inFlight).toBe(1);
    again();
    expect(gate.counts()).toEqual({ inFlight: 0, waiting: 0, refused: 0 });
  });

  it('refuses who has waited too long, and forgets who has left', async () => {
    const gate = gateOf({ inFlight: 1, waitMs: 20 });
    await gate.enter('a', here);
    await expect(gate.enter('a', here)).rejects.toMatchObject({ code: 'limit.exceeded' });
    const client = new AbortController();
    const gone = gate.enter('a', client.signal);
    client.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    await sleep(30);
    expect(gate.counts()).toEqual({ inFlight: 1, waiting: 0, refused: 1 });
  });

  it('gives the next turn of a caller to its other call where one that waited has gone', async () => {
    const gate = gateOf({ inFlight: 1 });
    const leave = await gate.enter('a', here);
    const client = new AbortController();
    const gone = gate.enter('a', client.signal);
    const stays = gate.enter('a', here);
    client.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    leave();
    expect(gate.counts()).toEqual({ inFlight: 1, waiting: 0, refused: 0 });
    (await stays)();
  });
});

describe('a gate beside others', () => {
  /** Callers whose calls end when they are told to, and what each has in flight; who waits goes away with the test. */
  const crowd = (gate: CallGate) => {
    const clients = new AbortController();
    onTestFinished(() => clients.abort());
    const running = new Map<string, Leave[]>();
    const served: string[] = [];
    const of = (caller: string): Leave[] => {
      const all = running.get(caller) ?? [];
      running.set(caller, all);
      return all;
    };
    return {
      served,
      inFlight: (caller: string) => of(caller).length,
      call: (caller: string) =>
        void gate.enter(caller, clients.signal).then(
          (leave) => {
            of(caller).push(leave);
            served.push(caller);
          },
          () => undefined,
        ),
      end: (caller: string) => of(caller).shift()?.(),
      settle: () => sleep(0),
    };
  };

  it('gives a caller all its turns while it is alone, and fewer from when another calls until a second after', async () => {
    let time = 0;
    const gate = gateOf({ inFlight: 4, shared: 1, waiting: 20, now: () => time });
    const calls = crowd(gate);
    for (let call = 0; call < 12; call += 1) calls.call('a');
    await calls.settle();
    expect(calls.inFlight('a')).toBe(4);
    calls.call('b');
    await calls.settle();
    expect(calls.inFlight('b')).toBe(1);
    for (let ended = 0; ended < 4; ended += 1) calls.end('a');
    calls.end('b');
    await calls.settle();
    expect(calls.inFlight('a')).toBe(1);
    time += 1_001;
    calls.end('a');
    await calls.settle();
    expect(calls.inFlight('a')).toBe(4);
    expect(gate.counts()).toEqual({ inFlight: 4, waiting: 3, refused: 0 });
  });

  it('has ten callers of five calls each take turns among themselves, and who makes one at a time waits for none', async () => {
    const gate = gateOf({ inFlight: 10, shared: 5, waiting: 40 });
    const calls = crowd(gate);
    const callers = Array.from({ length: 10 }, (_, index) => `caller ${index}`);
    for (let call = 0; call < 5; call += 1) for (const caller of callers) calls.call(caller);
    await calls.settle();
    // Each came with nothing in flight once: from then on all of them share five turns.
    for (const caller of callers) calls.end(caller);
    await calls.settle();
    for (let turn = 0; turn < 100; turn += 1) {
      expect(gate.counts().inFlight).toBe(5);
      // Calls end in the order in which they were let in.
      const next = calls.served.filter((caller) => caller !== 'other')[10 + turn] ?? '';
      calls.end(next);
      calls.call(next);
      calls.call('other');
      await calls.settle();
      expect(calls.inFlight('other')).toBe(1);
      calls.end('other');
      await calls.settle();
    }
    const times = callers.map((caller) => calls.served.filter((one) => one === caller).length);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
  });

  it('lets nobody wait for a turn that is free, and hands out no more than there are', async () => {
    const gate = gateOf({ inFlight: 5, shared: 2, waiting: 1_000, waitMs: 3_600_000 });
    const calls = crowd(gate);
    const callers = ['a', 'b', 'c', 'd'];
    const random = seededRandom(42);
    for (let step = 0; step < 2_000; step += 1) {
      const caller = callers[Math.floor(random() * callers.length)] ?? '';
      if (random() < 0.5) calls.call(caller);
      else calls.end(caller);
      if (step % 50 === 0) await calls.settle();
      for (const one of callers) expect(calls.inFlight(one)).toBeLessThanOrEqual(5);
    }
    await calls.settle();
    while (gate.counts().inFlight > 0) {
      for (const caller of callers) calls.end(caller);
      await calls.settle();
    }
    expect(gate.counts()).toEqual({ inFlight: 0, waiting: 0, refused: 0 });
  });

  it('leaves a shared turn to others after a second, however long its call takes or its answer is not read', async () => {
    vi.useFakeTimers();
    try {
      const gate = gateOf({ inFlight: 4, shared: 1, waiting: 4 });
      await gate.enter('a', here);
      await gate.enter('b', here);
      await gate.enter('a', here);
      const waiting = gate.enter('b', here);
      await vi.advanceTimersByTimeAsync(999);
      expect(gate.counts()).toMatchObject({ inFlight: 3, waiting: 1 });
      await vi.advanceTimersByTimeAsync(1);
      (await waiting)();
      expect(gate.counts()).toMatchObject({ inFlight: 3, waiting: 0 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a gate of a busy process', () => {
  const clock = (): number => vi.getMockedSystemTime()?.getTime() ?? Number.NaN;
  const restless = async (isBusy: () => boolean, others: readonly string[], now = clock): Promise<CallGate> => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const gate = gateOf({ inFlight: 4, shared: 1, waiting: 4, isBusy, now });
    for (const other of others) await gate.enter(other, here);
    const leave = await gate.enter('a', here);
    await vi.advanceTimersByTimeAsync(200);
    leave();
    return gate;
  };

  it('lets a caller rest after a call as long as it took, while others are there', async () => {
    const gate = await restless(() => true, ['b']);
    expect(gate.enterNow('a')).toBeNull();
    expect(gate.enterNow('c')).not.toBeNull();
    let entered = false;
    const next = gate.enter('a', here).then((leave) => {
      entered = true;
      return leave;
    });
    await vi.advanceTimersByTimeAsync(199);
    expect(entered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    (await next)();
  });

  it('gives who makes one call at a time a turn after the rest, though all shared ones are taken', async () => {
    const gate = await restless(() => true, ['b', 'b']);
    expect(gate.enterNow('b')).toBeNull();
    const next = gate.enter('a', here);
    await vi.advanceTimersByTimeAsync(200);
    (await next)();
  });

  it('serves who waits at the end of a rest, though the timer comes early by its clock', async () => {
    const gate = await restless(
      () => true,
      ['b'],
      () => clock() * 0.999,
    );
    const next = gate.enter('a', here);
    await vi.advanceTimersByTimeAsync(200);
    (await next)();
  });

  it('lets nobody rest longer than half a second', async () => {
    const gate = await restless(() => true, ['b']);
    await vi.advanceTimersByTimeAsync(200);
    const leave = gate.enterNow('a');
    await vi.advanceTimersByTimeAsync(60_000);
    gate.enterNow('b');
    leave?.();
    await vi.advanceTimersByTimeAsync(499);
    expect(gate.enterNow('a')).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(gate.enterNow('a')).not.toBeNull();
  });

  it.each<[string, boolean, readonly string[]]>([
    ['alone', true, []],
    ['where there is time', false, ['b']],
  ])('lets nobody rest %s', async (_, isBusy, others) => {
    const gate = await restless(() => isBusy, others);
    expect(gate.enterNow('a')).not.toBeNull();
  });

  it('counts nobody twice, and forgets who has rested', async () => {
    const gate = await restless(() => true, ['b']);
    const next = gate.enter('a', here);
    await vi.advanceTimersByTimeAsync(200);
    (await next)();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gate.counts()).toEqual({ inFlight: 1, waiting: 0, refused: 0 });
    expect(gate.enterNow('a')).not.toBeNull();
  });
});

describe('the gates of a server', () => {
  const gates = () => createCallGates({ calls: 4, streams: 3, watches: 2, waiting: 0 });

  it.each(['calls', 'streams', 'watches'] as const)(
    'let as many %s of one caller in as are set, each apart',
    async (kind) => {
      const gate = gates()[kind];
      const most = { calls: 4, streams: 3, watches: 2 }[kind];
      for (let left = most; left > 0; left -= 1) await gate.enter('a', here);
      await expect(gate.enter('a', here)).rejects.toMatchObject({ code: 'limit.exceeded' });
      expect(gate.counts()).toEqual({ inFlight: most, waiting: 0, refused: 1 });
    },
  );

  it('have as many calls wait as are set', async () => {
    const { calls } = createCallGates({ calls: 1, streams: 1, watches: 1, waiting: 1 });
    const leave = await calls.enter('a', here);
    const waiting = calls.enter('a', here);
    await expect(calls.enter('a', here)).rejects.toMatchObject({ code: 'limit.exceeded' });
    leave();
    (await waiting)();
  });

  it('have callers share a quarter of that beyond the first call of each, but where they watch', async () => {
    const { calls, watches } = gates();
    for (const gate of [calls, watches]) for (const caller of ['a', 'b', 'c']) await gate.enter(caller, here);
    expect(calls.enterNow('a')).not.toBeNull();
    expect([calls.enterNow('b'), calls.enterNow('c')]).toEqual([null, null]);
    expect([watches.enterNow('a'), watches.enterNow('b')]).not.toContain(null);
  });
});
