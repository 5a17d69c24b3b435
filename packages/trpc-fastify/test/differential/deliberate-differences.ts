import { isUtf8 } from 'node:buffer';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { dateTransformer } from '../fixtures/date-transformer.ts';
import type { ComparableAnswer } from './comparable-answer.ts';
import { jsonFault, withShapes } from './predicted-json.ts';
import { BODY_LIMIT, type Variant } from './wire-pair.ts';
import { batchedPaths, decodedPath, inputText, type WireRequest, withInputText } from './wire-request.ts';

interface Named {
  name: string;
  /** Both stand in the README, word for word. */
  reason: string;
}

/** Ours must answer what the stock plugin answers to another request. */
interface AsIfAsked extends Named {
  asIf(request: WireRequest): WireRequest | undefined;
}

/** Ours must give this answer, whatever the stock plugin says. */
interface Instead extends Named {
  instead(request: WireRequest, variant: Variant): ComparableAnswer | undefined;
}

/** Ours must give the stock plugin's answer with this change. */
interface Changed extends Named {
  changed(stock: ComparableAnswer, request: WireRequest): ComparableAnswer;
}

export type Difference = AsIfAsked | Instead | Changed;

function refusal(
  code: TRPC_ERROR_CODE_KEY,
  message: string,
  request: WireRequest,
  variant: Variant,
  allow?: string,
): ComparableAnswer {
  const status = getHTTPStatusCodeFromError(new TRPCError({ code }));
  const path = decodedPath(request);
  const seen = variant.formatter === false ? {} : { type: 'unknown', input: null, user: null, issues: null };
  const shape = { message, code: TRPC_ERROR_CODES_BY_KEY[code], data: { code, httpStatus: status, path, ...seen } };
  return {
    status,
    type: 'application/json',
    headers: { vary: 'accept, trpc-accept', ...(allow === undefined ? {} : { allow }) },
    body: { error: variant.transformer === true ? dateTransformer.serialize(shape) : shape },
    journal: [`error ${JSON.stringify([code, message, path, 0, null, 'unknown'])}`],
  };
}

const ALLOW = 'get, head, options, post';
const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i;
const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/i;
const UPLOADS = new Map([
  ['upload.form', 'multipart/form-data'],
  ['upload.bytes', 'application/octet-stream'],
]);

/** Messages of internal errors that the router, or tRPC itself, has written for callers. */
const MEANT =
  /^(?:It is INTERNAL_SERVER_ERROR\.|Output validation failed|Subscription \S+ did not return an observable or a AsyncGenerator)$/;

const isCall = ({ method }: WireRequest) => method === 'GET' || method === 'POST';

const isJson = ({ headers }: WireRequest) => JSON_TYPE.test(headers['content-type'] ?? '');

/** The input as JSON text; a body that is not sent as JSON has none. */
function jsonText(request: WireRequest): string | undefined {
  if (request.method === 'GET') return inputText(request);
  // A byte order mark is no part of a decoded body.
  return isJson(request) ? inputText(request)?.replace(/^\ufeff/, '') : undefined;
}

function procedurePath(request: WireRequest, variant: Variant): string {
  return (decodedPath(request) ?? '').replaceAll(variant.pathSeparator ?? '.', '.');
}

/** The request whose path the stock plugin, decoding twice, reads as ours is read when it is decoded once. */
function encodedOnceMore(request: WireRequest): WireRequest | undefined {
  const path = decodedPath(request);
  return path === undefined ? undefined : { ...request, path: encodeURIComponent(encodeURIComponent(path)) };
}

/** Every way in which ours is meant to answer otherwise than the stock plugin, in the order in which they are applied. */
export const deliberateDifferences: readonly Difference[] = [
  {
    name: 'The path is percent-decoded once',
    reason: 'What is decoded twice hides a comma or a name (`%252C`) from every guard that reads the path once.',
    asIf: (request) =>
      isCall(request) && decodedPath(request)?.includes('%') === true ? encodedOnceMore(request) : undefined,
  },
  {
    name: 'A path with slashes is a procedure that does not exist',
    reason: "A tRPC client understands tRPC's NOT_FOUND, and not Fastify's own 404.",
    asIf: (request) =>
      ['GET', 'HEAD', 'POST'].includes(request.method) && (request.path === '' || request.path.includes('/'))
        ? encodedOnceMore(request)
        : undefined,
  },
  {
    name: 'JSON that poisons prototypes or nests too deeply is refused',
    reason:
      'No honest client sends `__proto__`, `constructor.prototype` or more than 64 levels: they are answered as broken JSON is.',
    asIf(request) {
      const fault = isCall(request) ? jsonFault(jsonText(request)) : undefined;
      return fault === 'poisoned' || fault === 'deep' ? withInputText(request, '{') : undefined;
    },
  },
  {
    name: 'OPTIONS lists the methods',
    reason: 'The stock plugin answers 415 or 405, or runs into its own errors.',
    instead: ({ method }) =>
      method === 'OPTIONS' ? { status: 204, type: '', headers: { allow: ALLOW }, body: '', journal: [] } : undefined,
  },
  {
    name: 'Other methods are 405 at once',
    reason:
      'The stock plugin answers PUT, PATCH, DELETE and TRACE with 415, 405 or 500, by what else is in the request.',
    instead: (request, variant) =>
      ['PUT', 'PATCH', 'DELETE', 'TRACE'].includes(request.method)
        ? refusal('METHOD_NOT_SUPPORTED', 'The tRPC wire answers GET and POST.', request, variant, ALLOW)
        : undefined,
  },
  {
    name: 'A malformed Host is no error of the server',
    reason:
      'The stock plugin answers 500: anyone could fill the error log. It is 400, and HEAD is 204 whatever the Host.',
    instead(request, variant) {
      const { host } = request.headers;
      if (host === undefined || HOST.test(host)) return undefined;
      if (request.method === 'HEAD') return { status: 204, type: '', headers: {}, body: '', journal: [] };
      return isCall(request)
        ? refusal('BAD_REQUEST', 'The request has a malformed Host or URL.', request, variant)
        : undefined;
    },
  },
  {
    name: 'A POST is exactly application/json',
    reason:
      'Forms of any site can send multipart and text without a preflight. Other bodies go only to procedures whose meta asks for them; the refusal echoes nothing.',
    instead(request, variant) {
      if (request.method !== 'POST') return undefined;
      const type = request.headers['content-type'] ?? '';
      const asked = UPLOADS.get(procedurePath(request, variant));
      const [named = ''] = type.split(';');
      if (isJson(request) || (asked !== undefined && named === asked)) return undefined;
      const declared = [...UPLOADS.values()].includes(named)
        ? `: a procedure that reads ${named} says so in its meta.wire.body.`
        : '.';
      const message = `A tRPC call must be application/json in UTF-8${declared}`;
      return refusal('UNSUPPORTED_MEDIA_TYPE', message, request, variant);
    },
  },
  {
    name: 'A batch is bounded before its body is read',
    reason: 'A refusal that needs nothing of the body should not wait for it; it says how many calls are allowed.',
    instead(request, variant) {
      const paths = isCall(request) ? batchedPaths(request) : undefined;
      if (paths === undefined || paths.length <= variant.maxBatchSize) return undefined;
      return refusal('BAD_REQUEST', `A batch may hold ${variant.maxBatchSize} calls.`, request, variant);
    },
  },
  {
    name: 'Procedures that refuse batches',
    reason: 'One request must be one attempt to sign in (`refuseInBatch`); the stock plugin has no such option.',
    instead(request, variant) {
      const paths = isCall(request) ? (batchedPaths(request) ?? []) : [];
      const login = paths.some((path) => path.replaceAll(variant.pathSeparator ?? '.', '.') === 'items.login');
      if (paths.length < 2 || !login) return undefined;
      return refusal('BAD_REQUEST', 'items.login may not be called in a batch.', request, variant);
    },
  },
  {
    name: 'A body over the limit is refused in the shape of tRPC',
    reason: "A tRPC client cannot read Fastify's own error.",
    instead: (request, variant) =>
      request.method === 'POST' && isJson(request) && Buffer.byteLength(request.body ?? '') > BODY_LIMIT
        ? refusal('PAYLOAD_TOO_LARGE', 'The body is larger than this route takes.', request, variant)
        : undefined,
  },
  {
    name: 'A body that is not UTF-8 is refused',
    reason: 'The stock plugin puts U+FFFD where the bytes were, which would be stored.',
    instead: (request, variant) =>
      request.method === 'POST' && jsonText(request) !== undefined && !isUtf8(Buffer.from(request.body ?? ''))
        ? refusal('BAD_REQUEST', 'The body is not valid UTF-8.', request, variant)
        : undefined,
  },
  {
    name: 'Broken JSON is not echoed',
    reason: 'The message of JSON.parse quotes the input.',
    changed(stock, request) {
      const fault = jsonFault(jsonText(request));
      if (fault === undefined) return stock;
      const echo = jsonFault.message(fault === 'broken' ? (jsonText(request) ?? '') : '{');
      const own = fault === 'deep' ? 'The JSON nests deeper than 64 levels.' : 'The body is not valid JSON.';
      const body = withShapes(stock.body, (shape) => (shape.message === echo ? { ...shape, message: own } : shape));
      const [before, after] = [JSON.stringify(echo), JSON.stringify(own)];
      const journal = stock.journal.map((line) =>
        line.replace(`error ["BAD_REQUEST",${before}`, `error ["BAD_REQUEST",${after}`),
      );
      return { ...stock, body, journal: journal.sort() };
    },
  },
  {
    name: 'The messages of foreign errors stay inside',
    reason:
      'The message of an error that no TRPCError was made of on purpose may name tables, files and hosts. `onError` is given all of it; `isInternal` says otherwise.',
    changed: (stock) => ({
      ...stock,
      body: withShapes(stock.body, (shape) =>
        shape.data?.code === 'INTERNAL_SERVER_ERROR' && !MEANT.test(shape.message)
          ? { ...shape, message: 'Internal server error' }
          : shape,
      ),
    }),
  },
  {
    name: 'The error of a whole request says that it is JSON',
    reason: 'The stock plugin sets no content type for it, so Fastify calls it text/plain.',
    changed: (stock) =>
      stock.type === 'text/plain; charset=utf-8' && stock.headers.vary !== undefined
        ? { ...stock, type: 'application/json' }
        : stock,
  },
  {
    name: 'responseMeta is asked once for an answer that cannot be written',
    reason:
      'Where JSON.stringify fails, the stock plugin has already asked for the meta of the success, and sends both.',
    changed(stock) {
      const { 'x-meta': meta = '', 'set-cookie': cookie, 'cache-control': cached, ...headers } = stock.headers;
      const last = meta.split(', ').at(-1) ?? '';
      const twice =
        meta.includes(', ') || cookie === 'a=1,b=2,a=1,b=2' || (cached !== undefined && stock.status === 500);
      if (!twice) return stock;
      return {
        ...stock,
        headers: { ...headers, 'x-meta': last, ...(cookie === undefined ? {} : { 'set-cookie': 'a=1,b=2' }) },
      };
    },
  },
];
