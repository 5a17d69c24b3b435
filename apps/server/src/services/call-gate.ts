import { AppError } from '@promptory/api/server';
import type { CallsInFlight } from '../settings/calls-in-flight.ts';

/** Gives a turn back; a second call does nothing. */
export type Leave = () => void;

/** Calls that are being made or answered, of each caller: so many at once, some more wait their turn, the rest is refused. */
export interface CallGate {
  /**
   * Waits for the caller's turn, first come first served.
   * @throws AppError limit.exceeded when too many wait already, or this one has waited too long; what `signal` aborts with
   */
  enter(caller: string, signal: AbortSignal): Promise<Leave>;
  /** A turn that is free at once, or null. */
  enterNow(caller: string): Leave | null;
  counts(): CallCounts;
}

export interface CallCounts {
  readonly inFlight: number;
  readonly waiting: number;
  /** Since the start. */
  readonly refused: number;
}

interface Line {
  inFlight: number;
  /** In the order of their coming. */
  readonly waiting: Set<(leave: Leave) => void>;
}

const WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * @param options.inFlight turns of one caller at once
 * @param options.waiting calls of one caller that may wait; one more is refused at once
 * @param options.waitMs how long one waits, in milliseconds
 */
export function createCallGate(options: { inFlight: number; waiting: number; waitMs?: number }): CallGate {
  const { inFlight: most, waiting: mostWaiting, waitMs = WAIT_MS } = options;
  const lines = new Map<string, Line>();
  const counts = { inFlight: 0, waiting: 0, refused: 0 };

  const refusal = (): AppError => {
    counts.refused += 1;
    return new AppError('limit.exceeded', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      extra: { limit: 'callsInFlight' },
    });
  };

  const leaveOf = (caller: string, line: Line): Leave => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = line.waiting;
      if (next !== undefined) {
        // The turn goes from hand to hand, so that nobody who comes now is before those who wait.
        line.waiting.delete(next);
        next(leaveOf(caller, line));
        return;
      }
      line.inFlight -= 1;
      counts.inFlight -= 1;
      if (line.inFlight === 0) lines.delete(caller);
    };
  };

  const enterNow = (caller: string): Leave | null => {
    const line = lines.get(caller) ?? { inFlight: 0, waiting: new Set() };
    if (line.inFlight >= most) return null;
    lines.set(caller, line);
    line.inFlight += 1;
    counts.inFlight += 1;
    return leaveOf(caller, line);
  };

  const waitIn = (line: Line, signal: AbortSignal): Promise<Leave> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', give);
        counts.waiting -= 1;
      };
      const turn = (leave: Leave): void => {
        end();
        resolve(leave);
      };
      const give = (): void => {
        line.waiting.delete(turn);
        end();
        reject(signal.aborted ? signal.reason : refusal());
      };
      const timer = setTimeout(give, waitMs);
      signal.addEventListener('abort', give);
      line.waiting.add(turn);
      counts.waiting += 1;
    });

  return {
    async enter(caller, signal) {
      signal.throwIfAborted();
      const leave = enterNow(caller);
      if (leave !== null) return leave;
      const line = lines.get(caller);
      if (line === undefined || line.waiting.size >= mostWaiting) throw refusal();
      return waitIn(line, signal);
    },
    enterNow,
    counts: () => ({ ...counts }),
  };
}

/** What streams has turns of its own, so that long exports do not use up those of ordinary calls. */
export interface CallGates {
  readonly calls: CallGate;
  readonly streams: CallGate;
}

export const createCallGates = ({ calls, streams, waiting }: CallsInFlight): CallGates => ({
  calls: createCallGate({ inFlight: calls, waiting }),
  streams: createCallGate({ inFlight: streams, waiting }),
});
