import { createTRPCUntypedClient, httpBatchStreamLink, TRPCClientError } from '@trpc/client';
import type { LightMyRequestResponse } from 'fastify';
import type { BootedApp } from './boot.ts';

interface WireCall {
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly input: unknown;
}

/** How the first of some calls ended: its items when it gave a stream, or the error in tRPC's shape. */
interface StreamedAnswer {
  readonly response: LightMyRequestResponse;
  readonly envelope: { readonly result: { readonly data: unknown } } | { readonly error: object };
}

/** Makes calls in one request by tRPC's own client, for what it alone reads: answers whose parts arrive one by one. */
export async function streamedAnswer(
  server: BootedApp,
  calls: readonly [WireCall, ...WireCall[]],
  headers: Readonly<Record<string, string>>,
): Promise<StreamedAnswer> {
  let response: LightMyRequestResponse | undefined;
  const link = httpBatchStreamLink({
    url: 'http://localhost/trpc',
    headers: { ...headers },
    fetch: async (address, init) => {
      const { pathname, search } = new URL(String(address));
      response = await server.call({
        method: init?.method === 'POST' ? 'POST' : 'GET',
        url: pathname + search,
        headers: Object.fromEntries(new Headers(init?.headers as Record<string, string>)),
        ...(typeof init?.body === 'string' ? { payload: init.body } : {}),
      });
      return new Response(response.body, { status: response.statusCode });
    },
  });
  const client = createTRPCUntypedClient({ links: [link] });
  const [first] = await Promise.allSettled(
    calls.map(async ({ path, type, input }) => {
      const data = await (type === 'query' ? client.query(path, input) : client.mutation(path, input));
      return isAsyncIterable(data) ? await itemsOf(data) : data;
    }),
  );
  if (response === undefined || first === undefined) throw new Error('No request was made.');
  if (first.status === 'fulfilled') return { response, envelope: { result: { data: first.value } } };
  const error: unknown = first.reason;
  if (!(error instanceof TRPCClientError) || error.shape === undefined) throw error;
  return { response, envelope: { error: error.shape as object } };
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function itemsOf(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
