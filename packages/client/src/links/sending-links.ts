import {
  type HTTPHeaders,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCLink,
} from '@trpc/client';
import type { AppRouter } from '../contract/contract.ts';
import type { inferOutputs, ProcedurePath } from '../contract/infer.ts';
import type { BatchOptions, ConnectionOptions } from '../options.ts';
import type { Access } from '../session/token-source.ts';
import { noteSentToken } from './call-link.ts';
import { keyOf } from './idempotency-key.ts';
import { type Fetch, readFetch } from './read-fetch.ts';

type StreamingPath = {
  [Path in ProcedurePath]: [inferOutputs<Path>] extends [never]
    ? never
    : inferOutputs<Path> extends AsyncIterable<unknown>
      ? Path
      : never;
}[ProcedurePath];

// The compiler asks for each procedure that answers a stream, and for no other.
const streaming: Readonly<Record<StreamingPath, true>> = {
  'transfer.export': true,
  'transfer.import': true,
};

/** Those by which a person gets in: they carry no token, and never wait for one. */
const signedOut: ReadonlySet<string> = new Set([
  'auth.register',
  'auth.login',
  'auth.refresh',
  'auth.forgotPassword',
  'auth.resetPassword',
  'auth.verifyEmail',
]);

export interface SendingOptions {
  /** Of the tRPC wire. */
  readonly url: string;
  readonly access: Access | null;
  readonly headers: ConnectionOptions['headers'];
  readonly batch: BatchOptions | false;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  /** Calls of `auth` send and keep the cookie of the session. */
  readonly withCookie: boolean;
  readonly closed: AbortSignal;
}

export const givenHeaders = async (headers: ConnectionOptions['headers']): Promise<Readonly<Record<string, string>>> =>
  typeof headers === 'function' ? headers() : (headers ?? {});

/**
 * The links that send calls: those that answer a stream, those of `auth` and those made `once()` in requests of their own
 * (the server refuses the latter two in a batch), all others made in the same tick together.
 */
export function sendingLinks(options: SendingOptions): TRPCLink<AppRouter> {
  const { url, batch } = options;

  const headersFor = async (operations: readonly Operation[]): Promise<HTTPHeaders> => {
    const given = await givenHeaders(options.headers);
    if (options.access === null || operations.every((op) => signedOut.has(op.path))) return { ...given };
    const token = await options.access.token();
    for (const op of operations) noteSentToken(op.context, token);
    return token === null ? { ...given } : { ...given, authorization: `Bearer ${token}` };
  };
  const fetching = (given: { streams?: boolean; withCookie?: boolean }) =>
    readFetch({ ...options, withCookie: false, ...given });

  const alone = httpLink<AppRouter>({
    url,
    fetch: fetching({ withCookie: options.withCookie }),
    headers: ({ op }) => headersFor([op]),
  });
  const stream = httpBatchStreamLink<AppRouter>({
    url,
    maxItems: 1,
    fetch: fetching({ streams: true }),
    headers: ({ opList }) => headersFor(opList),
  });
  const once = httpLink<AppRouter>({
    url,
    fetch: fetching({}),
    headers: async ({ op }) => ({ ...(await headersFor([op])), 'idempotency-key': keyOf(op) ?? '' }),
  });
  const together =
    batch === false
      ? httpLink<AppRouter>({ url, fetch: fetching({}), headers: ({ op }) => headersFor([op]) })
      : httpBatchLink<AppRouter>({
          url,
          maxItems: batch.maxItems ?? 10,
          maxURLLength: batch.maxUrlLength ?? 8000,
          fetch: fetching({}),
          headers: ({ opList }) => headersFor(opList),
        });

  return splitLink({
    condition: (op) => op.path.startsWith('auth.'),
    true: alone,
    false: splitLink({
      condition: (op) => Object.hasOwn(streaming, op.path),
      true: stream,
      false: splitLink({ condition: (op) => keyOf(op) !== null, true: once, false: together }),
    }),
  });
}
