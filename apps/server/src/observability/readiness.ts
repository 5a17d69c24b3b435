/** Whether the server can serve, asked as often as balancers like and looked up at most twice a second. */
export interface Readiness {
  isReady(): Promise<boolean>;
  /** From now on the answer is no. */
  stop(): void;
}

const KEPT_MS = 500;
const PATIENCE_MS = 1_000;

/** @param ping fails when the database does not answer */
export function createReadiness(ping: () => Promise<unknown>): Readiness {
  let stopping = false;
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);

  const ask = async (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), PATIENCE_MS);
    try {
      return await Promise.race([
        ping().then(
          () => true,
          () => false,
        ),
        late.promise,
      ]);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async isReady() {
      if (stopping) return false;
      const now = performance.now();
      if (now - asked > KEPT_MS) {
        asked = now;
        answer = ask();
      }
      return (await answer) && !stopping;
    },
    stop() {
      stopping = true;
    },
  };
}
