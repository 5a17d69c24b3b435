import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { type CallGate, createCallGate, type Leave } from './call-gate.ts';

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
});
