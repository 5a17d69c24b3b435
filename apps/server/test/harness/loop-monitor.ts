// How long one turn of the event loop keeps everybody else waiting, counted as time of this thread's processor, which a
// busy machine does not lengthen. Servers and tests share a thread here: what counts is what runs from a request until its
// answer, and not what the test makes of that.

/** A stretch of one turn, in which nothing else could run. */
export interface Turn {
  readonly ms: number;
  /** The calls that were under way, such as `POST /prompts`. */
  readonly during: readonly string[];
  /** When, in microseconds on the clock of `process.hrtime`. */
  readonly from: number;
  readonly to: number;
  /** How many times as long the same work takes just then as it did when the machine had least to do; known of long ones. */
  readonly slowdown: number;
}

const NONE: Turn = { ms: 0, during: [], from: 0, to: 0, slowdown: 1 };
/** Turns of more milliseconds are kept one by one, so many of them at most. */
const LONG_MS = 50;
const MOST_LONG = 500;

const processorMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const now = (): number => Number(process.hrtime.bigint() / 1_000n);

const WORK = Array.from({ length: 2_000 }, (_, index) => ({ index, text: `work ${index}` }));
/** Systems tell the time of a thread in steps of some milliseconds. */
const LEAST_MEASURED_MS = 24;
let leastWorkMs = Number.POSITIVE_INFINITY;

/** The same work again and again for a while: shared caches and cores make it longer while others are busy. */
function slowdownNow(): number {
  const before = processorMs();
  let [times, ms] = [0, 0];
  while (ms < LEAST_MEASURED_MS) {
    JSON.parse(JSON.stringify(WORK));
    times += 1;
    ms = processorMs() - before;
  }
  leastWorkMs = Math.min(leastWorkMs, ms / times);
  return ms / times / leastWorkMs;
}

class LoopMonitor {
  readonly #underWay = new Map<object, string>();
  #began: number | null = null;
  #from = 0;
  #names = new Set<string>();
  #longest: Turn = NONE;
  #longestOfProof: Turn = NONE;
  #long: Turn[] = [];
  #turns = 0;
  #starting = 0;
  #ticking = false;

  /** A request reaches a server. @returns what is called when its answer is out. */
  enter(name: string): () => void {
    this.#tickOnEachTurn();
    const call = {};
    this.#underWay.set(call, name);
    if (this.#began === null) this.#begin();
    this.#names.add(name);
    return () => {
      if (!this.#underWay.delete(call)) return;
      // What follows within this turn is the test's, until the next request.
      this.#close();
    };
  }

  /** A server starts, which takes its time and answers nobody yet. @returns what is called when it is there */
  start(): () => void {
    this.#starting += 1;
    return () => {
      this.#began = null;
      this.#starting = Math.max(0, this.#starting - 1);
    };
  }

  /** The longest stretch since this was last asked. */
  take(): Turn {
    const longest = this.#longest;
    this.#longest = NONE;
    return longest;
  }

  /** The same since this was last asked, whatever `take` has answered meanwhile, those that were long, and how many there were. */
  takeOfProof(): { longest: Turn; long: readonly Turn[]; turns: number } {
    slowdownNow();
    const taken = { longest: this.#longestOfProof, long: this.#long, turns: this.#turns };
    this.#longestOfProof = NONE;
    // One that failed to start says so to nobody.
    this.#starting = 0;
    this.#long = [];
    this.#turns = 0;
    return taken;
  }

  #begin(): void {
    this.#began = processorMs();
    this.#from = now();
  }

  #close(): void {
    if (this.#began === null) return;
    const ms = processorMs() - this.#began;
    this.#turns += 1;
    const isLong = ms > LONG_MS && this.#starting === 0;
    const turn = { ms, during: [...this.#names], from: this.#from, to: now(), slowdown: isLong ? slowdownNow() : 1 };
    if (ms > this.#longest.ms) this.#longest = turn;
    if (ms > this.#longestOfProof.ms) this.#longestOfProof = turn;
    if (isLong && this.#long.length < MOST_LONG) this.#long.push(turn);
    this.#began = null;
    this.#names = new Set();
  }

  #tickOnEachTurn(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    const tick = (): void => {
      this.#close();
      if (this.#underWay.size > 0) {
        this.#begin();
        this.#names = new Set(this.#underWay.values());
      }
      // Without a reference it runs once in each turn and keeps none from waiting.
      setImmediate(tick).unref();
    };
    setImmediate(tick).unref();
  }
}

/** Of this thread: every server that is booted here enters its requests. */
export const loopMonitor = new LoopMonitor();
