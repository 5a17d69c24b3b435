/** Components of one kind, each said once and referred to by its name. */
export interface Components {
  /** A reference to this part, or the part itself where its name is another's already. */
  refer(name: string, part: object): object;
  /** Those that were referred to, sorted by name. */
  all(): Record<string, object>;
}

/** The parts below `#/components/<kind>/`. */
export function componentsOf(kind: 'examples' | 'responses'): Components {
  const parts = new Map<string, object>();
  return {
    refer(name, part) {
      const known = parts.get(name) ?? part;
      parts.set(name, known);
      return JSON.stringify(known) === JSON.stringify(part) ? { $ref: `#/components/${kind}/${name}` } : part;
    },
    all: () => byName(Object.fromEntries(parts)),
  };
}

/** The same, sorted by name. */
export function byName<T>(named: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
}
