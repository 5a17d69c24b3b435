/** What one call, or a job, may still take of what is removed in short steps. */
export interface StepsLeft {
  steps: number;
  /** Whether the time for them has gone by. Never unless given. */
  readonly isLate?: () => boolean;
}

/** Of a job, which goes on until all is done. */
export const ENDLESS: StepsLeft = { steps: Number.POSITIVE_INFINITY };

/** Takes one step; false where none is left, or no time. */
export function takeStep(left: StepsLeft): boolean {
  if (left.steps <= 0 || left.isLate?.() === true) return false;
  left.steps -= 1;
  return true;
}
