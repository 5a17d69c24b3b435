interface Wrapped {
  json: unknown;
  /** Paths of what was a Date, as JSON texts of their keys. */
  dates?: string[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unwrapped(value: unknown, path: string[], dates: ReadonlySet<string>): unknown {
  if (dates.has(JSON.stringify(path)) && typeof value === 'string') return new Date(value);
  if (Array.isArray(value)) return value.map((item, index) => unwrapped(item, [...path, String(index)], dates));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, unwrapped(child, [...path, key], dates)]),
  );
}

function wrapped(value: unknown, path: string[], dates: string[]): unknown {
  if (value instanceof Date) {
    dates.push(JSON.stringify(path));
    return value.toISOString();
  }
  if (Array.isArray(value)) return value.map((item, index) => wrapped(item, [...path, String(index)], dates));
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, wrapped(child, [...path, key], dates)]));
}

/** A tRPC transformer in the manner of superjson, for Dates only. Deserialising what it did not make throws. */
export const dateTransformer = {
  serialize(value: unknown): Wrapped {
    const dates: string[] = [];
    const json = wrapped(value, [], dates);
    return dates.length === 0 ? { json } : { json, dates };
  },
  deserialize(value: unknown): unknown {
    if (!isRecord(value) || !('json' in value)) throw new Error('The input is not wrapped.');
    const dates = Array.isArray(value.dates) ? value.dates.filter((path) => typeof path === 'string') : [];
    return unwrapped(value.json, [], new Set(dates));
  },
};
