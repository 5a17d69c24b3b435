import type { Counters } from './abuse-router.ts';

/** How a server is set up; times in ms. */
export interface ServerSettings {
  headersTimeout: number;
  requestTimeout: number;
  handlerTimeout: number;
  checkEvery: number;
  maxHeaderSize: number;
}

/** What a server measures of itself. */
export interface ServerState extends Counters {
  /** Bytes that JavaScript holds, buffers included, after a collection. */
  live: number;
  /** The most of them, and of memory in all, since the last `mark`; sampled every 10 ms. */
  peakLive: number;
  peakRss: number;
  rss: number;
  connections: number;
  /** The most at once since the last `mark`. */
  peakConnections: number;
  /** Bytes read from all sockets since the start. */
  taken: number;
  /** What keeps the process alive, by kind. */
  resources: Record<string, number>;
  /** Answers of 500 and more, and every warning of Node's, such as one about a leak of listeners, with how often. */
  failures: Record<string, number>;
}

/** `look` is `state` without a collection before it. */
export type Command = 'look' | 'state' | 'mark' | 'close';

export type ServerMessage = { port: number } | { answer: ServerState };

/** What keeps the process alive that did not before, by kind. */
export function leftOver(before: ServerState, after: ServerState): Record<string, number> {
  const more = Object.entries(after.resources).map(
    ([kind, count]) => [kind, count - (before.resources[kind] ?? 0)] as const,
  );
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}
