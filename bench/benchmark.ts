/** A performance claim and the measurement that shows it. Each `bench/*.bench.ts` default-exports one. */
export interface Benchmark {
  name: string;
  /** The claim, as a sentence about ratios: a ratio holds on any machine, milliseconds do not. */
  claim: string;
  /** @param against folders of other installed checkouts, to be measured beside this one */
  run(options: { against: readonly string[] }): Promise<Measured>;
  /** Whether `run` can measure other checkouts. */
  comparesCheckouts?: true;
}

export interface Measured {
  tables: Table[];
  ratios: Ratio[];
}

export interface Table {
  /** Above the first column, then above each value. */
  columns: string[];
  rows: { label: string; values: (number | string)[] }[];
}

/** What the claim says of two figures of one run. */
export interface Ratio {
  label: string;
  value: number;
  /** None: printed for what it says of another one, such as the most that could be reached. */
  target?: { atLeast: number } | { atMost: number };
  /** What the ratio divides by. */
  against: string;
  /** A second figure, printed beside it. */
  note?: string;
}

export function isMet({ value, target }: Ratio): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** Of a clock, and of the processor: what else the machine does takes nothing of the latter, if it counts all of this process. */
const clocks = {
  clock: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
} as const;

/**
 * Median milliseconds of each task. The tasks take turns in every round, so that a slow moment of the machine meets all
 * of them; the first tenth of the rounds warms up and is not counted.
 *
 * @param iterations calls timed together in one round, for tasks too short for the clock
 * @param by the processor, for tasks that wait for nothing
 */
export async function medians<Name extends string>(
  tasks: Record<Name, () => unknown>,
  { rounds, iterations = 1, by = 'clock' }: { rounds: number; iterations?: number; by?: keyof typeof clocks },
): Promise<Record<Name, number>> {
  const names = Object.keys(tasks) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const name of names) {
      const started = clocks[by]();
      for (let call = 0; call < iterations; call++) await tasks[name]();
      if (round >= 0) times.get(name)?.push((clocks[by]() - started) / iterations);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
