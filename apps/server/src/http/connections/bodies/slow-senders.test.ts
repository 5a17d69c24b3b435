import { describe, expect, it } from 'vitest';
import { slowSenders } from './slow-senders.ts';

const KIB = 1_024;

function given() {
  let time = 0;
  const senders = slowSenders({ slowestSender: { bytes: 256 * KIB, seconds: 30 } }, () => time);
  return {
    senders,
    sender() {
      const stub = { bytes: 0, full: false, slow: 0 };
      const sender = {
        sent: () => stub.bytes,
        waitsForUs: () => stub.full,
        onSlow: () => {
          stub.slow += 1;
        },
      };
      senders.begin(sender);
      return Object.assign(stub, { sender });
    },
    pass(seconds: number, happens: () => void = () => undefined): void {
      for (let left = seconds; left > 0; left -= 1) {
        time += 1_000;
        happens();
        senders.sweep();
      }
    },
  };
}

describe('slowSenders', () => {
  it('ends who sends nothing, or a byte a second, after thirty seconds', () => {
    const { sender, pass } = given();
    const [silent, dripping] = [sender(), sender()];
    const drip = () => {
      dripping.bytes += 1;
    };
    pass(29, drip);
    expect([silent.slow, dripping.slow]).toEqual([0, 0]);
    pass(1, drip);
    expect([silent.slow, dripping.slow]).toEqual([1, 1]);
    pass(1, drip);
    expect(silent.slow).toBe(2);
  });

  it('lets a mebibyte arrive at 20 KB a second', () => {
    const { sender, pass } = given();
    const slow = sender();
    pass(53, () => {
      slow.bytes += 20_000;
    });
    expect([slow.slow, slow.bytes > 1_048_576]).toEqual([0, true]);
  });

  it('does not blame whom the server keeps waiting', () => {
    const { sender, pass } = given();
    const kept = Object.assign(sender(), { full: true });
    pass(300);
    kept.full = false;
    pass(29);
    expect(kept.slow).toBe(0);
    pass(1);
    expect(kept.slow).toBe(1);
  });

  it('says since when one is slow, and forgets who has sent all', () => {
    const { sender, senders, pass } = given();
    const { sender: one } = sender();
    pass(3);
    expect(senders.sinceOf(one)).toBe(0);
    senders.end(one);
    expect(senders.sinceOf(one)).toBeUndefined();
  });
});
