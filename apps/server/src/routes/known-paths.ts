import type { FastifyInstance } from 'fastify';

interface KnownPath {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/** Which methods answer at an address: for OPTIONS and 405, where the router itself only says that nothing fits. */
export interface KnownPaths {
  /** Sorted, OPTIONS among them; empty where no method answers. `url` is one that the router could read. */
  methodsAt(url: string): readonly string[];
  /** The fixed parts of all routes, and the names given. */
  readonly knownSegments: ReadonlySet<string>;
}

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));

/** As the router reads an address: with or without a slash at its end, and unreserved characters encoded or not. */
function segmentsOf(url: string): readonly string[] {
  const path = decodeURI(url.split(/[?#]/, 1)[0] ?? '');
  return (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/');
}

/** Whether an address that the router could read fits a pattern, given by its segments: `['', 'prompts', ':id']`. */
export const isAt = (pattern: readonly string[], url: string): boolean => fits(pattern, segmentsOf(url));

/**
 * Remembers each route that is added after `remember`. Left out: wildcards, under which everything is, and what is
 * hidden.
 *
 * @param names further segments to know, such as names of procedures
 */
export function knownPaths(names: Iterable<string>): KnownPaths & { remember(app: FastifyInstance): void } {
  const known = new Map<string, KnownPath>();
  const knownSegments = new Set(names);
  return {
    knownSegments,
    remember(app) {
      app.addHook('onRoute', ({ url, method, config }) => {
        for (const part of url.split('/')) if (!/[:*]/.test(part)) knownSegments.add(part);
        if (url.includes('*') || Reflect.get(Object(config), 'hidden') === true) return;
        const entry = known.get(url) ?? { segments: url.split('/'), methods: new Set<string>() };
        for (const one of Array.isArray(method) ? method : [method]) entry.methods.add(one);
        known.set(url, entry);
      });
    },
    methodsAt(url) {
      const segments = segmentsOf(url);
      const methods = new Set<string>();
      for (const path of known.values()) {
        if (fits(path.segments, segments)) for (const method of path.methods) methods.add(method);
      }
      if (methods.size > 0) methods.add('OPTIONS');
      return [...methods].sort();
    },
  };
}
