import type { ConnectionBounds } from '../../../settings/bounds/connections.ts';

/** Why a connection is cut: it reads too slowly, holds more than one may, or all hold more than they may together. */
export type CutReason = 'slow' | 'large' | 'full';

/** A connection with an answer that is made or taken. */
export interface Reader {
  /** Bytes that wait for it in memory. */
  unread(): number;
  /** Bytes that it took, since it was opened. */
  taken(): number;
  cut(reason: CutReason, at: { unreadBytes: number; waitedMs: number }): void;
}

/** What waits in memory for its readers, and the rules by which they lose it. */
export interface UnreadAnswers {
  begin(reader: Reader): void;
  end(reader: Reader): void;
  /** Whether a request may begin that makes an answer. The last quarter is left to the calls that run already. */
  hasRoom(): boolean;
  /** Makes room for an answer that is about to be written. */
  makeRoomFor(bytes: number): void;
  /** Cuts who reads too slowly. To be called every second or so. */
  sweep(): void;
  /** Since when a reader takes less than it has to, by the clock of `now`; null where nothing waits for it. */
  sinceOf(reader: Reader): number | null;
  /** Bytes that waited when it was last measured. */
  readonly bytes: number;
}

type Bounds = Pick<ConnectionBounds, 'unreadBytes' | 'unreadBytesPerConnection' | 'slowestReader'>;

/** How long a reader may stand still where memory is short, or it holds more than its share. */
const SHORT_PATIENCE_MS = 2_000;
/** Measuring looks at every reader, so it is not done for each of a thousand small answers. */
const MEASURE_MS = 20;
const MEASURE_BYTES = 1_048_576;
const REFUSE_FROM = 0.75;

interface Watched {
  unread: number;
  /** When it last was fast enough, by the clock of `now`; null while nothing waits. */
  since: number | null;
  takenThen: number;
}

/**
 * A reader is slow that takes, within the time of `slowestReader`, neither so many bytes nor all that waits: so one that
 * takes a byte now and then lives no longer than one that takes none. Where memory is short who waited longest goes first.
 *
 * @param now milliseconds
 */
export function unreadAnswers(bounds: Bounds, now: () => number = () => performance.now()): UnreadAnswers {
  const { unreadBytes: most, unreadBytesPerConnection: mostOfOne, slowestReader } = bounds;
  const patienceMs = slowestReader.seconds * 1_000;
  const readers = new Map<Reader, Watched>();
  let measured = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  /** Of answers written since. */
  let added = 0;

  function measure(): void {
    const time = now();
    measured = 0;
    added = 0;
    measuredAt = time;
    for (const [reader, watched] of readers) {
      watched.unread = reader.unread();
      measured += watched.unread;
      if (watched.unread === 0) {
        watched.since = null;
        continue;
      }
      const taken = reader.taken();
      if (watched.since === null || taken - watched.takenThen >= slowestReader.bytes) {
        watched.since = time;
        watched.takenThen = taken;
      }
    }
  }

  function measureWhenDue(): void {
    if (now() - measuredAt >= MEASURE_MS || added >= MEASURE_BYTES) measure();
  }

  function cut(reader: Reader, { unread, since }: Watched, reason: CutReason): void {
    readers.delete(reader);
    measured -= unread;
    reader.cut(reason, { unreadBytes: unread, waitedMs: Math.round(now() - (since ?? now())) });
  }

  /** Cuts who waited longest, of those who waited `leastMs` at least, until `goal` bytes are left. */
  function cutLongest(goal: number, leastMs: number): void {
    if (measured <= goal) return;
    const latest = now() - leastMs;
    const waiting = [...readers].filter(([, { since }]) => since !== null && since <= latest);
    waiting.sort(([, one], [, other]) => (one.since ?? 0) - (other.since ?? 0) || other.unread - one.unread);
    for (const [reader, watched] of waiting) {
      if (measured <= goal) return;
      cut(reader, watched, 'full');
    }
  }

  return {
    begin(reader) {
      readers.set(reader, { unread: 0, since: null, takenThen: 0 });
    },
    end(reader) {
      readers.delete(reader);
    },
    hasRoom() {
      const goal = most * REFUSE_FROM;
      if (measured + added <= goal) return true;
      measureWhenDue();
      cutLongest(goal, SHORT_PATIENCE_MS);
      return measured + added <= goal;
    },
    makeRoomFor(bytes) {
      added += bytes;
      if (measured + added <= most) return;
      measureWhenDue();
      cutLongest(most - bytes, 0);
      added = Math.max(added, bytes);
    },
    sweep() {
      measure();
      const time = now();
      for (const [reader, watched] of readers) {
        if (watched.since === null) continue;
        const waitedMs = time - watched.since;
        if (waitedMs >= patienceMs) cut(reader, watched, 'slow');
        else if (waitedMs >= SHORT_PATIENCE_MS && watched.unread > mostOfOne) cut(reader, watched, 'large');
      }
      cutLongest(most * REFUSE_FROM, SHORT_PATIENCE_MS);
    },
    sinceOf: (reader) => readers.get(reader)?.since ?? null,
    get bytes() {
      return measured + added;
    },
  };
}
