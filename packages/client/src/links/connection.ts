import type { Pace } from '../retry/pace.ts';
import type { Fetch } from './read-fetch.ts';

/** Headers of the caller's own; a function is called for each request. */
export type RequestHeaders =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

/** How every request of a client is sent. */
export interface Connection {
  readonly headers: RequestHeaders | undefined;
  readonly fetch: Fetch;
  /** For one attempt; for a stream, until it begins. */
  readonly timeoutMs: number;
  /** Holds back what the server would refuse; null where nothing waits. */
  readonly pace: Pace | null;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
}

export const resolveHeaders = async (headers: RequestHeaders | undefined): Promise<Readonly<Record<string, string>>> =>
  typeof headers === 'function' ? headers() : (headers ?? {});
