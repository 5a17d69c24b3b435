/** How often it looks, in milliseconds. */
const EVERY = 5;

export interface Watched {
  /** Bytes of the process's memory at the most, beyond what it had. */
  readonly grown: number;
  /**
   * Milliseconds of the loop's own processor time at the most between two looks, and so without another's turn. A machine
   * that is busy with something else does not disturb it; what the test itself does counts.
   */
  readonly turn: number;
}

/** Watches the memory of this process, and how long its loop is held, until it is stopped. */
export function watchProcess(): { stop(): Watched } {
  const before = process.memoryUsage.rss();
  let [peak, turn] = [before, 0];
  let last = process.threadCpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    turn = Math.max(turn, (user + system) / 1_000);
    peak = Math.max(peak, process.memoryUsage.rss());
    last = process.threadCpuUsage();
  }, EVERY);
  return {
    stop: () => {
      clearInterval(timer);
      return { grown: peak - before, turn };
    },
  };
}
