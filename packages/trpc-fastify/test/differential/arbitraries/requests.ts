import fc from 'fast-check';
import { dateTransformer } from '../../fixtures/date-transformer.ts';
import type { Variant } from '../wire-pair.ts';
import type { WireRequest } from '../wire-request.ts';
import {
  type CallPlan,
  callOf,
  connectionParams,
  contentType,
  headers,
  maybe,
  often,
  pathEncoding,
  queryNoise,
  queryStyle,
  strayPath,
  streaming,
} from './request-parts.ts';
import { BROKEN_TEXTS, type KnownCall, ODD_BYTES } from './wire-samples.ts';

function serialized(input: unknown, variant: Variant, wrap: boolean): unknown {
  return variant.transformer === true && wrap ? dateTransformer.serialize(input) : input;
}

type Shape = 'right' | 'array' | 'late' | 'short' | 'primitive' | 'null';

/** The inputs of a request as one JSON value, or undefined for none. */
function inputsOf(calls: CallPlan[], batch: boolean, shape: Shape, wrap: boolean, variant: Variant): unknown {
  const inputs = calls.map(({ input }) => (input === undefined ? undefined : serialized(input, variant, wrap)));
  if (!batch) return inputs[0];
  switch (shape) {
    case 'right':
      return Object.fromEntries(inputs.entries());
    case 'array':
      return inputs.map((input) => input ?? null);
    case 'late':
      return Object.fromEntries(inputs.map((input, index) => [index + 1, input]));
    case 'short':
      return Object.fromEntries(inputs.slice(1).entries());
    case 'primitive':
      return 5;
    case 'null':
      return null;
  }
}

const MULTIPART = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n';
const UPLOADS = new Map([
  ['upload.form', 'multipart/form-data; boundary=x'],
  ['upload.bytes', 'application/octet-stream'],
]);

type CallType = KnownCall['type'];

const sometimes = (percent: number) => often(100 - percent, fc.constant(false), fc.constant(true));

/** Everything that is chosen for a request whose calls are mostly of one type. */
function plansOf(type: CallType, variant: Variant) {
  const same = callOf(type);
  const other = fc.oneof(callOf('query'), callOf('mutation'), callOf('subscription'));
  const single = type === 'subscription' || variant.allowBatching === false;
  return fc.record({
    type: fc.constant(type),
    calls: often(
      single ? 95 : 50,
      fc.array(same, { minLength: 1, maxLength: 1 }),
      fc.array(often(98, same, other), { minLength: 2, maxLength: 3 }),
      fc.array(often(98, same, other), { minLength: 2, maxLength: variant.maxBatchSize }),
    ),
    tooMany: sometimes(2),
    stray: maybe(6, fc.tuple(fc.nat(6), strayPath)),
    encode: pathEncoding,
    dotted: sometimes(10),
    batch: often(
      97,
      fc.constant('usual'),
      fc.constantFrom('batch=0', 'batch=1', 'batch', 'batch=true', 'batch=1&batch=0', ''),
    ),
    alone: sometimes(single ? 1 : 25),
    shape: often<Shape>(96, fc.constant('right'), fc.constantFrom('array', 'late', 'short', 'primitive', 'null')),
    unwrapped: sometimes(3),
    broken: often(
      94,
      fc.constant(undefined),
      fc.constantFrom(...BROKEN_TEXTS),
      fc.constantFrom(...BROKEN_TEXTS),
      fc.constantFrom(...ODD_BYTES),
    ),
    method: maybe(5, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE')),
    style: queryStyle,
    noise: maybe(6, queryNoise),
    params: maybe(6, connectionParams),
    override: fc.boolean(),
    contentType,
    headers,
    streamed: maybe(22, streaming),
    strayStream: maybe(1, streaming),
  });
}

type Plan = ReturnType<typeof plansOf> extends fc.Arbitrary<infer P> ? P : never;

function pathsOf({ calls, stray, tooMany, dotted }: Plan, variant: Variant): string[] {
  const known = calls.map(({ path }) => (dotted ? path : path.replaceAll('.', variant.pathSeparator ?? '.')));
  const paths = tooMany ? [...known, ...Array(variant.maxBatchSize).fill('ping')] : known;
  return stray === undefined ? paths : paths.with(Math.min(stray[0], paths.length - 1), stray[1]);
}

/** The content type and the body of a request that has one. */
function bodyOf(path: string, text: string | Buffer | undefined, sent: string | undefined) {
  const type = UPLOADS.get(path) ?? sent;
  return { type, body: type?.startsWith('multipart') === true ? MULTIPART : text };
}

function requestOf(plan: Plan, variant: Variant): WireRequest {
  const batch = plan.batch === 'usual' ? plan.calls.length > 1 || plan.alone : plan.batch.startsWith('batch=1');
  const override = variant.allowMethodOverride === true && plan.override;
  const method = plan.method ?? (plan.type === 'mutation' || override ? 'POST' : 'GET');
  const hasBody = !['GET', 'HEAD', 'TRACE'].includes(method);
  const path = pathsOf(plan, variant).join(',');
  const text = plan.broken ?? JSON.stringify(inputsOf(plan.calls, batch, plan.shape, !plan.unwrapped, variant));
  const query = [
    plan.batch === 'usual' ? (batch ? 'batch=1' : '') : plan.batch,
    !hasBody && typeof text === 'string' ? `input=${plan.style(text)}` : '',
    plan.params === undefined ? '' : `connectionParams=${encodeURIComponent(plan.params)}`,
    plan.noise ?? '',
  ];
  const { type, body } = hasBody ? bodyOf(path, text, plan.contentType) : { type: undefined, body: undefined };
  const accept = batch ? plan.streamed : plan.strayStream;
  return {
    method,
    path: plan.stray === undefined ? plan.encode(path) : path,
    query: query.filter((part) => part !== '').join('&'),
    headers: {
      ...Object.fromEntries(plan.headers),
      ...(accept === undefined ? {} : { 'trpc-accept': accept }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** As it arrives at a server: whoever sends it resolves dots and encodes what no address may hold. */
function asSent(request: WireRequest): WireRequest | undefined {
  const { pathname } = new URL(`http://localhost/trpc/${request.path}`);
  return pathname.startsWith('/trpc/') ? { ...request, path: pathname.slice('/trpc/'.length) } : undefined;
}

/** Whole requests, mostly such as a client sends, for one variant of the servers. */
export function wireRequests(variant: Variant): fc.Arbitrary<WireRequest> {
  return fc
    .oneof(
      { weight: 6, arbitrary: plansOf('query', variant) },
      { weight: 4, arbitrary: plansOf('mutation', variant) },
      { weight: 2, arbitrary: plansOf('subscription', variant) },
    )
    .map((plan) => asSent(requestOf(plan, variant)))
    .filter((request) => request !== undefined);
}
