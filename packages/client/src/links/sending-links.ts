import {
  type HTTPHeaders,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCLink,
} from '@trpc/client';
import pLimit from 'p-limit';
import type { AppRouter } from '../contract/contract.ts';
import { factsOf } from '../contract/facts-of.ts';
import { ordinaryFacts, type ProcedureFacts } from '../contract/procedure-facts.ts';
import type { TokenSource } from '../session/token-source.ts';
import { type Connection, resolveHeaders } from './connection.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { recordSentToken } from './operation-context.ts';
import { readFetch } from './read-fetch.ts';

/** How many calls of one tick share a request. */
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
  /** Whether calls that share no request, such as those of `auth`, send and store the cookie of the session. */
  readonly withCookie: boolean;
  /** Requests in flight at once, streams apart. */
  readonly maxRequests: number;
}

/**
 * The links that send calls: those that need a token, and may share a request, made in the same tick together; each
 * other one in a request of its own. So a call waits for no token but its own.
 */
export function sendingLinks(options: SendingOptions): TRPCLink<AppRouter> {
  const { url, batch } = options;

  const headersOf = async (operations: readonly Operation[], facts: ProcedureFacts): Promise<HTTPHeaders> => {
    const given = await resolveHeaders(options.headers);
    if (options.tokens === null || facts.token === 'none') return { ...given };
    const token = await (facts.token === 'required' ? options.tokens.token() : options.tokens.existing());
    for (const op of operations) recordSentToken(op.context, token);
    return token === null ? { ...given } : { ...given, authorization: `Bearer ${token}` };
  };
  const inTurn = pLimit(options.maxRequests);
  const fetchWith = (given: { streams?: boolean; withCookie?: boolean }) => {
    const send = readFetch({ ...options, withCookie: false, ...given });
    if (given.streams) return send;
    return (...sent: Parameters<typeof send>) => inTurn(() => send(...sent));
  };

  const alone = (withCookie: boolean) =>
    httpLink<AppRouter>({
      url,
      fetch: fetchWith({ withCookie }),
      headers: async ({ op }) => {
        const key = idempotencyKeyOf(op);
        const headers = await headersOf([op], factsOf(op.path));
        return key === null ? headers : { ...headers, 'idempotency-key': key };
      },
    });
  const streamed = httpBatchStreamLink<AppRouter>({
    url,
    maxItems: 1,
    fetch: fetchWith({ streams: true }),
    headers: ({ opList }) => headersOf(opList, factsOf(opList[0].path)),
  });
  const batched =
    batch === false
      ? alone(false)
      : httpBatchLink<AppRouter>({
          url,
          maxItems: batch.maxItems ?? 10,
          maxURLLength: batch.maxUrlLength ?? 8000,
          fetch: fetchWith({}),
          headers: ({ opList }) => headersOf(opList, ordinaryFacts),
        });

  return splitLink({
    condition: (op) => factsOf(op.path).streams,
    true: streamed,
    false: splitLink({
      condition: (op) => factsOf(op.path).batch,
      true: splitLink({ condition: mayShare, true: batched, false: alone(false) }),
      false: alone(options.withCookie),
    }),
  });
}

/** Whether a call that may be batched is: not with an idempotency key, which the server refuses in a batch of several. */
const mayShare = (op: Operation): boolean => factsOf(op.path).token === 'required' && idempotencyKeyOf(op) === null;
