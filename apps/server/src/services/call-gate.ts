import { type AppError, detailedError } from '@promptory/api/server';
import type { CallsInFlight } from '../settings/bounds/calls-in-flight.ts';
import { watchLoop } from './watch-loop.ts';

/** Gives a turn back; a second call does nothing. */
export type Leave = () => void;

/**
 * Calls that are being made or answered, of each caller: so many at once, some more wait their turn, the rest is refused.
 *
 * While several call, their calls beyond the first of each share fewer turns, which they get in rotation, a call of each
 * caller. So however many calls some callers make, whoever makes one at a time waits for none of them. While the process is
 * busy besides, each rests after a call as long as it took, so that whoever calls without a pause has half of the time.
 */
export interface CallGate {
  /**
   * Waits for the caller's turn, first come first served among its own calls.
   * @throws AppError limit.exceeded when too many wait already, or this one has waited too long; what `signal` aborts with
   */
  enter(caller: string, signal: AbortSignal): Promise<Leave>;
  /** A turn that is free at once, or null. */
  enterNow(caller: string): Leave | null;
  /** What a call is refused with that has waited elsewhere, for a turn of its request; counted as any other. */
  refusal(): AppError;
  counts(): CallCounts;
}

export interface CallCounts {
  readonly inFlight: number;
  readonly waiting: number;
  /** Since the start. */
  readonly refused: number;
}

/** The calls of one caller. */
interface Line {
  readonly caller: string;
  inFlight: number;
  /** On the clock of the gate: until then its calls give way to those of others. */
  restUntil: number;
  /** In the order of their coming. */
  readonly waiting: Set<(leave: Leave) => void>;
}

const WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 1;
/** Whoever has called within so many milliseconds is one of those who are there, between two calls too. */
const PRESENT_MS = 1_000;
/** How long a call has one of the turns that callers share, in milliseconds; its caller's own turn it has until its end. */
const SHARED_MS = 1_000;
/** The longest that a caller rests after one call, in milliseconds. */
const MOST_REST_MS = 500;

interface GateOptions {
  /** Turns of one caller at once. */
  readonly inFlight: number;
  /** Turns that the calls beyond the first of each caller share while several call. Default: as many as of one. */
  readonly shared?: number;
  /** Calls of one caller that may wait; one more is refused at once. */
  readonly waiting: number;
  /** How long one waits, in milliseconds. */
  readonly waitMs?: number;
  /** Whether the process is so busy that callers rest between their calls: each as long as its last one took. */
  readonly isBusy?: () => boolean;
  /** The time in milliseconds. */
  readonly now?: () => number;
}

export function createCallGate(options: GateOptions): CallGate {
  const { inFlight: most, shared = most, waiting: mostWaiting, waitMs = WAIT_MS } = options;
  const { isBusy = () => false, now = () => performance.now() } = options;
  const present = new PresentCallers(now);
  const lines = new Map<string, Line>();
  /** Those with calls that wait, whoever had a turn longest ago first. */
  const rotation = new Set<Line>();
  const counts = { inFlight: 0, waiting: 0, refused: 0 };
  /** Of calls that were not the only one of their caller when they came. */
  const further = new SharedTurns(() => serveWaiting());

  const refusal = (): AppError => {
    counts.refused += 1;
    return detailedError('limit.exceeded', { limit: 'callsInFlight' }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  };

  const mayHaveFurther = ({ caller, inFlight }: Line): boolean =>
    inFlight < most && (further.count < shared || !present.anyBeside(caller));

  const isResting = (line: Line): boolean => line.restUntil > now();

  /** After a call that began at `since`: whoever calls without a pause has half of the time, and the others the rest. */
  const rest = (line: Line, since: number): void => {
    if (!isBusy() || !present.anyBeside(line.caller)) return;
    const ms = Math.min(now() - since, MOST_REST_MS);
    const until = now() + ms;
    if (until <= line.restUntil) return;
    line.restUntil = until;
    const end = (): void => {
      // A timer may be a millisecond early, by the clock of the gate.
      if (line.restUntil === until) line.restUntil = 0;
      const [only, ...others] = line.waiting;
      // Whoever makes one call at a time waits for none of the others here either.
      if (only !== undefined && others.length === 0 && line.inFlight === 0) serve(line, only, false);
      forget(line);
      serveWaiting();
    };
    setTimeout(end, ms).unref();
  };

  const forget = (line: Line): void => {
    if (line.inFlight === 0 && line.waiting.size === 0 && !isResting(line)) lines.delete(line.caller);
  };

  const take = (line: Line, isFurther: boolean): Leave => {
    line.inFlight += 1;
    counts.inFlight += 1;
    const since = now();
    const endSharing = isFurther ? further.take() : undefined;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      line.inFlight -= 1;
      counts.inFlight -= 1;
      endSharing?.();
      present.see(line.caller);
      rest(line, since);
      forget(line);
      serveWaiting();
    };
  };

  /** Hands out the turns that are free, one to each caller in rotation. */
  const serveWaiting = (): void => {
    for (const line of rotation) {
      const [next] = line.waiting;
      if (next === undefined || isResting(line) || !mayHaveFurther(line)) continue;
      serve(line, next, true);
    }
  };

  const serve = (line: Line, next: (leave: Leave) => void, isFurther: boolean): void => {
    rotation.delete(line);
    line.waiting.delete(next);
    // At the end of the rotation, where the loop of `serveWaiting` comes to it again.
    if (line.waiting.size > 0) rotation.add(line);
    next(take(line, isFurther));
  };

  const enterNow = (caller: string): Leave | null => {
    present.see(caller);
    const line = lines.get(caller) ?? { caller, inFlight: 0, restUntil: 0, waiting: new Set() };
    const isFurther = line.inFlight > 0;
    // Whoever comes now is not before those who wait.
    if (line.waiting.size > 0 || isResting(line) || (isFurther && !mayHaveFurther(line))) return null;
    lines.set(caller, line);
    return take(line, isFurther);
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
        if (line.waiting.size === 0) rotation.delete(line);
        forget(line);
        end();
        reject(signal.aborted ? signal.reason : refusal());
      };
      const timer = setTimeout(give, waitMs);
      signal.addEventListener('abort', give);
      line.waiting.add(turn);
      rotation.add(line);
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
    refusal,
    counts: () => ({ ...counts }),
  };
}

/**
 * The shared turns that are taken, each for a second at most: no caller's unread answer or long call keeps it from the others. One
 * timer ends them, as they end in the order in which they began.
 */
class SharedTurns {
  readonly #onEnded: () => void;
  /** By when they end. */
  readonly #taken = new Set<{ readonly endsAt: number }>();
  #timer: NodeJS.Timeout | null = null;

  /** @param onEnded called when some have ended by their time */
  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  get count(): number {
    return this.#taken.size;
  }

  /** @returns to be called when the call is done */
  take(): () => void {
    const turn = { endsAt: performance.now() + SHARED_MS };
    this.#taken.add(turn);
    this.#timer ??= setTimeout(() => this.#endOld(), SHARED_MS).unref();
    return () => void this.#taken.delete(turn);
  }

  #endOld(): void {
    this.#timer = null;
    const now = performance.now();
    for (const turn of this.#taken) {
      // A timer may be a millisecond early.
      const left = turn.endsAt - now;
      if (left >= 1) {
        this.#timer = setTimeout(() => this.#endOld(), left).unref();
        break;
      }
      this.#taken.delete(turn);
    }
    this.#onEnded();
  }
}

/** Who calls now or has called within the last second. */
class PresentCallers {
  readonly #now: () => number;
  /** When each came or left last, longest ago first; nobody who is no longer there. */
  readonly #seen = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a caller comes or leaves. */
  see(caller: string): void {
    this.#seen.delete(caller);
    this.#seen.set(caller, this.#now());
    this.#forget();
  }

  anyBeside(caller: string): boolean {
    this.#forget();
    return this.#seen.size > (this.#seen.has(caller) ? 1 : 0);
  }

  #forget(): void {
    const since = this.#now() - PRESENT_MS;
    for (const [caller, at] of this.#seen) {
      if (at >= since) break;
      this.#seen.delete(caller);
    }
  }
}

/** What streams has turns of its own, so that long exports do not use up those of ordinary calls. */
export interface CallGates {
  readonly calls: CallGate;
  readonly streams: CallGate;
  /** Streams of events, each for as long as it is open. */
  readonly watches: CallGate;
}

/** What all callers share beyond the first call of each, as a part of what one has alone. */
const SHARED = 0.25;

export function createCallGates({ calls, streams, watches, waiting }: CallsInFlight): CallGates {
  const isBusy = watchLoop();
  const gateOf = (inFlight: number): CallGate =>
    createCallGate({ inFlight, shared: Math.max(1, Math.floor(inFlight * SHARED)), waiting, isBusy });
  // They share nothing: each is there for hours, and costs little.
  const ofWatches = createCallGate({ inFlight: watches, shared: Number.POSITIVE_INFINITY, waiting: 0 });
  return { calls: gateOf(calls), streams: gateOf(streams), watches: ofWatches };
}
