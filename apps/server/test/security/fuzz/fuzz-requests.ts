import type { RestProcedure } from '@promptory/trpc-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { eventsIn } from '../../harness/first-events.ts';
import type { Headers, Transport } from '../../harness/transports.ts';
import type { Sent } from './fuzz-mutations.ts';
import { jsonText, Written } from './fuzz-values.ts';

// One request of anything at all through a transport, byte for byte as it was made, and what came back.

const COMPANIONS = {
  query: ['preferences.get', '{}'],
  mutation: ['favorites.remove', '{"promptId":"01900000-0000-7000-8000-000000000000"}'],
  subscription: ['preferences.get', '{}'],
} as const;

/** Puts the things of a world in the place of their names. */
export type Resolve = (text: string) => string;

export function requestOf(
  transport: Transport,
  endpoint: RestProcedure,
  sent: readonly [Sent, ...Sent[]],
  headers: Headers,
  resolve: Resolve,
): InjectOptions {
  const request =
    transport === 'REST'
      ? overRest(endpoint, sent[0], headers, resolve)
      : overWire(transport, endpoint, sent, headers, resolve);
  return { ...request, url: String(request.url).slice(0, LONGEST_ADDRESS) };
}

/** A longer head never reaches the app: it is answered 431. */
const LONGEST_ADDRESS = 16_000;

const LONGEST_IN_BATCH = 20_000;

/** Whether an input can stand in a batch with others: what no parser takes would spoil them all. */
export function fitsInBatch({ input, kept }: Sent): boolean {
  if (kept < 1) return false;
  const text = jsonText(input);
  if (text.length > LONGEST_IN_BATCH || /__proto__|prototype|(?:\[|\{"a":){30}/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const cut = (text: string, { kept }: Sent): string => (kept < 1 ? text.slice(0, Math.floor(text.length * kept)) : text);

function overWire(
  transport: Transport,
  endpoint: RestProcedure,
  sent: readonly [Sent, ...Sent[]],
  headers: Headers,
  resolve: Resolve,
): InjectOptions {
  const { path, type, rest } = endpoint;
  const [companionPath, companionInput] = COMPANIONS[type];
  const isBatch = transport === 'tRPC batch';
  const inputs = [...sent.map(({ input }) => jsonText(input)), companionInput].map(
    (text, index) => `"${index}":${text}`,
  );
  const text = resolve(cut(isBatch ? `{${inputs.join()}}` : jsonText(sent[0].input), sent[0]));
  const paths = [...sent.map(() => path), companionPath].join();
  const address = isBatch ? `/trpc/${paths}?batch=1` : `/trpc/${path}`;
  // What is streamed is answered on the wire only to who reads lines.
  const stream: Headers = rest.stream === undefined ? {} : { 'trpc-accept': 'application/jsonl' };
  if (type === 'mutation') {
    const json = { 'content-type': 'application/json' };
    return { method: 'POST', url: address, headers: { ...headers, ...stream, ...json }, payload: text };
  }
  const url = `${address}${isBatch ? '&' : '?'}input=${percentEncoded(text)}`;
  return { method: 'GET', url, headers: { ...headers, ...stream } };
}

function overRest({ rest }: RestProcedure, sent: Sent, headers: Headers, resolve: Resolve): InjectOptions {
  const isObject = typeof sent.input === 'object' && sent.input !== null && !(sent.input instanceof Written);
  const left = new Map<string, unknown>(isObject ? Object.entries(sent.input ?? {}) : []);
  const path = rest.path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return pathSegment(resolve(plainText(value)));
  });
  const { method } = rest;
  if (rest.body !== undefined) {
    const source = left.get(rest.body.field);
    left.delete(rest.body.field);
    const [type, body] = isRecord(source) ? [source.type, source.body] : ['text/csv', source];
    const payload = cut(plainText(body), sent);
    const named = headerText(plainText(type));
    return { method, url: path + queryOf(left, resolve), headers: { ...headers, 'content-type': named }, payload };
  }
  if (method === 'GET' || method === 'DELETE') {
    return { method, url: path + queryOf(left, resolve), headers: { ...headers } };
  }
  const payload = resolve(cut(jsonText(isObject ? Object.fromEntries(left) : sent.input), sent));
  return { method, url: path, headers: { ...headers, 'content-type': 'application/json' }, payload };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Written);

/** A value as it stands in an address: text as it is, all else as JSON. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  const text = value === undefined ? '' : jsonText(value);
  return value instanceof Written && text.startsWith('"') ? text.slice(1, -1) : text;
}

function queryOf(fields: ReadonlyMap<string, unknown>, resolve: Resolve): string {
  const pairs = [...fields].flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (each) => `${percentEncoded(name)}=${percentEncoded(resolve(plainText(each)))}`,
    ),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Percent-encoded, half a surrogate pair as its three bytes, which are no UTF-8. `%zz` stays as it is. */
function percentEncoded(text: string): string {
  if (text === '%zz') return text;
  return text
    .split(/([\ud800-\udfff])/u)
    .map(encodedPart)
    .join('');
}

/** A segment of `.` or `..` is resolved before the request is sent (RFC 3986, 5.2.4), so it gets a dot more. */
function pathSegment(text: string): string {
  const segment = percentEncoded(text);
  return /^\.{1,2}$/.test(segment) ? `${segment}.` : segment;
}

function encodedPart(part: string): string {
  const unit = part.length === 1 ? part.charCodeAt(0) : 0;
  if (unit < 0xd800 || unit > 0xdfff) return encodeURIComponent(part);
  const bytes = [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
  return bytes.map((byte) => `%${byte.toString(16)}`).join('');
}

/** What a header can carry of a text. */
const headerText = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, 2_000);

/** What a call was answered, or why that cannot be read. */
export interface ParsedAnswer {
  /** Of the HTTP response, and of the call itself. */
  readonly statuses: readonly number[];
  /** `ok`, or a code. */
  readonly code: string;
  /** What a success gives: one value, or the items of a stream. */
  readonly result: unknown;
  readonly isStream: boolean;
  /** The error as the transport writes it. */
  readonly problem: unknown;
  readonly body: string;
}

const parsedAnswer = (response: LightMyRequestResponse, parts: Partial<ParsedAnswer>): ParsedAnswer => ({
  statuses: [response.statusCode],
  code: 'ok',
  result: undefined,
  isStream: false,
  problem: undefined,
  body: response.body,
  ...parts,
});

/** What each of `count` calls was answered; once for all where the request was refused as a whole. @throws as readAnswer */
export function readAnswers(
  transport: Transport,
  endpoint: RestProcedure,
  response: LightMyRequestResponse,
  count: number,
): ParsedAnswer[] {
  const parsed: unknown = count > 1 ? JSON.parse(response.body) : undefined;
  if (!Array.isArray(parsed)) return [readAnswer(transport, endpoint, response)];
  if (parsed.length !== count + 1) throw new Error(`${parsed.length} answers to ${count + 1} calls`);
  return parsed.slice(0, count).map((each) => parsedAnswer(response, wired(each, response.statusCode)));
}

/** @throws Error for an answer that is none of the transport's */
function readAnswer(transport: Transport, { rest }: RestProcedure, response: LightMyRequestResponse): ParsedAnswer {
  const { body, statusCode } = response;
  const type = String(response.headers['content-type'] ?? '');
  if (type.startsWith('text/event-stream')) {
    const events = eventsIn(body);
    const refusal = events.find(({ event }) => event === 'serialized-error');
    if (refusal !== undefined) return parsedAnswer(response, wired({ error: refusal.data }, statusCode));
    const result = events.flatMap(({ event, data }) => (event === 'message' ? [data] : []));
    return parsedAnswer(response, { isStream: true, result });
  }
  const isStream = rest.stream !== undefined;
  if (transport === 'REST') {
    if (statusCode >= 400) return parsedAnswer(response, { ...problemOf(type, body) });
    if (body === '') return parsedAnswer(response, {});
    return parsedAnswer(response, isStream ? { isStream, result: linesOf(body) } : { result: JSON.parse(body) });
  }
  if (isStream && statusCode < 400) return parsedAnswer(response, { ...streamed(linesOf(body)), isStream });
  return parsedAnswer(response, wired(JSON.parse(body), statusCode));
}

const linesOf = (body: string): unknown[] =>
  body.split('\n').flatMap((line): unknown[] => (line.trim() === '' ? [] : [JSON.parse(line)]));

function problemOf(type: string, body: string): Partial<ParsedAnswer> {
  if (!type.startsWith('application/problem+json')) throw new Error(`An error as ${type}`);
  const problem: unknown = JSON.parse(body);
  return { problem, code: isRecord(problem) ? String(problem.code) : 'none' };
}

function wired(parsed: unknown, statusCode: number): Partial<ParsedAnswer> {
  const envelope: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isRecord(envelope)) throw new Error('No envelope');
  const { result, error } = envelope;
  if (isRecord(result)) return { result: result.data };
  const data = isRecord(error) ? error.data : undefined;
  if (!isRecord(data)) throw new Error('Neither result nor error');
  return { problem: error, code: String(data.code), statuses: [statusCode, Number(data.httpStatus)] };
}

/** tRPC's lines hold an error wherever in them it happened. */
function streamed(lines: readonly unknown[]): Partial<ParsedAnswer> {
  const error = lines.map(errorIn).find((found) => found !== undefined);
  if (error === undefined) return { result: lines };
  return wired({ error }, 200);
}

/** Whether an error on the wire is of the call that stands beside the one that is tried. */
const isOfCompanion = ({ data }: Record<string, unknown>): boolean =>
  isRecord(data) && Object.values(COMPANIONS).some(([path]) => data.path === path);

function errorIn(value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  if (isRecord(value.error) && isRecord(value.error.data) && 'httpStatus' in value.error.data) {
    return isOfCompanion(value.error) ? undefined : value.error;
  }
  return Object.values(value)
    .map(errorIn)
    .find((found) => found !== undefined);
}
