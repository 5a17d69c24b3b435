import { describe, expect, it, onTestFinished } from 'vitest';
import { RequestRefused } from '../http/request-refused.ts';
import { AnswerRoom } from './answer-room.ts';

const KIB = 1_024;
const bounds = { maxAnswerBytes: 100 * KIB, maxBatchBytes: 410 * KIB };
const never = new AbortController().signal;

interface Made {
  readonly begun: number[];
  readonly ends: string[];
  readonly mostAtOnce: number;
}

/** Makes calls with answers of these KiB, all at the same time; each takes a turn of the loop. */
async function make(
  type: string,
  sizes: readonly number[],
  room = new AnswerRoom(sizes.length, bounds),
): Promise<Made> {
  const begun: number[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const ends = await Promise.all(
    sizes.map((size, index) =>
      room
        .run(type, never, async (take) => {
          begun.push(index);
          running += 1;
          mostAtOnce = Math.max(mostAtOnce, running);
          await new Promise(setImmediate);
          running -= 1;
          if (size < 0) throw new Error('failed');
          take(size * KIB);
          return 'sent';
        })
        .catch((error: Error) => (error.cause instanceof RequestRefused ? error.cause.reason : error.message)),
    ),
  );
  return { begun, ends, mostAtOnce };
}

/** Which turn of the event loop it is. */
function countTurns(): () => number {
  let turn = 0;
  const tick = () => {
    turn += 1;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  onTestFinished(() => clearImmediate(next));
  return () => turn;
}

describe('the room of a batch', () => {
  it.each(['query', 'mutation'])(
    'takes every small %s in its order, so many at once as are sure to fit',
    async (type) => {
      const { begun, ends, mostAtOnce } = await make(type, Array(20).fill(1));
      expect(ends).toEqual(Array(20).fill('sent'));
      expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
      expect(mostAtOnce).toBeLessThanOrEqual(4);
      expect(mostAtOnce).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(['query', 'mutation'])(
    'writes one large answer of a %s in a turn of the loop, and then makes one call at a time',
    async (type) => {
      const room = new AnswerRoom(12, { maxAnswerBytes: 100 * KIB, maxBatchBytes: 510 * KIB });
      const turnOfLoop = countTurns();
      const writtenIn: number[] = [];
      let [running, mostOfThoseLeft] = [0, 0];
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          room.run(type, never, async (take) => {
            running += 1;
            if (index >= 5) mostOfThoseLeft = Math.max(mostOfThoseLeft, running);
            await room.inTurn(() => {
              writtenIn.push(turnOfLoop());
              take(10 * KIB);
            });
            running -= 1;
          }),
        ),
      );
      expect(new Set(writtenIn).size).toBe(12);
      expect(mostOfThoseLeft).toBe(1);
      // What is made of them all follows in a turn of its own.
      expect(writtenIn).not.toContain(await room.inTurn(turnOfLoop));
    },
  );

  it('refuses queries that do not fit, and makes none of those behind them', async () => {
    const { begun, ends } = await make('query', Array(20).fill(100));
    expect(ends.filter((end) => end === 'sent')).toHaveLength(3);
    expect(ends.filter((end) => end === 'batch_full')).toHaveLength(17);
    expect(begun.length).toBeLessThanOrEqual(5);
  });

  it('makes a mutation only where its answer is sure to fit, and sends each that was made', async () => {
    const { begun, ends } = await make('mutation', Array(20).fill(100));
    expect(ends.filter((end) => end === 'sent')).toHaveLength(begun.length);
    expect(ends.slice(begun.length)).toEqual(Array(20 - begun.length).fill('batch_full'));
    expect(begun.length).toBe(3);
  });

  it('is not used up by calls that fail', async () => {
    expect((await make('query', Array(20).fill(-1))).ends).toEqual(Array(20).fill('failed'));
  });

  it('always has room for a first mutation, however small it is', async () => {
    const room = new AnswerRoom(2, { maxAnswerBytes: 100, maxBatchBytes: 10 });
    expect((await make('mutation', [1, 1], room)).ends).toEqual(['sent', 'batch_full']);
  });

  it('makes nothing more once nobody waits', async () => {
    const gone = new AbortController();
    const room = new AnswerRoom(2, bounds);
    const first = room.run('query', gone.signal, async () => gone.abort());
    await first;
    await expect(room.run('query', gone.signal, async () => 'made')).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_REQUEST',
    });
  });
});
