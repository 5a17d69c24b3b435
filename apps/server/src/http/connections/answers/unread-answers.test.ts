import { describe, expect, it } from 'vitest';
import { type CutReason, type Reader, unreadAnswers } from './unread-answers.ts';

const KIB = 1_024;
const bounds = {
  unreadBytes: 1_000 * KIB,
  unreadBytesPerConnection: 100 * KIB,
  slowestReader: { bytes: 64 * KIB, seconds: 30 },
};

interface Stub extends Reader {
  waits: number;
  took: number;
  cutFor: CutReason | null;
}

function given() {
  let time = 0;
  const answers = unreadAnswers(bounds, () => time);
  return {
    answers,
    /** Opens a connection for which so many bytes wait. */
    reader(waits: number): Stub {
      const stub: Stub = {
        waits,
        took: 0,
        cutFor: null,
        unread: () => stub.waits,
        taken: () => stub.took,
        cut: (reason) => {
          stub.cutFor = reason;
        },
      };
      answers.begin(stub);
      return stub;
    },
    /** Lets seconds pass, in each of which `happens` comes before the sweep. */
    pass(seconds: number, happens: () => void = () => undefined): void {
      for (let left = seconds; left > 0; left -= 1) {
        time += 1_000;
        happens();
        answers.sweep();
      }
    },
  };
}

/** Takes bytes of what waits. */
const take = (reader: Stub, bytes: number): void => {
  const taken = Math.min(bytes, reader.waits);
  reader.waits -= taken;
  reader.took += taken;
};

describe('unreadAnswers', () => {
  it('cuts who takes nothing for as long as the slowest may', () => {
    const { reader, pass } = given();
    const stalled = reader(50 * KIB);
    pass(30);
    expect(stalled.cutFor).toBeNull();
    pass(1);
    expect(stalled.cutFor).toBe('slow');
  });

  it('cuts who takes a byte now and then no later', () => {
    const { reader, pass } = given();
    const dripping = reader(90 * KIB);
    pass(31, () => take(dripping, 1 * KIB));
    expect(dripping.cutFor).toBe('slow');
  });

  it('lets live who takes enough, of an answer and of a stream that goes on for ever', () => {
    const { reader, pass } = given();
    const streaming = reader(100 * KIB);
    pass(600, () => {
      take(streaming, 3 * KIB);
      streaming.waits = 100 * KIB;
    });
    expect(streaming.cutFor).toBeNull();
  });

  it('lets live who takes little, where that is all there is', () => {
    const { reader, pass } = given();
    const idle = reader(0);
    let second = 0;
    pass(600, () => {
      second += 1;
      if (second % 40 === 0) idle.waits = 10;
      if (second % 40 === 20) take(idle, 10);
    });
    expect(idle.cutFor).toBeNull();
  });

  it('gives who holds more than one may only a moment to stand still', () => {
    const { reader, pass } = given();
    const large = reader(101 * KIB);
    const within = reader(100 * KIB);
    pass(3);
    expect([large.cutFor, within.cutFor]).toEqual(['large', null]);
    const moving = reader(900 * KIB);
    pass(8, () => take(moving, 100 * KIB));
    expect(moving.cutFor).toBeNull();
  });

  it('cuts those who waited longest where memory is short, no more than needed, before it refuses anyone', () => {
    const { answers, reader, pass } = given();
    const first = reader(90 * KIB);
    pass(1);
    const others = Array.from({ length: 8 }, () => reader(90 * KIB));
    pass(2);
    expect(answers.hasRoom()).toBe(true);
    expect(first.cutFor).toBe('full');
    expect(others.filter(({ cutFor }) => cutFor !== null)).toEqual([]);
  });

  it('refuses what would begin while what waits is new, and takes it when that is read', () => {
    const { answers, reader, pass } = given();
    const fresh = Array.from({ length: 9 }, () => reader(90 * KIB));
    pass(1);
    expect(answers.hasRoom()).toBe(false);
    for (const one of fresh) take(one, 80 * KIB);
    pass(1);
    expect(answers.hasRoom()).toBe(true);
    expect(fresh.every(({ cutFor }) => cutFor === null)).toBe(true);
  });

  it('makes room for an answer that is there already, and counts it before it is measured', () => {
    const { answers, reader, pass } = given();
    const [first, second] = [reader(95 * KIB), reader(95 * KIB)];
    pass(1);
    answers.makeRoomFor(800 * KIB);
    expect([first.cutFor, second.cutFor]).toEqual([null, null]);
    expect(answers.bytes).toBe(990 * KIB);
    pass(1);
    answers.makeRoomFor(900 * KIB);
    expect([first.cutFor, second.cutFor]).toEqual(['full', null]);
  });

  it('forgets who is answered', () => {
    const { answers, reader, pass } = given();
    const gone = reader(50 * KIB);
    answers.end(gone);
    pass(60);
    expect([gone.cutFor, answers.bytes]).toEqual([null, 0]);
  });
});
