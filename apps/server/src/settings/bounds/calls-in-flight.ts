import { wholeNumber } from '../forms/whole-number.ts';

/** Of one caller. */
export interface CallsInFlight {
  readonly calls: number;
  /** What streams, counted apart. */
  readonly streams: number;
  /** Streams of events that are open. */
  readonly watches: number;
  /** Calls that wait their turn. */
  readonly waiting: number;
}

export const CallsInFlightVariables = {
  CALLS_IN_FLIGHT: wholeNumber(1, 1_000).optional(),
  STREAMS_IN_FLIGHT: wholeNumber(1, 1_000).optional(),
  WATCHES_PER_CALLER: wholeNumber(1, 1_000_000).default(500),
  CALLS_WAITING: wholeNumber(0, 10_000).default(40),
};

/** Each call in flight has a connection of the pool at most: unless set, one caller leaves others a quarter of them. */
export function callsInFlightOf(
  read: {
    CALLS_IN_FLIGHT?: number | undefined;
    STREAMS_IN_FLIGHT?: number | undefined;
    WATCHES_PER_CALLER: number;
    CALLS_WAITING: number;
  },
  poolSize: number,
): CallsInFlight {
  return {
    calls: read.CALLS_IN_FLIGHT ?? Math.max(1, Math.floor(poolSize / 2)),
    streams: read.STREAMS_IN_FLIGHT ?? Math.max(1, Math.floor(poolSize / 4)),
    watches: read.WATCHES_PER_CALLER,
    waiting: read.CALLS_WAITING,
  };
}
