// How long one turn of the event loop keeps everybody else waiting, counted as time of this thread's processor, which a
// busy machine does not lengthen. Servers and tests share a thread here: what counts is what runs from a request until its
// answer, and not what the test makes of that.

/** A stretch of one turn, in which nothing else could run. */
export interface Turn {
  readonly ms: number;
  /** The calls that were under way, such as `POST /prompts`. */
  readonly during: readonly string[];
}

const NONE: Turn = { ms: 0, during: [] };

const processorMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

class LoopMonitor {
  readonly #underWay = new Map<object, string>();
  #began: number | null = null;
  #names = new Set<string>();
  #longest: Turn = NONE;
  #longestOfProof: Turn = NONE;
  #turns = 0;
  #ticking = false;

  /** A request reaches a server. @returns what is called when its answer is out. */
  enter(name: string): () => void {
    this.#tickOnEachTurn();
    const call = {};
    this.#underWay.set(call, name);
    this.#began ??= processorMs();
    this.#names.add(name);
    return () => {
      if (!this.#underWay.delete(call)) return;
      // What follows within this turn is the test's, until the next request.
      this.#close();
    };
  }

  /** The longest stretch since this was last asked. */
  take(): Turn {
    const longest = this.#longest;
    this.#longest = NONE;
    return longest;
  }

  /** The same since this was last asked, whatever `take` has answered meanwhile, and how many stretches there were. */
  takeOfProof(): { longest: Turn; turns: number } {
    const taken = { longest: this.#longestOfProof, turns: this.#turns };
    this.#longestOfProof = NONE;
    this.#turns = 0;
    return taken;
  }

  #close(): void {
    if (this.#began === null) return;
    const ms = processorMs() - this.#began;
    this.#turns += 1;
    const turn = { ms, during: [...this.#names] };
    if (ms > this.#longest.ms) this.#longest = turn;
    if (ms > this.#longestOfProof.ms) this.#longestOfProof = turn;
    this.#began = null;
    this.#names = new Set();
  }

  #tickOnEachTurn(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    const tick = (): void => {
      this.#close();
      if (this.#underWay.size > 0) {
        this.#began = processorMs();
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
