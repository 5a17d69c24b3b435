import { Drop } from 'liquidjs';
import { MAX_VALUE_DEPTH, type RenderLimits } from '../limits.ts';

/** Thrown within the engine, which adds the place. */
export class LimitReached extends Error {}

/** Units of work for a node, a filter or a turn of a loop. */
export const STEP = 40;
const ELEMENT = 2;
const CHARACTER = 0.1;

/** The work that one rendering may still do. */
export class Budget {
  readonly limits: RenderLimits;
  #work: number;
  #output: number;

  constructor(limits: RenderLimits) {
    this.limits = limits;
    this.#work = limits.work;
    this.#output = limits.outputLength;
  }

  spend(units: number): void {
    this.#work -= units;
    if (this.#work < 0) throw new LimitReached(`it does more work than one rendering may (${this.limits.work} units)`);
  }

  /** Counts what is rendered. */
  emit(length: number): void {
    this.#output -= length;
    if (this.#output < 0) {
      throw new LimitReached(`it renders more than ${this.limits.outputLength} characters`);
    }
  }

  /** The engine asks this of its time limit at each node and at each turn of a loop. */
  check(): void {
    this.spend(STEP);
  }

  /** The engine asks this of its memory limit for what it makes: characters of a text, numbers of a range. */
  use(count: number): void {
    if (count > 0) this.spend(count * CHARACTER * 2);
  }

  /**
   * Units that it costs to read a value: all that lies in it, or only the value itself. Spends while it walks, so that a
   * list that holds itself many times over ends it.
   */
  read(value: unknown, { shallow, weight }: { shallow: boolean; weight: number }, depth = 0): void {
    if (typeof value === 'string') this.spend(value.length * CHARACTER * weight);
    else if (Array.isArray(value)) {
      if (depth > MAX_VALUE_DEPTH) throw new LimitReached('its lists lie too deep in one another');
      this.spend(value.length * ELEMENT * weight);
      if (!shallow) for (const item of value) this.read(item, { shallow, weight }, depth + 1);
    } else if (typeof value === 'object' && value !== null && !(value instanceof Drop)) {
      if (depth > MAX_VALUE_DEPTH) throw new LimitReached('its lists lie too deep in one another');
      if (shallow) return;
      for (const [key, member] of Object.entries(value)) {
        this.spend((ELEMENT + key.length * CHARACTER) * weight);
        this.read(member, { shallow, weight }, depth + 1);
      }
    }
  }
}
