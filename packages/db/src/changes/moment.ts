/** A time of two clocks: the one never goes back, the other goes on while the machine is suspended. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export const momentOfNow = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/** Milliseconds from one moment to another, by the clock that says more. */
export const msBetween = (from: Moment, to: Moment): number => Math.max(to.steady - from.steady, to.wall - from.wall);

export const msSince = (from: Moment): number => msBetween(from, momentOfNow());
