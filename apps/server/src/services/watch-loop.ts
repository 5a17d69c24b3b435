import { performance } from 'node:perf_hooks';

/** From this share of its time on, the calls of one caller make those of another noticeably slower. */
const BUSY_SHARE = 0.4;
/** Milliseconds: shorter than anybody would notice, and long enough to mean something. */
const LOOK_EVERY_MS = 250;

/** Answers whether the event loop was busy since it was last looked at: at most four times a second, and not while nobody asks. */
export function watchLoop(): () => boolean {
  let last = performance.eventLoopUtilization();
  let lookedAt = performance.now();
  let isBusy = false;
  return () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return isBusy;
    const current = performance.eventLoopUtilization();
    isBusy = performance.eventLoopUtilization(current, last).utilization > BUSY_SHARE;
    last = current;
    lookedAt = performance.now();
    return isBusy;
  };
}
