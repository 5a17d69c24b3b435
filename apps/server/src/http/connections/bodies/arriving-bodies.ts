import type { ConnectionBounds } from '../../../settings/bounds/connections.ts';

/** A body that arrives, or whose call is being answered. */
export interface ArrivingBody {
  /** Whom it counts for. */
  readonly address: string;
  /** What it may take of memory. */
  readonly bytes: number;
  /** Whether all of it is here. */
  isComplete(): boolean;
  /** Ends its connection. */
  cut(waitedMs: number): void;
}

/** What bodies take of memory from when they begin to arrive until their call is answered. */
export interface ArrivingBodies {
  /**
   * Takes room for a body, before a byte of it is read.
   * @returns what gives the room back, or whose share of it is used up: that of the address, or of all
   */
  admit(body: ArrivingBody): (() => void) | 'address' | 'all';
  /** Bytes for which room is taken. */
  readonly bytes: number;
}

/** How long a body may take to arrive where others have no room. */
const SHORT_PATIENCE_MS = 2_000;

/**
 * Room is taken by what a body says of its length, so that what was begun has room to its end. Where none is left, who has
 * been sending for longest makes way, after two seconds.
 *
 * @param now milliseconds
 */
export function arrivingBodies(
  bounds: Pick<ConnectionBounds, 'arrivingBytes' | 'arrivingBytesPerAddress'>,
  now: () => number = () => performance.now(),
): ArrivingBodies {
  /** With the time of their coming, which is their order. */
  const admitted = new Map<ArrivingBody, number>();
  const perAddress = new Map<string, number>();
  let taken = 0;

  function release(body: ArrivingBody): void {
    if (!admitted.delete(body)) return;
    taken -= body.bytes;
    const left = (perAddress.get(body.address) ?? 0) - body.bytes;
    if (left > 0) perAddress.set(body.address, left);
    else perAddress.delete(body.address);
  }

  function cutLongest(bytes: number): void {
    const time = now();
    for (const [body, since] of admitted) {
      const waitedMs = time - since;
      if (taken + bytes <= bounds.arrivingBytes || waitedMs < SHORT_PATIENCE_MS) return;
      if (body.isComplete()) continue;
      release(body);
      body.cut(Math.round(waitedMs));
    }
  }

  return {
    admit(body) {
      const { address, bytes } = body;
      const ofAddress = (perAddress.get(address) ?? 0) + bytes;
      if (ofAddress > bounds.arrivingBytesPerAddress) return 'address';
      if (taken + bytes > bounds.arrivingBytes) cutLongest(bytes);
      if (taken + bytes > bounds.arrivingBytes) return 'all';
      admitted.set(body, now());
      taken += bytes;
      perAddress.set(address, (perAddress.get(address) ?? 0) + bytes);
      return () => release(body);
    },
    get bytes() {
      return taken;
    },
  };
}
