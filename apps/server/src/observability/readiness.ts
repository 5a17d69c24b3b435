/** Whether the server can serve: balancers may ask as often as they like, the database is asked at most twice a second. */
export interface Readiness {
  isReady(): Promise<boolean>;
  /** The database's disk was full: the answer is no until there is room again. */
  diskFull(): void;
  /** From now on the answer is no. */
  stop(): void;
}

export interface ReadinessOptions {
  /** Fails when the database does not answer. */
  ping(): Promise<unknown>;
  /** Whether the database's disk has room again; fails when the database does not answer. */
  hasDiskRoom(): Promise<boolean>;
  readonly log: { error(facts: object, text: string): void; info(facts: object, text: string): void };
}

const ANSWER_TTL_MS = 500;
const PING_TIMEOUT_MS = 1_000;

/** Says yes while the database answers and its disk has room, of which reads alone would say nothing. */
export function createReadiness({ ping, hasDiskRoom, log }: ReadinessOptions): Readiness {
  let stopping = false;
  let isFull = false;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);

  const ask = async (): Promise<boolean> => {
    if (!isFull) {
      await ping();
      return true;
    }
    if (!(await hasDiskRoom())) return false;
    isFull = false;
    log.info({}, 'the disk of the database has room again');
    return true;
  };
  const check = async (): Promise<boolean> => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), PING_TIMEOUT_MS);
    try {
      return await Promise.race([ask().catch(() => false), late.promise]);
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
    diskFull() {
      if (isFull) return;
      isFull = true;
      checkedAt = Number.NEGATIVE_INFINITY;
      log.error({}, 'the disk of the database is full: calls that write are refused until there is room');
    },
    stop() {
      stopping = true;
    },
  };
}
