import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { parseConnectionParamsFromString, type TRPCRequestInfo } from '@trpc/server/http';
import type { FastifyRequest } from 'fastify';
import type { SafeJsonParse } from '../http/json-guard.ts';
import { refuse } from '../http/request-refused.ts';
import { pathOf, queryOf, urlOf } from './request-target.ts';

export type RequestedCall = TRPCRequestInfo['calls'][number];

type Found = AnyTRPCProcedure | null;

/** The procedure at a path, loading the lazy routers on its way; null where there is none. */
export function findProcedure(router: AnyTRPCRouter, path: string): Found | Promise<Found> {
  const known = (router._def.procedures as Record<string, AnyTRPCProcedure | undefined>)[path];
  if (known !== undefined) return known;
  for (const [key, loader] of Object.entries(router._def.lazy)) {
    if (path === key || path.startsWith(`${key}.`)) return loader.load().then(() => findProcedure(router, path));
  }
  return null;
}

/** `post~byId` → `post.byId` where the router has that separator; of a batch, every path. */
export function procedurePaths(router: AnyTRPCRouter, req: FastifyRequest, isBatch: boolean): string[] {
  const separator = router._def._config.pathSeparator;
  const path = separator === '.' ? pathOf(req) : pathOf(req).split(separator).join('.');
  return isBatch ? path.split(',') : [path];
}

/** The value of `trpc-accept`, or what Accept says of it. */
export function acceptOf(req: FastifyRequest): TRPCRequestInfo['accept'] {
  const asked = req.headers['trpc-accept'];
  if (asked !== undefined) return String(asked) as TRPCRequestInfo['accept'];
  const { accept } = req.headers;
  if (accept === undefined || !accept.includes('application/jsonl')) return null;
  return accept.split(',').some((type) => type.trim() === 'application/jsonl') ? 'application/jsonl' : null;
}

interface Inputs {
  /** Throws BAD_REQUEST, the same for every call of the request. */
  read(index: number): unknown;
  /** What has been read; parses nothing. */
  peek(index: number): unknown;
}

/** Inputs are parsed once, and only when a procedure asks: what guards it answers before its input is looked at. */
function inputsOf(options: {
  req: FastifyRequest;
  text: string | null | undefined;
  count: number;
  isBatch: boolean;
  parse: SafeJsonParse;
  deserialize(value: unknown): unknown;
}): Inputs {
  const { req, text, count, isBatch, parse, deserialize } = options;
  let values: unknown[] | undefined;
  let failure: TRPCError | undefined;

  function parsed(): unknown[] {
    if (text === null || text === undefined || text === '') return [];
    // The parser passes over a byte order mark, which belongs before a body only.
    if (req.method === 'GET' && text.startsWith('\ufeff'))
      throw refuse('malformed_json', 'The body is not valid JSON.');
    const inputs = parse(req, text);
    if (!isBatch) return [deserialize(inputs)];
    if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: '"input" needs to be an object when doing a batch call',
      });
    }
    return Array.from({ length: count }, (_, index) => {
      const input = (inputs as Record<number, unknown>)[index];
      return input === undefined ? undefined : deserialize(input);
    });
  }

  return {
    read(index) {
      if (failure !== undefined) throw failure;
      try {
        values ??= parsed();
      } catch (cause) {
        failure = asBadRequest(cause);
        throw failure;
      }
      return values[index];
    },
    peek: (index) => values?.[index],
  };
}

function asBadRequest(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  return new TRPCError({
    code: 'BAD_REQUEST',
    message: cause instanceof Error ? cause.message : 'Invalid input',
    cause,
  });
}

/**
 * What a request asks for, as tRPC's own adapters describe it to `createContext`. A promise only where a lazy router has
 * to be loaded. Throws (or rejects with) a TRPCError for calls that do not go together.
 */
export function requestInfo(
  router: AnyTRPCRouter,
  req: FastifyRequest,
  options: { parse: SafeJsonParse; signal: AbortSignal },
): TRPCRequestInfo | Promise<TRPCRequestInfo> {
  const query = queryOf(req);
  const isBatchCall = query.get('batch') === '1';
  const paths = procedurePaths(router, req, isBatchCall);
  const inputs = inputsOf({
    req,
    text: req.method === 'GET' ? query.get('input') : (req.body as string | undefined),
    count: paths.length,
    isBatch: isBatchCall,
    parse: options.parse,
    deserialize: (value) => router._def._config.transformer.input.deserialize(value),
  });

  function info(procedures: readonly Found[]): TRPCRequestInfo {
    const calls = procedures.map(
      (procedure, batchIndex): RequestedCall => ({
        batchIndex,
        path: paths[batchIndex] ?? '',
        procedure,
        getRawInput: async () => inputs.read(batchIndex),
        result: () => inputs.peek(batchIndex),
      }),
    );
    const connectionParams = query.get('connectionParams');
    return new RequestInfo(req, {
      isBatchCall,
      accept: acceptOf(req),
      calls,
      type: typeOfAll(procedures),
      connectionParams: connectionParams === null ? null : parseConnectionParamsFromString(connectionParams),
      signal: options.signal,
    });
  }

  const found = paths.map((path) => findProcedure(router, path));
  return found.some((one) => one instanceof Promise) ? Promise.all(found).then(info) : info(found as Found[]);
}

/**
 * A URL is dear to make and few ask for it, so it is a getter, of the object's own so that a copy has it too. All share the
 * one function: V8 would give each getter a hidden class of its own, which keeps its request until the next major collection.
 */
class RequestInfo implements TRPCRequestInfo {
  static readonly #URL: PropertyDescriptor & ThisType<RequestInfo> = {
    enumerable: true,
    configurable: true,
    get() {
      this.#made ??= urlOf(this.#req);
      return this.#made;
    },
  };

  readonly isBatchCall: boolean;
  readonly accept: TRPCRequestInfo['accept'];
  readonly calls: RequestedCall[];
  readonly type: TRPCRequestInfo['type'];
  readonly connectionParams: TRPCRequestInfo['connectionParams'];
  readonly signal: AbortSignal;
  declare readonly url: URL;
  readonly #req: FastifyRequest;
  #made: URL | undefined;

  constructor(req: FastifyRequest, info: Omit<TRPCRequestInfo, 'url'>) {
    this.#req = req;
    this.isBatchCall = info.isBatchCall;
    this.accept = info.accept;
    this.calls = info.calls;
    this.type = info.type;
    this.connectionParams = info.connectionParams;
    this.signal = info.signal;
    Object.defineProperty(this, 'url', RequestInfo.#URL);
  }
}

/** The one type of the known procedures. */
function typeOfAll(procedures: readonly Found[]): TRPCRequestInfo['type'] {
  let one: AnyTRPCProcedure['_def']['type'] | undefined;
  for (const procedure of procedures) {
    if (procedure === null || procedure._def.type === one) continue;
    if (one !== undefined) {
      const types = new Set(procedures.flatMap((each) => each?._def.type ?? []));
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: `Cannot mix procedure types in call: ${[...types].join(', ')}`,
      });
    }
    one = procedure._def.type;
  }
  return one ?? 'unknown';
}
