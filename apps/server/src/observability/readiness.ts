/** Whether the server can serve: balancers may ask as often as they like, the database is asked at most twice a second. */
export interface Readiness {
  isReady(): Promise<boolean>;
  /** From now on the answer is no. */
  stop(): void;
}

const ANSWER_TTL_MS = 500;
const PING_TIMEOUT_MS = 1_000;

/** @param ping fails when the database does not answer */
export function createReadiness(ping: () => Promise<unknown>): Readiness {
  let stopping = false;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);

  const check = async (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), PING_TIMEOUT_MS);
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
      if (now - checkedAt > ANSWER_TTL_MS) {
        checkedAt = now;
        answer = check();
      }
      return (await answer) && !stopping;
    },
    stop() {
      stopping = true;
    },
  };
}
