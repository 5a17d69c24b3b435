import { Counter, type Metric } from 'prom-client';

// prom-client checks, sorts and joins the labels of each single count, which takes ten times as long as what is done here. So what
// is counted on each call is kept here, and given to it when metrics are read.

interface Tallied<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
}

/** One cell for each combination of the values of some labels. */
class Cells<C> {
  readonly #names: readonly string[];
  readonly #newCell: () => C;
  // By the value of the first label a map by that of the second, and so on.
  readonly #root = new Map<string, unknown>();
  readonly #all: { readonly labels: Readonly<Record<string, string>>; readonly cell: C }[] = [];

  constructor(names: readonly string[], newCell: () => C) {
    this.#names = names;
    this.#newCell = newCell;
  }

  /** @param values in the order of the names */
  at(values: readonly string[]): C {
    let found: unknown = this.#root;
    for (const value of values) {
      const below = (found as Map<string, unknown>).get(value);
      if (below === undefined) return this.#add(values);
      found = below;
    }
    return found as C;
  }

  #add(values: readonly string[]): C {
    const cell = this.#newCell();
    let map = this.#root;
    for (const value of values.slice(0, -1)) {
      const below = (map.get(value) ?? new Map()) as Map<string, unknown>;
      map.set(value, below);
      map = below;
    }
    map.set(values.at(-1) ?? '', cell);
    this.#all.push({ labels: Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? ''])), cell });
    return cell;
  }

  /** In the order of their coming. */
  get all(): readonly { readonly labels: Readonly<Record<string, string>>; readonly cell: C }[] {
    return this.#all;
  }
}

/** Counts by labels of few values. */
export interface TalliedCounter {
  readonly metric: Metric;
  /** Counts one. @param values in the order of the labels' names */
  count(...values: string[]): void;
}

export function talliedCounter<L extends string>({ name, help, labelNames }: Tallied<L>): TalliedCounter {
  const cells = new Cells(labelNames, () => ({ counted: 0 }));
  const metric = new Counter<string>({
    ...{ name, help, labelNames, registers: [] },
    collect() {
      this.reset();
      for (const { labels, cell } of cells.all) this.inc(labels, cell.counted);
    },
  });
  return {
    metric,
    count(...values) {
      cells.at(values).counted += 1;
    },
  };
}

/** How long things took, by labels of few values. */
export interface TalliedHistogram {
  readonly metric: Metric;
  /** @param values in the order of the labels' names */
  observe(seconds: number, ...values: string[]): void;
}

/** @param options.buckets upper bounds, in seconds, the smallest first */
export function talliedHistogram<L extends string>(
  options: Tallied<L> & { readonly buckets: readonly number[] },
): TalliedHistogram {
  const { name, help, labelNames, buckets } = options;
  const cells = new Cells(labelNames, () => ({ sum: 0, counts: new Array<number>(buckets.length + 1).fill(0) }));
  const about = { name, help, type: 'histogram', aggregator: 'sum' };
  const metric = { ...about, get: async () => ({ ...about, values: cells.all.flatMap(valuesOf) }) };
  function valuesOf({ labels, cell: { sum, counts } }: (typeof cells.all)[number]) {
    let count = 0;
    const values = counts.map((counted, at) => {
      count += counted;
      return { metricName: `${name}_bucket`, labels: { le: buckets[at] ?? '+Inf', ...labels }, value: count };
    });
    return [
      ...values,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
  return {
    // A registry asks metrics for their names and values alone, of whichever class they are.
    metric: metric as unknown as Metric,
    observe(seconds, ...values) {
      const cell = cells.at(values);
      const { counts } = cell;
      let at = 0;
      while (at < buckets.length && seconds > (buckets[at] ?? 0)) at += 1;
      counts[at] = (counts[at] ?? 0) + 1;
      cell.sum += seconds;
    },
  };
}
