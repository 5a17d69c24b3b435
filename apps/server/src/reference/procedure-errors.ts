import { errorKinds, grants, type Meta, toAppError } from '@promptory/api/server';
import { ErrorCode, errorDetails } from '@promptory/schemas';
import { type OpenApiError, possibleRefusals, type RestProcedure } from '@promptory/trpc-fastify';
import type { TRPCError } from '@trpc/server';

const everywhere: readonly ErrorCode[] = [
  'request.invalid',
  'request.malformed',
  'limit.exceeded',
  'server.busy',
  'server.unavailable',
  'server.storage_full',
  'server.internal',
];
const signedIn: readonly ErrorCode[] = ['auth.required', 'auth.invalid_token'];

function ofGuard({ can, creates, stepUp }: Meta): ErrorCode[] {
  if (can === undefined || grants[can].to === 'anyone') return [];
  const codes: ErrorCode[] = [...signedIn, 'auth.forbidden'];
  if (grants[can].to === 'caller') codes.push('auth.scope_missing');
  else codes.push('auth.session_required');
  if (stepUp !== undefined) codes.push('auth.session_required', 'auth.second_factor_required');
  if (creates === true) codes.push('request.in_progress', 'request.idempotency_mismatch');
  return codes;
}

const codes = new WeakMap<TRPCError, ErrorCode>();

function codeOf(refusal: TRPCError): ErrorCode {
  const code = codes.get(refusal) ?? toAppError(refusal).code;
  codes.set(refusal, code);
  return code;
}

function ofRequest(procedure: RestProcedure, { can }: Meta): ErrorCode[] {
  const { rest, inputs } = procedure;
  const codes = possibleRefusals(procedure).map(codeOf);
  if (inputs !== undefined && 'cursor' in Object(Reflect.get(inputs, 'shape'))) codes.push('request.cursor_invalid');
  if (rest.method !== 'GET') {
    codes.push('request.conflict');
    // A session cookie acts, and is given, only where the request comes from an origin of ours.
    if (can !== undefined) codes.push('request.cross_site');
  }
  return codes;
}

/** Every error that a procedure may answer with over REST, in the order of the codes. */
export function errorsOf(meta: Meta, procedure: RestProcedure): OpenApiError[] {
  const codes = new Set([...everywhere, ...ofGuard(meta), ...ofRequest(procedure, meta), ...(meta.errors ?? [])]);
  return ErrorCode.options
    .filter((code) => codes.has(code))
    .map(
      (code): OpenApiError => ({
        status: errorKinds[code].status,
        code,
        description: errorKinds[code].message,
        ...(code in errorDetails ? { details: errorDetails[code as keyof typeof errorDetails] } : {}),
      }),
    );
}
