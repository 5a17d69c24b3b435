import type { TRPCLink } from '@trpc/client';
import type { AppRouter } from './contract/contract.ts';
import type { Wait } from './links/call-link.ts';
import type { RequestHeaders } from './links/connection.ts';
import type { Fetch } from './links/read-fetch.ts';
import type { BatchOptions } from './links/sending-links.ts';
import type { PromptsOptions } from './registry/prompts-options.ts';
import type { RetryOptions } from './retry/retry-policy.ts';
import type { RefreshTokenStorage } from './session/refresh-token-storage.ts';
import type { Credentials, SessionCarrier } from './session/session.ts';
import type { GetToken } from './session/token-source.ts';

/** What every client may be given. */
export interface ConnectionOptions {
  /** The root of the server: `https://prompts.example.org`. In a browser it may be relative: `/`. */
  readonly url: string | URL;
  /** In place of the global `fetch`. */
  readonly fetch?: Fetch;
  /** Sent with every request; a function is called for each. */
  readonly headers?: RequestHeaders;
  /**
   * Links of tRPC's own or of yours, in front of those of this package: each call passes them once, however often it is sent, and
   * what fails has been made a PromptoryError by then.
   */
  readonly links?: readonly TRPCLink<AppRouter>[];
  /** `false`: nothing is tried twice. */
  readonly retry?: RetryOptions | false;
  /** `false`: each call is a request of its own. */
  readonly batch?: BatchOptions | false;
  /** Requests in flight at once, 6 unless given; further ones wait their turn. Streams and imports are apart. */
  readonly maxRequests?: number;
  /** Called whenever a call waits to be sent again, with what it waits for. */
  readonly onWait?: (wait: Wait) => void;
  /** Milliseconds for one attempt, 30,000 unless given; for a stream, until it begins. */
  readonly timeoutMs?: number;
  /** How the prompts of `promptory.prompt` are kept, and what stands in for them. */
  readonly prompts?: PromptsOptions;
}

/** For programs: calls act as the key's owner, within its scopes. */
export interface ApiKeyOptions extends ConnectionOptions {
  /** `pty_live_…`, as `apiKeys.create` answered it. */
  readonly apiKey: string;
  readonly credentials?: never;
  readonly getToken?: never;
  readonly session?: never;
  readonly storage?: never;
}

/** Signs in with the first call that needs it, and again when the session has ended. */
export interface CredentialsOptions extends ConnectionOptions {
  /** Kept for as long as the client is. */
  readonly credentials: Credentials & {
    /** `token` unless given. */
    readonly session?: SessionCarrier;
  };
  /** Where the refresh token of a `token` session outlives the client; else it is as old as the client. */
  readonly storage?: RefreshTokenStorage;
  readonly apiKey?: never;
  readonly getToken?: never;
  readonly session?: never;
}

/** For callers that look after their tokens themselves. */
export interface GetTokenOptions extends ConnectionOptions {
  /** Asked for the token of each request, and for another one when that was refused. */
  readonly getToken: GetToken;
  readonly apiKey?: never;
  readonly credentials?: never;
  readonly session?: never;
  readonly storage?: never;
}

/** For a person who signs in by `$signIn`, or has a session already. */
export interface SessionOptions extends ConnectionOptions {
  /** `token` unless given. */
  readonly session?: SessionCarrier;
  /** Where the refresh token of a `token` session outlives the client. */
  readonly storage?: RefreshTokenStorage;
  readonly apiKey?: never;
  readonly credentials?: never;
  readonly getToken?: never;
}

/** How a client is made: for whom it calls, which is one of four, and how. */
export type PromptoryOptions = ApiKeyOptions | CredentialsOptions | GetTokenOptions | SessionOptions;
