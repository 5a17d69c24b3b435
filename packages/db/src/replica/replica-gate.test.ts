import { beforeEach, describe, expect, it } from 'vitest';
import { ReplicaGate } from './replica-gate.ts';

const HISTORY = '7/1/5';

let now: { steady: number; wall: number };
let gate: ReplicaGate;
beforeEach(() => {
  now = { steady: 5_000, wall: 1_000_000 };
  gate = new ReplicaGate({ now: () => ({ ...now }) });
});

function later(ms: number): void {
  now = { steady: now.steady + ms, wall: now.wall + ms };
}

/** The feed has read, just now, and found the log written up to there. */
const read = (written: number, parts: { topics?: string[]; history?: string; isLost?: boolean } = {}): void =>
  gate.hasRead({ began: { ...now }, topics: [], history: HISTORY, written: BigInt(written), ...parts });

const replayed = (position: number, parts: { isReplica?: boolean; history?: string } = {}): boolean =>
  gate.isAt({ isReplica: true, history: HISTORY, replayed: BigInt(position), ...parts });

describe('a gate to a replica', () => {
  it('is shut until the replica shows what a read of the feed found', () => {
    expect(gate.isOpen()).toBe(false);
    read(100);
    expect(gate.isOpen()).toBe(false);
    expect(gate.isAwaiting).toBe(true);
    replayed(99);
    expect(gate.isOpen()).toBe(false);
    replayed(100);
    expect(gate.isAwaiting).toBe(false);
    expect(gate.isOpen()).toBe(true);
  });

  it('is open for a second after the moment at which that read began, however late it is shown', () => {
    read(100);
    later(700);
    replayed(100);
    later(300);
    expect(gate.isOpen()).toBe(true);
    expect(gate.ageSeconds()).toBe(1);
    later(1);
    expect(gate.isOpen()).toBe(false);
  });

  it('takes the machine for having slept where only the clock on the wall went on', () => {
    read(100);
    replayed(100);
    now = { ...now, wall: now.wall + 1_001 };
    expect(gate.isOpen()).toBe(false);
  });

  it('goes by the last read that is shown, of many that are awaited', () => {
    read(100);
    later(400);
    read(200);
    later(400);
    read(300);
    replayed(250);
    expect(gate.isAwaiting).toBe(true);
    expect(gate.ageSeconds()).toBe(0.4);
    later(601);
    expect(gate.isOpen()).toBe(false);
    replayed(300);
    expect(gate.ageSeconds()).toBe(0.601);
    expect(gate.isOpen()).toBe(true);
  });

  it('awaits nothing that would be too old once it is shown', () => {
    for (let at = 1; at <= 50; at += 1) {
      read(at * 100);
      later(250);
    }
    replayed(4_500);
    expect(gate.ageSeconds()).toBeNull();
    replayed(4_700);
    expect(gate.ageSeconds()).toBe(1);
  });

  it('is shut once something was changed here, until a read that began afterwards is shown', () => {
    read(100);
    replayed(100);
    later(1);
    gate.changed();
    expect(gate.isOpen()).toBe(false);
    later(1);
    read(200);
    replayed(150);
    expect(gate.isOpen()).toBe(false);
    replayed(200);
    expect(gate.isOpen()).toBe(true);
  });

  it('does not take a read for one that began after a change before which it began', () => {
    read(100);
    later(1);
    gate.changed();
    replayed(100);
    expect(gate.isOpen()).toBe(false);
  });

  it.each(['user:1', 'session:1', 'key:1', 'reach:1', 'group:1'])(
    'is shut until a change of rights is shown: %s',
    (topic) => {
      read(100);
      replayed(100);
      later(1);
      read(200, { topics: ['prompt:1', topic] });
      expect(gate.isOpen()).toBe(false);
      replayed(200);
      expect(gate.isOpen()).toBe(true);
    },
  );

  it('is open while contents that others changed are not shown yet', () => {
    read(100);
    replayed(100);
    later(1);
    read(200, { topics: ['prompt:1', 'name:1/a'] });
    expect(gate.isOpen()).toBe(true);
  });

  it('takes a read that lost count for one of changed rights', () => {
    read(100);
    replayed(100);
    later(1);
    read(200, { isLost: true });
    expect(gate.isOpen()).toBe(false);
  });

  it.each([
    ['it was made a database of its own', { isReplica: false }],
    ['it is of another cluster', { history: '8/1/5' }],
    ['it is on another timeline', { history: '7/2/5' }],
    ['it is another database of the cluster', { history: '7/1/6' }],
  ])('is shut where %s, and opens by a read after that alone', (_, state) => {
    read(100);
    replayed(100);
    expect(replayed(1_000, state)).toBe(false);
    expect(gate.isOpen()).toBe(false);
    expect(replayed(1_000)).toBe(true);
    expect(gate.isOpen()).toBe(false);
    read(200);
    replayed(1_000);
    expect(gate.isOpen()).toBe(true);
  });

  it('is shut when the feed goes on with another database, whose positions say nothing of this one', () => {
    read(100);
    replayed(100);
    read(50, { history: '7/2/5' });
    expect(gate.isOpen()).toBe(false);
    expect(replayed(100)).toBe(false);
  });

  it('is shut when nothing is known of the replica any more', () => {
    read(100);
    replayed(100);
    gate.lost();
    expect(gate.isOpen()).toBe(false);
    expect(gate.ageSeconds()).toBeNull();
  });

  it('rests after a statement has failed, longer each time, and no longer than eight seconds', () => {
    const restMs = (): number => {
      gate.failed();
      gate.failed();
      for (let ms = 0; ; ms += 50) {
        read(100);
        replayed(100);
        if (gate.isOpen()) return ms;
        later(50);
      }
    };
    expect(Array.from({ length: 8 }, restMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    later(16_001);
    expect(restMs()).toBe(250);
  });
});
