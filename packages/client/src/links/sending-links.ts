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
import type { TokenSource } from '../session/token-source.ts';
import { type Connection, resolveHeaders } from './connection.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { recordSentToken } from './operation-context.ts';
import { readFetch } from './read-fetch.ts';

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

export interface BatchOptions {
  /** Calls in one request, 10 unless given; the server refuses more than 20. */
  readonly maxItems?: number;
  /** Characters of a URL, 8,000 unless given. */
  readonly maxUrlLength?: number;
}

export interface SendingOptions extends Connection {
  /** Of the tRPC wire. */
  readonly url: string;
  readonly tokens: TokenSource | null;
  readonly batch: BatchOptions | false;
  /** Calls of `auth` send and store the cookie of the session. */
  readonly withCookie: boolean;
}

/**
 * The links that send calls: those that answer a stream, those of `auth` and those with an idempotency key in requests
 * of their own (the server refuses the latter two in a batch), all others made in the same tick together.
 */
export function sendingLinks(options: SendingOptions): TRPCLink<AppRouter> {
  const { url, batch } = options;

  const headersFor = async (operations: readonly Operation[]): Promise<HTTPHeaders> => {
    const given = await resolveHeaders(options.headers);
    if (options.tokens === null || operations.every((op) => signedOut.has(op.path))) return { ...given };
    const token = await options.tokens.token();
    for (const op of operations) recordSentToken(op.context, token);
    return token === null ? { ...given } : { ...given, authorization: `Bearer ${token}` };
  };
  const fetchWith = (given: { streams?: boolean; withCookie?: boolean }) =>
    readFetch({ ...options, withCookie: false, ...given });

  const unbatched = httpLink<AppRouter>({
    url,
    fetch: fetchWith({ withCookie: options.withCookie }),
    headers: ({ op }) => headersFor([op]),
  });
  const streamed = httpBatchStreamLink<AppRouter>({
    url,
    maxItems: 1,
    fetch: fetchWith({ streams: true }),
    headers: ({ opList }) => headersFor(opList),
  });
  const idempotent = httpLink<AppRouter>({
    url,
    fetch: fetchWith({}),
    headers: async ({ op }) => ({ ...(await headersFor([op])), 'idempotency-key': idempotencyKeyOf(op) ?? '' }),
  });
  const batched =
    batch === false
      ? httpLink<AppRouter>({ url, fetch: fetchWith({}), headers: ({ op }) => headersFor([op]) })
      : httpBatchLink<AppRouter>({
          url,
          maxItems: batch.maxItems ?? 10,
          maxURLLength: batch.maxUrlLength ?? 8000,
          fetch: fetchWith({}),
          headers: ({ opList }) => headersFor(opList),
        });

  return splitLink({
    condition: (op) => op.path.startsWith('auth.'),
    true: unbatched,
    false: splitLink({
      condition: (op) => Object.hasOwn(streaming, op.path),
      true: streamed,
      false: splitLink({ condition: (op) => idempotencyKeyOf(op) !== null, true: idempotent, false: batched }),
    }),
  });
}
