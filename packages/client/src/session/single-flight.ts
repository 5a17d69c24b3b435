/** Something that is done once for all who want it while it is under way. */
export interface SingleFlight<Value> {
  run(): Promise<Value>;
  /** What is under way; null for nothing. */
  readonly underWay: Promise<Value> | null;
  /** The next `run` starts anew, whatever is under way. */
  forget(): void;
}

export function singleFlight<Value>(start: () => Promise<Value>): SingleFlight<Value> {
  let running: Promise<Value> | null = null;
  return {
    get underWay() {
      return running;
    },
    run() {
      if (running !== null) return running;
      const own = start().finally(() => {
        if (running === own) running = null;
      });
      running = own;
      return own;
    },
    forget() {
      running = null;
    },
  };
}
