import { createHash } from 'node:crypto';
import { seededRandom } from '@promptory/db/testing';
import { inject, test } from 'vitest';
import { loopMonitor } from '../../harness/loop-monitor.ts';
import { type HeldTurn, LONGEST_TURN_MS, loopProfile } from './loop-profile.ts';

// A property of docs/security.md is shown by attacking it: every attack is a case, every effect or answer that should
// not be is a deviation. What was tried is written into the test's meta, from which the table at the end is made.

/** The letter and number of a property, such as `B2`. */
export type Property = `${'A' | 'B' | 'C' | 'D' | 'E' | 'F'}${number}`;

/** What one proof found, as JSON. */
export interface Findings {
  readonly property: Property;
  readonly sentence: string;
  readonly scale: number;
  readonly seed: number;
  readonly cases: number;
  readonly deviations: number;
  readonly seconds: number;
  /** Said beside the row, such as what was measured. */
  readonly remarks: readonly string[];
  /** The turn of the event loop that servers held longest while it ran, null where none was long; and how many there were. */
  readonly loop: { readonly longest: HeldTurn | null; readonly turns: number };
}

declare module 'vitest' {
  interface TaskMeta {
    proof?: Findings;
  }
}

/** The scale of a run that tries all cases. */
const WHOLE = 1;

const MAX_DEVIATION_LINES = 20;
const MAX_LINE_LENGTH = 600;
const MAX_REMARKS = 5;

/** What an attack records while it runs. */
export class Proof {
  readonly seed: number;
  readonly remarks: string[] = [];
  readonly #scale: number;
  readonly #random: () => number;
  readonly #lines: string[] = [];
  #cases = 0;
  #deviations = 0;
  #demanded = 0;
  #worked = 0;
  readonly #successes = new Map<string, { least: number; seen: number }>();

  constructor(options: { name: string; scale: number; seed: number }) {
    this.seed = options.seed;
    this.#scale = options.scale;
    this.#random = seededRandom(seedOf(options.name, options.seed));
  }

  /** Whether others may run beside it: a short run is one of several, a whole one has the machine for itself. */
  get sharesMachine(): boolean {
    return this.#scale < WHOLE;
  }

  /**
   * How long a turn of the event loop may be, in milliseconds of the processor: twice as long beside others, with whom it
   * shares the caches and the threads of a core.
   */
  get longestTurnMs(): number {
    return this.sharesMachine ? 2 * LONGEST_TURN_MS : LONGEST_TURN_MS;
  }

  get found(): { cases: number; deviations: number } {
    return { cases: this.#cases, deviations: this.#deviations };
  }

  /** How many of `full` cases to try at the scale of this run, at least `least`. So many must then be counted. */
  share(full: number, least = 1): number {
    const share = Math.min(full, Math.max(least, Math.ceil(full * this.#scale)));
    this.#demanded += share;
    return share;
  }

  /** The share of a list, chosen by chance and in its order; all of it in a full run. */
  sample<T>(list: readonly T[], least = 1): T[] {
    let wanted = this.share(list.length, least);
    let left = list.length;
    return list.filter(() => {
      const isTaken = this.random() * left < wanted;
      left -= 1;
      if (isTaken) wanted -= 1;
      return isTaken;
    });
  }

  /** So many cases at least must be counted, where they are a list of this proof's own and no share of one. */
  atLeast(cases: number): void {
    this.#demanded += cases;
  }

  /** Counts one attack. */
  case(): void {
    this.#cases += 1;
  }

  cases(count: number): void {
    this.#cases += count;
  }

  /**
   * Something that has to work so often, or nothing is shown by what did not happen: own prompts that were listed, mails that
   * were sent. @returns what counts each, and hands back whether it was one
   */
  demand(least: number, what: string): (seen?: number | boolean) => boolean {
    const success = this.#successes.get(what) ?? { least, seen: 0 };
    this.#successes.set(what, success);
    return (seen = true) => {
      success.seen += Number(seen);
      return Number(seen) > 0;
    };
  }

  /** Counts what has to work beside the attacks: whoever may, can; with the feature taken away this is the deviation. */
  works(isSo: boolean, what: () => string): void {
    if (isSo) this.#worked += 1;
    this.check(isSo, what);
  }

  /** As `works` where something is due, else as `check`. */
  worksIf(isDue: boolean, isSo: boolean, what: () => string): void {
    if (isDue) this.works(isSo, what);
    else this.check(isSo, what);
  }

  /** Records what should not have been. The first twenty are kept as text, all are counted. */
  deviation(what: string): void {
    this.#deviations += 1;
    if (this.#lines.length < MAX_DEVIATION_LINES) this.#lines.push(what.slice(0, MAX_LINE_LENGTH));
  }

  /** Counts one attack, which is a deviation unless `isFine`; `what` is called only then. */
  check(isFine: boolean, what: () => string): void {
    this.case();
    if (!isFine) this.deviation(what());
  }

  /** Says something beside the row of the table: a figure that was measured, or what was not tried. */
  remark(text: string): void {
    if (this.remarks.length < MAX_REMARKS) this.remarks.push(text.slice(0, MAX_LINE_LENGTH));
  }

  /** From 0 to 1, the same again for the same seed. */
  random(): number {
    return this.#random();
  }

  /** An integer from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.random() * end);
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /**
   * @throws Error with the deviations, when too little was tried to say anything, or when it asks for no success: such a
   * proof would pass with its feature taken away
   */
  conclude(): void {
    if (this.#deviations > 0) {
      const more = this.#deviations - this.#lines.length;
      const list = [...this.#lines, ...(more > 0 ? [`… and ${more} more`] : [])].map((one) => `  - ${one}`);
      throw new Error(`${this.#deviations} deviation(s), SECURITY_SEED=${this.seed}:\n${list.join('\n')}`);
    }
    if (this.#demanded === 0) throw new Error(`Nothing says how many of its ${this.#cases} cases it needs.`);
    if (this.#cases < this.#demanded) throw new Error(`Only ${this.#cases} of ${this.#demanded} cases were tried.`);
    const asksForOne = [...this.#successes.values()].some(({ least }) => least > 0);
    if (this.#worked === 0 && !asksForOne) throw new Error('Nothing of what it is about has to work.');
    for (const [what, { least: due, seen }] of this.#successes) {
      if (seen < due) throw new Error(`Only ${seen} of at least ${due} ${what}, SECURITY_SEED=${this.seed}.`);
    }
  }
}

/**
 * Registers the proof of a property as a test. It fails on any deviation, when less was tried or less worked than was meant
 * to, and where it says nothing of either: `share`, `sample` or `atLeast` for the cases, `works` or `demand` for successes.
 *
 * @param sentence what is shown, with the number of docs/security.md; stands in the table
 * @param options.timeout in milliseconds; twenty minutes unless given: it ends what hangs, however busy the machine is, and measures nothing
 * @param options.asksOfTurns whether it measures the turns of its calls itself, again where one was long
 */
export function proves(
  property: Property,
  sentence: string,
  attack: (proof: Proof) => Promise<void> | void,
  options: { timeout?: number; asksOfTurns?: boolean } = {},
): void {
  test(`${property}: ${sentence}`, { timeout: options.timeout ?? 1_200_000 }, async ({ task }) => {
    const { scale, seed } = inject('security');
    const proof = new Proof({ name: `${property} ${sentence}`, scale, seed });
    const start = performance.now();
    loopProfile.start();
    loopMonitor.takeOfProof();
    try {
      await attack(proof);
    } finally {
      const seconds = (performance.now() - start) / 1_000;
      const loop = heldLoop(proof, { isAsserted: scale >= WHOLE && options.asksOfTurns !== true });
      task.meta.proof = { property, sentence, scale, seed, ...proof.found, seconds, remarks: proof.remarks, loop };
    }
    proof.conclude();
  });
}

/**
 * F3 holds whatever is shown: no call in whose turns servers held the loop for longer, twice, or for twice as long. Once a little
 * longer may be what is compiled at its first use, and stands in the table. So do all turns of a short run, which may be beside others.
 */
function heldLoop(proof: Proof, { isAsserted }: { isAsserted: boolean }): Findings['loop'] {
  const { long, turns } = loopMonitor.takeOfProof();
  const held = loopProfile.held(long).toSorted((one, other) => other.ms - one.ms);
  const overdone = new Set<string>();
  for (const { ms, during, where } of held.filter((each) => each.ms > LONGEST_TURN_MS)) {
    const again = during.filter((call) => overdone.has(call));
    for (const call of during) overdone.add(call);
    if (!isAsserted || (again.length === 0 && ms <= 2 * LONGEST_TURN_MS)) continue;
    const calls = (again.length > 0 ? again : during).slice(0, 3).join(', ');
    proof.deviation(`F3: ${calls} held the event loop for ${ms.toFixed(0)} ms: ${where.join(' · ')}`);
  }
  return { longest: held[0] ?? null, turns };
}

/** Another 32-bit seed for each proof of a run. */
const seedOf = (name: string, seed: number): number =>
  createHash('sha256').update(`${seed} ${name}`).digest().readInt32LE();
