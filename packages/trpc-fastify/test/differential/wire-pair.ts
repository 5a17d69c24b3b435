import { IncomingMessage } from 'node:http';
import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import type { TRPCRequestInfo } from '@trpc/server/http';
import fastify, { type FastifyInstance, type FastifyRequest, type InjectOptions } from 'fastify';
import { trpcWire } from '../../src/wire/trpc-wire.ts';
import {
  hasAsked,
  type Journal,
  SECRET,
  type WireRouterOptions,
  type WireTestContext,
  wireRouter,
} from '../fixtures/wire-router.ts';
import { brokenAnswer, type ComparableAnswer, comparableAnswer } from './comparable-answer.ts';
import type { WireRequest } from './wire-request.ts';

/** What the two servers of one comparison are made with. */
export interface Variant extends WireRouterOptions {
  name: string;
  allowBatching?: boolean;
  allowMethodOverride?: boolean;
  maxBatchSize: number;
}

export const BODY_LIMIT = 4_096;

type Meta = NonNullable<FastifyTRPCPluginOptions<AnyTRPCRouter>['trpcOptions']['responseMeta']>;

/** Headers and status made from everything that responseMeta is given. */
const responseMeta: Meta = ({ data, ctx, paths, type, errors, info, eagerGeneration }) => {
  const seen = [
    type,
    paths,
    data.length,
    errors.map(({ code }) => code),
    eagerGeneration,
    ctx?.user,
    info?.isBatchCall,
  ];
  const meta = encodeURIComponent(JSON.stringify(seen));
  if (ctx?.user === 'list') return { headers: { 'x-meta': meta, 'set-cookie': ['a=1', 'b=2'] } };
  const headers = new Headers({ 'x-meta': meta, vary: 'x-user' });
  if (paths?.includes('output.teapot') === true) return { status: 418, headers };
  if (type === 'query' && errors.length === 0) headers.set('cache-control', 'max-age=1');
  return { headers };
};

/** Context, response meta and error handler that write to the journal of their request. */
function host(journalOf: (req: FastifyRequest) => Journal) {
  return {
    responseMeta,
    createContext({ req, info }: { req: FastifyRequest; info: TRPCRequestInfo }) {
      const calls = info.calls.map(({ path, batchIndex, procedure }) => [path, batchIndex, procedure?._def.type]);
      const { type, isBatchCall, accept, connectionParams, url, signal } = info;
      const about = [type, isBatchCall, accept, calls, connectionParams, url?.host, url?.search, signal.aborted];
      const journal = journalOf(req);
      journal.push(`context ${JSON.stringify(about)}`);
      if (req.headers['x-context'] === 'fails') throw new Error(SECRET);
      if (req.headers['x-context'] === 'refuses') {
        return Promise.reject(new TRPCError({ code: 'FORBIDDEN', message: 'No context.' }));
      }
      const user = req.headers['x-user'] === undefined ? null : String(req.headers['x-user']);
      const ctx: WireTestContext = { user, params: connectionParams as never, journal };
      return user === 'ada' ? Promise.resolve(ctx) : ctx;
    },
    onError({
      error,
      path,
      input,
      ctx,
      type,
      req,
    }: {
      error: TRPCError;
      req: FastifyRequest;
      path?: string;
      input: unknown;
      ctx?: WireTestContext;
      type: string;
    }) {
      const journal = journalOf(req);
      const asked = hasAsked(journal, path);
      journal.push(`error ${JSON.stringify([error.code, error.message, path, asked ? input : 0, ctx?.user, type])}`);
    },
  };
}

class Side {
  // What is left of a stream that broke may still fail while the next request is answered.
  readonly #journals = new WeakMap<object, Journal>();
  #journal: Journal = [];
  readonly app: FastifyInstance = fastify({ bodyLimit: BODY_LIMIT, routerOptions: { maxParamLength: 8_000 } });
  readonly #transformed: boolean;

  constructor(variant: Variant) {
    this.#transformed = variant.transformer === true;
    this.app.addHook('onRequest', async (req) => {
      this.#journals.set(req.raw, this.#journal);
    });
  }

  readonly journalOf = (req: FastifyRequest): Journal => this.#journals.get(req.raw) ?? [];

  async answer({ method, path, query, headers, body }: WireRequest): Promise<ComparableAnswer> {
    const journal: Journal = [];
    this.#journal = journal;
    const options = {
      method,
      url: `/trpc/${path}${query === '' ? '' : `?${query}`}`,
      headers,
      payload: body,
      // What a server reads, so that the stock plugin finds the streams it looks for.
      Request: IncomingMessage,
    } as InjectOptions;
    try {
      return comparableAnswer(await this.app.inject(options), journal, this.#transformed);
    } catch {
      return brokenAnswer(journal);
    }
  }
}

/** The stock plugin and ours, over one router and with one set of options. */
export interface WirePair {
  stock(request: WireRequest): Promise<ComparableAnswer>;
  ours(request: WireRequest): Promise<ComparableAnswer>;
  close(): Promise<void>;
}

export async function wirePair(variant: Variant): Promise<WirePair> {
  const { allowBatching, allowMethodOverride, maxBatchSize } = variant;
  const shared = { allowBatching, allowMethodOverride, maxBatchSize };
  const stock = new Side(variant);
  // As tRPC's documentation says for binary inputs; the plugin itself knows JSON and multipart only.
  stock.app.addContentTypeParser('application/octet-stream', (_req, payload, done) => done(null, payload));
  const trpcOptions = { ...shared, ...host(stock.journalOf), router: wireRouter(variant) };
  await stock.app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions });
  const ours = new Side(variant);
  await ours.app.register(trpcWire, {
    ...shared,
    ...host(ours.journalOf),
    prefix: '/trpc',
    router: wireRouter(variant),
    refuseInBatch: (path: string) => path === 'items.login',
  });
  return {
    stock: (request) => stock.answer(request),
    ours: (request) => ours.answer(request),
    async close() {
      await Promise.all([stock.app.close(), ours.app.close()]);
    },
  };
}
