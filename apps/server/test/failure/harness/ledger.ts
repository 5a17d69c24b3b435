/** What a script of calls has counted itself, by the names and labels under which a server counts the same. */
export class Ledger {
  readonly counts = new Map<string, number>();

  add(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    const series = `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(',')}}`;
    this.counts.set(series, (this.counts.get(series) ?? 0) + by);
  }

  /** One answer, and the calls within it, each by its code. */
  answered(answer: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly caller: 'anonymous' | 'user' | 'apiKey' | 'unknown';
    readonly calls: readonly (readonly [procedure: string, code: string])[];
  }): void {
    const { method, route, status, caller, calls } = answer;
    this.add('promptory_http_requests_total', { status: String(status), caller });
    this.add('promptory_http_request_duration_seconds_count', {
      method,
      route,
      status: `${Math.floor(status / 100)}xx`,
    });
    for (const [procedure, code] of calls) this.add('promptory_procedure_calls_total', { procedure, code });
  }

  /** Series of these names that a server counts otherwise, or one of the two does not have at all. */
  differences(counted: ReadonlyMap<string, number>, names: readonly string[]): string[] {
    const isOfThem = (series: string): boolean => names.includes(series.slice(0, series.indexOf('{')));
    const all = new Set([...this.counts.keys(), ...counted.keys()].filter(isOfThem));
    return [...all].toSorted().flatMap((series) => {
      const [own = 0, theirs = 0] = [this.counts.get(series), counted.get(series)];
      return own === theirs ? [] : [`${series}: ${own} by the script, ${theirs} by the server`];
    });
  }
}
