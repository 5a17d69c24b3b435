import { isDeepStrictEqual } from 'node:util';
import { errorKinds, grants, type Meta } from '@promptory/api/server';
import { ErrorCode, Problem } from '@promptory/schemas';
import type { RestProcedure } from '@promptory/trpc-fastify';
import { z } from 'zod';
import { errorsOf } from '../../../src/reference/procedure-errors.ts';
import type { Transport } from '../../harness/transports.ts';
import type { ParsedAnswer } from './fuzz-requests.ts';
import { MAIL_MARK, MARK } from './fuzz-things.ts';

// What no answer may be, whatever was asked. After RESTler (Atlidakis, Godefroid, Polishchuk, 2019) and Schemathesis
// (Hatfield-Dodds, Dygalo, 2022): rules that hold without knowing what the right answer is.

const WireError = z.strictObject({
  message: z.string().min(1).max(1_000),
  code: z.int().max(-32_000),
  data: z.looseObject({
    code: ErrorCode,
    httpStatus: z.int().min(400).max(599),
    requestId: z.string().min(1).max(100),
    errors: Problem.shape.errors,
    path: z.string().optional(),
  }),
});

/** What the documentation says a procedure may fail with, as `status code`. */
const documented = new Map<string, ReadonlySet<string>>();
function documentedFor(endpoint: RestProcedure): ReadonlySet<string> {
  const known = documented.get(endpoint.path);
  if (known !== undefined) return known;
  const errors = new Set(errorsOf(endpoint.meta as Meta, endpoint).map(({ status, code }) => `${status} ${code}`));
  documented.set(endpoint.path, errors);
  return errors;
}

// Of the wire itself, which the document of REST does not describe.
const OF_THE_WIRE = new Set(['400 request.batch_refused', '413 request.too_large', '406 request.not_acceptable']);
// An address that is not the procedure's any more.
const OF_ANOTHER_ADDRESS = new Set(['404 route.not_found', '405 request.method_not_allowed']);

export interface Requested {
  readonly transport: Transport;
  readonly endpoint: RestProcedure;
  /** All of the request that a caller chose. */
  readonly text: string;
  readonly url: string;
  /** Whether the caller may read everybody's things. */
  readonly isAdmin: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a REST request still stands at the address of its procedure. */
export function isAtItsAddress({ transport, endpoint, url }: Requested): boolean {
  if (transport !== 'REST' || !endpoint.rest.path.includes('{')) return true;
  const parts = (url.split('?', 1)[0] ?? '').split('/');
  const own = endpoint.rest.path.split('/');
  return parts.length === own.length && own.every((part, at) => !part.includes('{') || isPlain(parts[at] ?? ''));
}

const isPlain = (part: string): boolean => UUID.test(part) || /^[1-9]\d{0,8}$/.test(part);

/** What is wrong with an answer; null for nothing. */
export function faultOf(requested: Requested, answer: ParsedAnswer): string | null {
  const { statuses, code } = answer;
  if (statuses.some((status) => !(status >= 200 && status < 500))) return `${statuses.join(' ')} ${code}`;
  return leakIn(requested, answer) ?? (code === 'ok' ? outputFault(requested, answer) : errorFault(requested, answer));
}

function leakIn({ endpoint, text, isAdmin }: Requested, { body }: ParsedAnswer): string | null {
  if (isAdmin) return null;
  const isEcho = (mark: string): boolean => endpoint.type === 'mutation' && text.includes(mark);
  const leaked = [MARK, MAIL_MARK].find((mark) => body.includes(mark) && !isEcho(mark));
  return leaked === undefined ? null : `shows what is another tenant's (${leaked})`;
}

function outputFault(requested: Requested, { result, isStream }: ParsedAnswer): string | null {
  const { transport, endpoint } = requested;
  if (!isAtItsAddress(requested)) return null;
  if (isStream) {
    const item = endpoint.rest.stream?.item ?? endpoint.events;
    if ((transport !== 'REST' && endpoint.events === undefined) || item === undefined || !Array.isArray(result))
      return null;
    const last: unknown = result.at(-1);
    const isBroken = Reflect.get(Object(last), 'type') === 'error';
    const items = isBroken ? result.slice(0, -1) : result;
    const fault = items.map((each) => misfit(item, each)).find((one) => one !== null);
    return fault ?? (isBroken ? lateErrorFault(endpoint, last) : null);
  }
  return endpoint.output === undefined || result === undefined ? null : misfit(endpoint.output, result);
}

/** What is wrong with the line that reports an error after the first item. */
function lateErrorFault(endpoint: RestProcedure, line: unknown): string | null {
  const parsed = Problem.safeParse(line);
  if (!parsed.success) return `a late error of another shape: ${parsed.error.issues[0]?.message}`;
  const name = `${parsed.data.status} ${parsed.data.code}`;
  return documentedFor(endpoint).has(name) ? null : `${name} is not documented for it, late`;
}

/** Strict: what the schema would take away or change does not fit it either. */
function misfit(schema: z.ZodType, value: unknown): string | null {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    return `does not match its schema: ${parsed.error.issues[0]?.message} at ${parsed.error.issues[0]?.path.join('.')}`;
  return isDeepStrictEqual(parsed.data, value) ? null : 'has more than its schema says';
}

function errorFault(requested: Requested, { problem, code, statuses }: ParsedAnswer): string | null {
  const shape = requested.transport === 'REST' ? Problem : WireError;
  const parsed = shape.safeParse(problem);
  if (!parsed.success)
    return `an error of another shape: ${parsed.error.issues[0]?.message} at ${parsed.error.issues[0]?.path.join('.')}`;
  const status = statuses.at(-1) ?? 0;
  const due = errorKinds[ErrorCode.parse(code)].status;
  const isStale = code === 'prompt.version_conflict' && status === 412;
  if (status !== due && !isStale) return `${status} for ${code}`;
  const name = `${status} ${code}`;
  if (documentedFor(requested.endpoint).has(name)) return null;
  if (requested.transport !== 'REST' && OF_THE_WIRE.has(name)) return null;
  if (requested.transport === 'REST' && !isAtItsAddress(requested))
    return OF_ANOTHER_ADDRESS.has(name) ? null : nullUnlessOdd(name);
  return `${name} is not documented for it`;
}

// `/prompts/templates` is not `/prompts/{id}`: what stands there answers for itself.
const nullUnlessOdd = (name: string): string | null => (name.startsWith('4') ? null : name);

/** Whether a procedure serves callers who are nobody. */
export function isOpen({ meta }: RestProcedure): boolean {
  const { can } = meta as Meta;
  return can !== undefined && grants[can].to === 'anyone';
}

/** Statuses of a request that cannot be read: they may come before anybody asks who calls. */
export const UNREADABLE: ReadonlySet<number> = new Set([400, 404, 405, 406, 413, 414, 415, 431]);
