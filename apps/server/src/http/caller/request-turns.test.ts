import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AppError } from '@promptory/api/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCallGate } from '../../services/call-gate.ts';
import { RequestTurns, type WaitsForTurn } from './request-turns.ts';

/** One request of a caller who has so many turns. */
async function givenRequest(inFlight: number, waits: WaitsForTurn = () => () => undefined) {
  const gate = createCallGate({ inFlight, waiting: 10 });
  const response = new EventEmitter();
  const turns = new RequestTurns(gate, response as ServerResponse, waits);
  await turns.enter('alice');
  return { gate, turns, close: () => response.emit('close') };
}

describe('the turns of a request', () => {
  it('are given back once it has closed and none of its calls is made any more', async () => {
    const { gate, turns, close } = await givenRequest(2);
    const [first, second] = [await turns.take(), await turns.take()];
    expect(gate.counts().inFlight).toBe(2);
    close();
    turns.release(second);
    expect(gate.counts().inFlight).toBe(1);
    turns.release(first);
    expect(gate.counts().inFlight).toBe(0);
  });

  it('are all given back where it closes while calls wait for those before them', async () => {
    const { gate, turns, close } = await givenRequest(1);
    const first = await turns.take();
    const waiting = [turns.take(), turns.take(), turns.take()].map((take) => take.catch((error: Error) => error.name));
    close();
    await expect(turns.take()).rejects.toThrow();
    turns.release(first);
    expect(await Promise.all(waiting)).toEqual(['AbortError', 'AbortError', 'AbortError']);
    expect(gate.counts()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  it('are waited for by a call of a batch for ten seconds, which then is refused as one that came too many', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { gate, turns, close } = await givenRequest(1);
    const first = await turns.take();
    const [second, third] = [turns.take(), turns.take()].map((take) => take.catch((error: AppError) => error));
    await vi.advanceTimersByTimeAsync(10_000);
    for (const refused of [await second, await third]) {
      expect(refused).toMatchObject({
        code: 'limit.exceeded',
        extra: { limit: 'callsInFlight' },
        retryAfterSeconds: 1,
      });
    }
    expect(gate.counts()).toEqual({ inFlight: 1, waiting: 0, refused: 2 });
    turns.release(first);
    turns.release(await turns.take());
    close();
    expect(gate.counts().inFlight).toBe(0);
  });

  it('are not waited for again by the same caller where they did not come', async () => {
    const { gate } = await givenRequest(1);
    let giveUp = (): void => undefined;
    const waits: WaitsForTurn = (give) => {
      giveUp = give;
      return () => undefined;
    };
    const turns = new RequestTurns(gate, new EventEmitter() as ServerResponse, waits);
    const codeOf = (entered: Promise<void>) => entered.catch((error: { code: string }) => error.code);
    const entering = codeOf(turns.enter('alice'));
    giveUp();
    expect([await entering, await codeOf(turns.enter('alice'))]).toEqual(['server.busy', 'server.busy']);
    expect(gate.counts()).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  it('pass from a call that is done to the one that waits', async () => {
    const { gate, turns, close } = await givenRequest(1);
    const first = await turns.take();
    const next = turns.take();
    turns.release(first);
    turns.release(await next);
    expect(gate.counts().inFlight).toBe(1);
    close();
    expect(gate.counts().inFlight).toBe(0);
  });
});
