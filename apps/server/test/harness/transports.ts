import { appRouter, procedureFacts } from '@promptory/api/server';
import { type RestProcedure, restProceduresOf } from '@promptory/trpc-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { requireAnnounced } from '../contract/announced-errors.ts';
import type { BootedApp } from './boot.ts';
import { eventsIn } from './first-events.ts';
import { streamedAnswer } from './streamed-answer.ts';

// One call through each of the transports that a procedure has: alone and in a batch on the tRPC wire, and over REST.

export const transports = ['tRPC', 'tRPC batch', 'REST'] as const;
export type Transport = (typeof transports)[number];

export const unbatchedTransports = ['tRPC', 'REST'] as const;
export type UnbatchedTransport = (typeof unbatchedTransports)[number];

/** Those that serve a procedure: one that shares no request with others is refused in a batch. */
export const transportsOf = (path: string): readonly Transport[] =>
  procedureFacts.get(path)?.batch === false ? unbatchedTransports : transports;

export type Input = Readonly<Record<string, unknown>>;
export type Headers = Readonly<Record<string, string>>;

export const bearer = (accessToken: string): Headers => ({ authorization: `Bearer ${accessToken}` });

/** What one call was answered, whichever transport it came through. */
export interface Answer {
  /** On the tRPC wire what the call itself says, for a batch has one status for all. */
  readonly status: number;
  /** `ok`, or the error's code. */
  readonly code: string;
  /** The output; undefined for none. */
  readonly result: unknown;
  /** Everything that an error says, but for what each transport calls its own: `{ code, message, errors, … }`. */
  readonly error: Readonly<Record<string, unknown>> | null;
  readonly response: LightMyRequestResponse;
}

const endpoints: ReadonlyMap<string, RestProcedure> = new Map(
  restProceduresOf(appRouter).map((one) => [one.path, one]),
);

/** Every procedure of the router by its path: how REST serves it, its schemas and its type. */
export const procedures: readonly RestProcedure[] = [...endpoints.values()];

export function endpointOf(path: string): RestProcedure {
  const endpoint = endpoints.get(path);
  if (endpoint === undefined) throw new Error(`There is no procedure ${path}.`);
  return endpoint;
}

/** Beside a query what everyone signed in has, and beside a mutation one that finds nothing to change. */
const beside = {
  query: { path: 'preferences.get', input: {} },
  mutation: { path: 'favorites.remove', input: { promptId: '01900000-0000-7000-8000-000000000000' } },
  subscription: { path: 'preferences.get', input: {} },
} as const;

/** The request that makes a call through a transport. */
export function requestOf(transport: Transport, path: string, input: Input, headers: Headers = {}): InjectOptions {
  const endpoint = endpointOf(path);
  return transport === 'REST'
    ? restRequest(endpoint, input, headers)
    : wireRequest(transport, endpoint, input, headers);
}

function wireRequest(
  transport: Transport,
  { path, type }: RestProcedure,
  input: Input,
  headers: Headers,
): InjectOptions {
  const other = beside[type];
  const [name, payload] =
    transport === 'tRPC' ? [path, input] : [`${path},${other.path}?batch=1`, { 0: input, 1: other.input }];
  const url = `/trpc/${name}`;
  if (type === 'mutation') return { method: 'POST', url, headers: { ...headers }, payload };
  const query = `${url.includes('?') ? '&' : '?'}input=${encodeURIComponent(JSON.stringify(payload))}`;
  return { method: 'GET', url: url + query, headers: { ...headers } };
}

function restRequest({ rest }: RestProcedure, input: Input, headers: Headers): InjectOptions {
  const left = new Map(Object.entries(input));
  const taken = (name: string): unknown => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  const path = rest.path.replace(/\{([^}]*)\}/g, (_, name: string) => encodeURIComponent(String(taken(name))));
  const source = rest.body === undefined ? undefined : (taken(rest.body.field) as { type: string; body: string });
  const fields = Object.fromEntries(left);
  const { method } = rest;
  if (source !== undefined) {
    const type = { 'content-type': source.type };
    return { method, url: path + queryOf(fields), headers: { ...headers, ...type }, payload: source.body };
  }
  if (method === 'GET' || method === 'DELETE') return { method, url: path + queryOf(fields), headers: { ...headers } };
  return { method, url: path, headers: { ...headers }, payload: fields };
}

function queryOf(fields: Input): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  return query.size === 0 ? '' : `?${query}`;
}

/** Makes one call and reads its answer. What a procedure streams is its list of items. */
export async function callProcedure(
  server: BootedApp,
  transport: Transport,
  path: string,
  input: Input,
  headers: Headers = {},
): Promise<Answer> {
  const { type, rest } = endpointOf(path);
  if (type === 'subscription') {
    const response = await server.call(requestOf(transport, path, input, headers));
    return eventsAnswer(transport, response);
  }
  const isStream = rest.stream !== undefined;
  if (isStream && transport !== 'REST') {
    const others = transport === 'tRPC' ? [] : [{ type, ...beside[type] }];
    const { response, envelope } = await streamedAnswer(server, [{ path, type, input }, ...others], headers);
    return wireAnswer(response, envelope);
  }
  const response = await server.call(requestOf(transport, path, input, headers));
  return transport === 'REST' ? restAnswer(response, isStream) : wireAnswer(response, parsed(response));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const parsed = ({ body }: LightMyRequestResponse): unknown => (body === '' ? undefined : JSON.parse(body));

/** What is told at first, without the ids, which are others each time. */
function eventsAnswer(transport: Transport, response: LightMyRequestResponse): Answer {
  if (response.statusCode >= 400) {
    return transport === 'REST' ? restAnswer(response, false) : wireAnswer(response, parsed(response));
  }
  if (transport === 'REST') requireAnnounced(response);
  const events = eventsIn(response.body);
  const refusal = events.find(({ event }) => event === 'serialized-error');
  if (refusal !== undefined) return wireAnswer(response, { error: refusal.data });
  const data = events.flatMap(({ event, data }) => (event === 'message' ? [data] : []));
  return wireAnswer(response, { result: { data } });
}

function restAnswer(response: LightMyRequestResponse, isStream: boolean): Answer {
  requireAnnounced(response);
  const { statusCode: status } = response;
  if (isStream && status < 400) {
    const items = response.body.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
    return { status, code: 'ok', result: items, error: null, response };
  }
  const body = parsed(response);
  if (status < 400) return { status, code: 'ok', result: body, error: null, response };
  if (!isRecord(body)) throw new Error(`REST answered ${status} without a problem.`);
  const { type: _type, title: _title, status: _status, requestId: _requestId, detail, ...others } = body;
  return { status, code: String(body.code), result: undefined, error: { message: detail, ...others }, response };
}

function wireAnswer(response: LightMyRequestResponse, body: unknown): Answer {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (!isRecord(first)) throw new Error(`tRPC answered ${response.statusCode} without an envelope.`);
  const { result, error } = first;
  if (isRecord(result)) return { status: 200, code: 'ok', result: result.data, error: null, response };
  const data = isRecord(error) ? error.data : undefined;
  if (!isRecord(error) || !isRecord(data)) throw new Error(`tRPC answered ${response.statusCode} without a result.`);
  const { httpStatus, path: _path, requestId: _requestId, ...others } = data;
  return {
    status: Number(httpStatus),
    code: String(data.code),
    result: undefined,
    error: { message: error.message, ...others },
    response,
  };
}
