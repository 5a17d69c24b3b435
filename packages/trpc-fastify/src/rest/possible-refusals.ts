import type { TRPCError } from '@trpc/server';
import { REASONS, type RefusalReason, refuse } from '../http/request-refused.ts';
import { answeredTypes, takenTypes } from '../router/media-types.ts';
import type { RestProcedure } from '../router/procedures.ts';
import { namesIn } from '../router/rest-meta.ts';

/** Why REST itself may refuse a request to this entry, before or around its procedure. */
function reasonsOf(endpoint: RestProcedure): RefusalReason[] {
  const { rest, inputs } = endpoint;
  const reasons: RefusalReason[] = [];
  const merges = namesIn(rest.path).length > 0 || rest.ifMatch !== undefined || rest.body !== undefined;
  if (inputs !== undefined && merges) reasons.push('field_conflict');
  // A DELETE takes no field from its body, and Fastify reads one all the same.
  if (rest.method !== 'GET') reasons.push('media_type', 'too_large');
  if (rest.method !== 'GET' && rest.body === undefined) reasons.push('malformed_json', 'too_deep');
  if (inputs !== undefined && rest.body === undefined && takenTypes(rest).length > 0) reasons.push('query_not_allowed');
  if (answeredTypes(endpoint).length > 0) reasons.push('not_acceptable');
  if (answeredTypes(endpoint).length > 0 && rest.stream === undefined && endpoint.events === undefined)
    reasons.push('answer_too_large');
  if (rest.ifMatch !== undefined) reasons.push('precondition');
  reasons.push('unavailable');
  return reasons;
}

/** One error for each reason, of all entries: they are read, never thrown. */
const refusals = Object.fromEntries(REASONS.map((reason) => [reason, refuse(reason, reason)])) as Record<
  RefusalReason,
  TRPCError
>;

/**
 * The errors that REST makes itself for an entry, one of each reason, for the host to run through its error table: what
 * an OpenAPI document has to list beside the procedure's own errors.
 */
export function possibleRefusals(endpoint: RestProcedure): TRPCError[] {
  return reasonsOf(endpoint).map((reason) => refusals[reason]);
}
