import { describe, expect, it } from 'vitest';
import { CallerTurns } from './caller-turns.ts';

const never = new AbortController().signal;
/** Whatever was begun has gone as far as it goes by itself. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function given(atOnce: number) {
  const turns = new CallerTurns(atOnce);
  const served: string[] = [];
  const leave: (() => void)[] = [];
  return {
    turns,
    served,
    take(caller: string, what: string, signal: AbortSignal = never) {
      const taken = turns.take(caller, signal).then((left) => {
        served.push(what);
        leave.push(left);
      });
      taken.catch(() => undefined);
      return taken;
    },
    async end() {
      leave.shift()?.();
      await settled();
    },
  };
}

describe('turns of callers', () => {
  it('are so many at once', async () => {
    const { take, served, turns, end } = given(2);
    for (const what of ['1', '2', '3']) void take('one', what);
    await settled();
    expect([served, turns.waiting]).toEqual([['1', '2'], 1]);
    await end();
    expect([served, turns.waiting]).toEqual([['1', '2', '3'], 0]);
    await end();
    await end();
    void take('one', '4');
    void take('one', '5');
    await settled();
    expect(served).toEqual(['1', '2', '3', '4', '5']);
  });

  it('go round among those who wait, each in the order of its coming', async () => {
    const { take, served, end } = given(1);
    for (const what of ['a1', 'a2', 'a3', 'a4']) void take('a', what);
    for (const what of ['b1', 'b2']) void take('b', what);
    void take('c', 'c1');
    for (let count = 0; count < 7; count += 1) await end();
    expect(served).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('are waited for no longer than a signal says', async () => {
    const { take, served, turns, end } = given(1);
    const gone = new AbortController();
    void take('a', 'a1');
    const waiting = take('b', 'b1', gone.signal);
    void take('c', 'c1');
    await settled();
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(turns.waiting).toBe(1);
    await end();
    expect(served).toEqual(['a1', 'c1']);
    await expect(take('d', 'd1', gone.signal)).rejects.toThrow('gone');
    await end();
    void take('e', 'e1');
    await settled();
    expect(served).toEqual(['a1', 'c1', 'e1']);
  });
});
