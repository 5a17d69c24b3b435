import { describe, expect, it } from 'vitest';
import { arrivingBodies } from './arriving-bodies.ts';

const KIB = 1_024;
const bounds = { arrivingBytes: 100 * KIB, arrivingBytesPerAddress: 40 * KIB };

function given() {
  const clock = { ms: 0 };
  const bodies = arrivingBodies(bounds, () => clock.ms);
  return {
    bodies,
    clock,
    body(address: string, bytes: number) {
      const stub = { address, bytes, complete: false, cutAfter: null as number | null };
      const admitted = bodies.admit({
        address,
        bytes,
        isComplete: () => stub.complete,
        cut: (waitedMs) => {
          stub.cutAfter = waitedMs;
        },
      });
      return Object.assign(stub, { admitted });
    },
  };
}

describe('the room of bodies that arrive', () => {
  it('is a share of the whole for one address', () => {
    const { body, bodies } = given();
    expect(body('one', 40 * KIB).admitted).toBeTypeOf('function');
    expect(body('one', 1).admitted).toBe('address');
    expect(body('other', 40 * KIB).admitted).toBeTypeOf('function');
    expect(bodies.bytes).toBe(80 * KIB);
  });

  it('is given back once, for the address and for all', () => {
    const { body, bodies } = given();
    const { admitted } = body('one', 40 * KIB);
    for (let time = 0; time < 3; time += 1) if (typeof admitted === 'function') admitted();
    expect(bodies.bytes).toBe(0);
    expect(body('one', 40 * KIB).admitted).toBeTypeOf('function');
  });

  it('is taken from who has been sending for longest, after two seconds, and from nobody who has sent all', () => {
    const { body, bodies, clock } = given();
    const whole = Object.assign(body('a', 40 * KIB), { complete: true });
    clock.ms = 1;
    const longest = body('b', 40 * KIB);
    clock.ms = 2_000;
    expect(body('c', 40 * KIB).admitted).toBe('all');
    clock.ms = 2_001;
    const late = body('c', 40 * KIB);
    expect(late.admitted).toBeTypeOf('function');
    expect([whole.cutAfter, longest.cutAfter, late.cutAfter]).toEqual([null, 2_000, null]);
    if (typeof longest.admitted === 'function') longest.admitted();
    expect(bodies.bytes).toBe(80 * KIB);
  });

  it('is taken from nobody while there is some', () => {
    const { body, clock } = given();
    const slow = body('a', 40 * KIB);
    clock.ms = 20_000;
    expect(body('b', 40 * KIB).admitted).toBeTypeOf('function');
    expect(slow.cutAfter).toBeNull();
  });
});
