import { describe, expect, it } from 'vitest';
import { arrivingBodies, SMALL_BODY_BYTES } from './arriving-bodies.ts';

const KIB = 1_024;
const bounds = { arrivingBytes: 100 * KIB, arrivingBytesPerAddress: 60 * KIB };

function given() {
  const clock = { ms: 0 };
  const bodies = arrivingBodies(bounds, () => clock.ms);
  return {
    bodies,
    clock,
    /** A body of which so many bytes come beyond those that are not counted. */
    body(address: string, bytes = 0) {
      const stub = { begun: false, madeWayAfter: null as number | null };
      const room = bodies.begin({
        address,
        mayMakeWay: () => !stub.begun,
        makeWay: (waitedMs) => {
          stub.madeWayAfter = waitedMs;
        },
      });
      const holds = (counted: number) => room.holds(SMALL_BODY_BYTES + counted);
      return Object.assign(stub, { holds, end: room.end, refused: holds(bytes) });
    },
  };
}

describe('the room of bodies that arrive', () => {
  it('is taken by what has come, and by no announced or small body', () => {
    const { body, bodies } = given();
    for (let count = 0; count < 1_000; count += 1) expect(body('one').refused).toBeNull();
    const grows = body('one', 10 * KIB);
    expect([grows.holds(30 * KIB), grows.holds(30 * KIB), bodies.bytes]).toEqual([null, null, 30 * KIB]);
  });

  it('is a share of the whole for one address, of which its own make way after two seconds', () => {
    const { body, clock } = given();
    const first = body('one', 60 * KIB);
    expect(body('one', 1).refused).toBe('address');
    clock.ms = 2_000;
    expect(body('one', 1).refused).toBeNull();
    expect(first.madeWayAfter).toBe(2_000);
    expect(body('other', 10 * KIB).refused).toBeNull();
  });

  it('is given back once, for the address and for all', () => {
    const { body, bodies } = given();
    const { end } = body('one', 60 * KIB);
    for (let time = 0; time < 3; time += 1) end();
    expect(bodies.bytes).toBe(0);
    expect(body('one', 60 * KIB).refused).toBeNull();
  });

  it('is taken from who holds most, for whoever would hold less', () => {
    const { body, bodies, clock } = given();
    const [few, many] = [body('few', 30 * KIB), body('many', 60 * KIB)];
    clock.ms = 2_000;
    expect(body('new', 20 * KIB).refused).toBeNull();
    expect([few.madeWayAfter, many.madeWayAfter]).toEqual([null, 2_000]);
    expect(bodies.bytes).toBe(50 * KIB);
    expect(body('large', 60 * KIB).refused).toBe('all');
  });

  it('is taken at once of who is new and holds four times as much', () => {
    const { body } = given();
    const many = body('many', 59 * KIB);
    body('other', 41 * KIB);
    expect(body('less', 15 * KIB).refused).toBe('all');
    expect(body('new', 14 * KIB).refused).toBeNull();
    expect(many.madeWayAfter).toBe(0);
  });

  it('is taken from nobody whose call has begun, and from nobody while there is some', () => {
    const { body, clock } = given();
    const [begun, slow] = [body('many', 60 * KIB), body('few', 20 * KIB)];
    begun.begun = true;
    clock.ms = 20_000;
    expect(body('new', 15 * KIB).refused).toBeNull();
    expect([begun.madeWayAfter, slow.madeWayAfter]).toEqual([null, null]);
    expect(body('next', 10 * KIB).refused).toBeNull();
    expect([begun.madeWayAfter, slow.madeWayAfter]).toEqual([null, 20_000]);
  });

  it('is not taken again by what has made way', () => {
    const { body, bodies, clock } = given();
    const gone = body('many', 60 * KIB);
    body('other', 40 * KIB);
    clock.ms = 2_000;
    body('new', 1);
    expect([gone.madeWayAfter, gone.holds(90 * KIB), bodies.bytes]).toEqual([2_000, null, 40 * KIB + 1]);
  });
});
