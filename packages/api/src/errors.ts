import { hash } from 'node:crypto';
import { HasherBusyError } from '@promptory/auth';
import { InvalidCursorError, isDatabaseUnavailable, sqlState } from '@promptory/db';
import {
  cutTo,
  type Diagnosis,
  type ErrorCode,
  type ErrorDetails,
  type Fault,
  FieldError,
  fault,
  faultsOf,
  type PlainErrorCode,
} from '@promptory/schemas';
import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { ZodError } from 'zod';

interface ErrorKind {
  readonly status: number;
  readonly trpc: TRPC_ERROR_CODE_KEY;
  /** What everyone may read. */
  readonly message: string;
}

const kind = (status: number, trpc: TRPC_ERROR_CODE_KEY, message: string): ErrorKind => ({ status, trpc, message });

/** The one table of errors, read by REST, by tRPC, by OpenAPI and by docs/errors.md. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  'request.invalid': kind(400, 'BAD_REQUEST', 'The input is not valid; `errors` lists each fault by path.'),
  'request.malformed': kind(400, 'BAD_REQUEST', 'The request cannot be read as what it claims to be.'),
  'request.too_large': kind(413, 'PAYLOAD_TOO_LARGE', 'The request body is larger than this call accepts.'),
  'request.unsupported_media_type': kind(415, 'UNSUPPORTED_MEDIA_TYPE', 'This call does not accept that content type.'),
  'request.method_not_allowed': kind(405, 'METHOD_NOT_SUPPORTED', 'This address does not answer that method.'),
  'request.not_acceptable': kind(406, 'BAD_REQUEST', 'None of the accepted content types can be given.'),
  'request.precondition_failed': kind(
    412,
    'PRECONDITION_FAILED',
    'It is not, or no longer, what If-Match or `revision` names: read it again.',
  ),
  'request.cross_site': kind(403, 'FORBIDDEN', 'A cookie session acts only from an origin that is allowed.'),
  'request.cookie_not_kept': kind(
    403,
    'FORBIDDEN',
    'The browser would not keep the session cookie; sign in with `session: "token"`.',
  ),
  'request.conflict': kind(409, 'CONFLICT', 'Something this depends on changed meanwhile; read it again.'),
  'request.in_progress': kind(409, 'CONFLICT', 'The same call is still being done; ask again after Retry-After.'),
  'request.idempotency_mismatch': kind(
    422,
    'UNPROCESSABLE_CONTENT',
    'This Idempotency-Key was used with another input.',
  ),
  'request.cursor_invalid': kind(400, 'BAD_REQUEST', 'The cursor is not one that this list gave to this caller.'),
  'request.batch_refused': kind(400, 'BAD_REQUEST', 'This call cannot be made within a batch.'),
  'request.aborted': kind(499, 'CLIENT_CLOSED_REQUEST', 'The caller went away.'),
  'answer.too_large': kind(
    422,
    'UNPROCESSABLE_CONTENT',
    'The answer has more bytes than one call may have; ask for less at once.',
  ),
  'answer.batch_full': kind(
    422,
    'UNPROCESSABLE_CONTENT',
    'The answers of the batch left no room for this call; send it again by itself.',
  ),
  'route.not_found': kind(404, 'NOT_FOUND', 'Nothing answers at this address.'),
  'limit.exceeded': kind(429, 'TOO_MANY_REQUESTS', 'Too many calls; try again after the time in Retry-After.'),
  'quota.exceeded': kind(403, 'FORBIDDEN', 'The account holds as much of this as it may.'),
  'auth.required': kind(401, 'UNAUTHORIZED', 'Sign in first, or send an API key.'),
  'auth.invalid_token': kind(
    401,
    'UNAUTHORIZED',
    'The credential is not valid, has expired, or was revoked: an access token or API key goes in `Authorization: Bearer`, a key also in `X-API-Key`.',
  ),
  'auth.invalid_credentials': kind(401, 'UNAUTHORIZED', 'The address or the password is not right.'),
  'auth.email_not_verified': kind(403, 'FORBIDDEN', 'Verify the e-mail address first; a link was sent to it.'),
  'auth.registration_closed': kind(403, 'FORBIDDEN', 'This server takes no account of this address.'),
  'auth.email_taken': kind(409, 'CONFLICT', 'An account with this e-mail address exists.'),
  'auth.password_too_weak': kind(
    400,
    'BAD_REQUEST',
    'A password has 10 to 128 characters, is not a common one, and is neither the address nor the password of the account.',
  ),
  'auth.link_invalid': kind(400, 'BAD_REQUEST', 'The link is not valid, has expired, or was used.'),
  'auth.session_ended': kind(401, 'UNAUTHORIZED', 'The session has ended; sign in again.'),
  // As RFC 9470 has it for a session that has to prove more.
  'auth.second_factor_required': kind(
    401,
    'UNAUTHORIZED',
    'Prove the second factor: log in with `code` or `recoveryCode`, or within a session verify it and call again.',
  ),
  'auth.second_factor_invalid': kind(401, 'UNAUTHORIZED', 'The code is not right, has expired, or was used before.'),
  'auth.second_factor_on': kind(409, 'CONFLICT', 'The account has a second factor; turn it off to set up another.'),
  'auth.second_factor_off': kind(
    409,
    'CONFLICT',
    'The account has no second factor, or what was begun took too long; set one up first.',
  ),
  'auth.session_required': kind(403, 'FORBIDDEN', 'Only a signed-in person can do this, not an API key.'),
  'auth.scope_missing': kind(403, 'FORBIDDEN', 'The API key lacks the scope for this call.'),
  'auth.forbidden': kind(403, 'FORBIDDEN', 'The caller is not allowed to do this.'),
  'user.not_found': kind(404, 'NOT_FOUND', 'There is no such user.'),
  'user.handle_taken': kind(409, 'CONFLICT', 'This handle belongs to somebody else.'),
  'user.last_admin': kind(409, 'CONFLICT', 'The last active admin can be neither demoted, suspended nor deleted.'),
  'api_key.not_found': kind(404, 'NOT_FOUND', 'There is no such API key.'),
  'session.not_found': kind(404, 'NOT_FOUND', 'There is no such session.'),
  'prompt.not_found': kind(404, 'NOT_FOUND', 'There is no such prompt.'),
  'prompt.forbidden': kind(403, 'FORBIDDEN', 'The caller may read this prompt, but not do this to it.'),
  'prompt.slug_taken': kind(409, 'CONFLICT', 'Another prompt of the same owner has this slug.'),
  'prompt.version_conflict': kind(409, 'CONFLICT', 'The prompt has a newer version; `latest` says which.'),
  'prompt.version_not_found': kind(404, 'NOT_FOUND', 'The prompt has no such version.'),
  'prompt.not_in_trash': kind(409, 'CONFLICT', 'The prompt is not in the trash.'),
  'prompt.inputs_invalid': kind(
    422,
    'UNPROCESSABLE_CONTENT',
    'The values are not what the prompt takes; `errors` lists each fault by path.',
  ),
  'prompt.template_invalid': kind(
    422,
    'UNPROCESSABLE_CONTENT',
    'The text of the prompt is no template that can be rendered; `fault` says where.',
  ),
  'prompt.breaking_change': kind(
    409,
    'CONFLICT',
    'The version breaks the callers of the one that the label points at; `breaks` says by what.',
  ),
  'label.not_found': kind(404, 'NOT_FOUND', 'The prompt has no such label.'),
  'label.protected': kind(
    403,
    'FORBIDDEN',
    'The label is protected: only the prompt’s owner and administrators move it.',
  ),
  'label.moved_since': kind(409, 'CONFLICT', 'The label has been moved meanwhile; `current` says where it points.'),
  'label.move_not_found': kind(404, 'NOT_FOUND', 'The label has no such move.'),
  'release.not_found': kind(404, 'NOT_FOUND', 'There is no such release.'),
  'release.refused': kind(409, 'CONFLICT', 'Nothing was moved; `refusals` says of each prompt in the way why.'),
  'group.not_found': kind(404, 'NOT_FOUND', 'There is no such group.'),
  'group.forbidden': kind(403, 'FORBIDDEN', 'The caller may read this group, but not do this to it.'),
  'group.full': kind(409, 'CONFLICT', 'The group holds as many prompts as a group can.'),
  'group.prompt_not_in_group': kind(404, 'NOT_FOUND', 'The group holds no such prompt.'),
  'group.already_contains': kind(409, 'CONFLICT', 'The group holds this prompt already.'),
  'group.order_mismatch': kind(
    409,
    'CONFLICT',
    'The order does not name just the prompts of the group; `missing` and `unexpected` list the difference.',
  ),
  'group.member_not_found': kind(404, 'NOT_FOUND', 'The group has no such member.'),
  'group.already_member': kind(409, 'CONFLICT', 'The group is shared with this person already.'),
  'group.invitation_not_found': kind(404, 'NOT_FOUND', 'There is no such invitation.'),
  'group.owner_stays': kind(409, 'CONFLICT', 'The owner cannot be removed; hand the group over first.'),
  'import.unreadable': kind(400, 'BAD_REQUEST', 'The file cannot be read as the format it claims to be.'),
  'server.busy': kind(503, 'SERVICE_UNAVAILABLE', 'The server is busy; try again after the time in Retry-After.'),
  'server.unavailable': kind(503, 'SERVICE_UNAVAILABLE', 'A part that the server needs is away; try again shortly.'),
  'server.storage_full': kind(
    503,
    'SERVICE_UNAVAILABLE',
    'The server’s storage is full, so nothing can be written until its operator makes space.',
  ),
  'server.internal': kind(
    500,
    'INTERNAL_SERVER_ERROR',
    'Something went wrong inside; the request id finds it in the log.',
  ),
};

interface ErrorParts {
  /** Public, in place of the table's message. */
  readonly message?: string;
  readonly errors?: readonly FieldError[];
  /** Further public members of the answer. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Only for the log. */
  readonly cause?: unknown;
}

/** The one error that rules and actions throw. Everything in it but `cause` is public. Details of a code: `detailedError`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | null;

  constructor(code: PlainErrorCode, parts?: ErrorParts);
  constructor(code: ErrorCode, parts: ErrorParts & Required<Pick<ErrorParts, 'extra'>>);
  constructor(code: ErrorCode, parts: ErrorParts = {}) {
    super(parts.message ?? errorKinds[code].message, { cause: parts.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = parts.errors ?? [];
    this.extra = parts.extra ?? {};
    this.retryAfterSeconds = parts.retryAfterSeconds ?? null;
  }

  get status(): number {
    return errorKinds[this.code].status;
  }
}

/** The error of a code that adds something to the answer, with what it adds. */
export const detailedError = <Code extends keyof ErrorDetails>(
  code: Code,
  extra: ErrorDetails[Code],
  parts: Omit<ErrorParts, 'extra'> = {},
): AppError => new AppError(code, { ...parts, extra: { ...extra } });

/** An input fault that only a rule can see, reported like those that the schema sees. */
export const invalidInput = (path: string, diagnosis: Diagnosis): AppError =>
  new AppError('request.invalid', { errors: [{ path, ...diagnosis }] });

const takenFields = {
  'user.handle_taken': 'handle',
  'prompt.slug_taken': 'slug',
  'auth.email_taken': 'email',
} as const;

/** A name that somebody else, or another thing, has: the error names the field that gave it. */
export const nameTaken = (code: keyof typeof takenFields, cause?: unknown): AppError =>
  new AppError(code, { errors: [{ path: takenFields[code], ...fault('taken') }], cause });

// PostgreSQL, appendix A: which failures are the input's, which pass, and which are ours.
const sqlStates: Readonly<Record<string, PlainErrorCode>> = {
  '22021': 'request.invalid',
  '22P05': 'request.invalid',
  '22P02': 'request.invalid',
  '22003': 'request.invalid',
  '22008': 'request.invalid',
  '22025': 'request.invalid',
  '54000': 'request.invalid',
  '54001': 'request.invalid',
  // Actions foresee the conflicts they can name; this is for one that slipped between their check and their write.
  '23503': 'request.conflict',
  '23505': 'request.conflict',
  '40001': 'server.busy',
  '40P01': 'server.busy',
  '57014': 'server.busy',
  '55P03': 'server.busy',
  '53100': 'server.storage_full',
  '53300': 'server.busy',
  '25P03': 'server.busy',
  '25P04': 'server.busy',
};

/** Faults as they are answered. */
export const fieldErrors = (faults: readonly Fault[]): FieldError[] =>
  faults.map(({ path, code, params, message }) => ({
    path: cutTo(FieldError.shape.path, path.map(String).join('.')),
    code,
    params,
    message: cutTo(FieldError.shape.message, message),
  }));

const byTrpcCode: Partial<Record<TRPC_ERROR_CODE_KEY, PlainErrorCode>> = {
  PARSE_ERROR: 'request.malformed',
  BAD_REQUEST: 'request.malformed',
  NOT_FOUND: 'route.not_found',
  METHOD_NOT_SUPPORTED: 'request.method_not_allowed',
  PAYLOAD_TOO_LARGE: 'request.too_large',
  UNSUPPORTED_MEDIA_TYPE: 'request.unsupported_media_type',
  CLIENT_CLOSED_REQUEST: 'request.aborted',
  PRECONDITION_FAILED: 'request.precondition_failed',
  SERVICE_UNAVAILABLE: 'server.busy',
};

// A transport that refuses a request before its procedure runs says why in the cause.
const byRefusal: Readonly<Record<string, PlainErrorCode>> = {
  batch_too_large: 'request.batch_refused',
  batch_refused: 'request.batch_refused',
  field_conflict: 'request.invalid',
  not_acceptable: 'request.not_acceptable',
  answer_too_large: 'answer.too_large',
  batch_full: 'answer.batch_full',
  // Its effect is not known, unlike that of what was put off.
  unavailable: 'server.unavailable',
};

/** A body that is no JSON, or holds a value that could not be stored as it was sent. */
const fieldRefusals: Readonly<Record<string, (message: string) => Diagnosis>> = {
  malformed_json: (message) => fault('invalid_format', { format: 'json' }, message),
  unkept_json: (message) => fault('not_kept', {}, message),
};

function refusedByTransport(error: TRPCError): AppError | undefined {
  const { cause } = error;
  if (cause?.name !== 'RequestRefused') return undefined;
  const reason = String(Reflect.get(cause, 'reason'));
  const code = byRefusal[reason] ?? byTrpcCode[error.code] ?? 'request.malformed';
  const field: unknown = Reflect.get(cause, 'field');
  const why = fieldRefusals[reason] ?? (() => fault('not_allowed', {}, cause.message));
  return new AppError(code, {
    message: cause.message,
    cause: error,
    ...(typeof field === 'string' ? { errors: [{ path: field, ...why(cause.message) }] } : {}),
  });
}

/** What tRPC itself says of a request, such as which link reads a stream: no cause, and no fault of ours. */
const wordsOf = ({ code, cause, message }: TRPCError): { message?: string } =>
  code in byTrpcCode && cause === undefined && message !== code
    ? { message: cutTo(FieldError.shape.message, message) }
    : {};

/** What any failure is to the caller. Nothing of an unexpected one shows but that it happened. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof TRPCError) {
    const refused = refusedByTransport(error);
    if (refused !== undefined) return refused;
    // An output that fails its schema is our fault and carries a ZodError too.
    if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) {
      return new AppError('request.invalid', { errors: fieldErrors(faultsOf(error.cause)) });
    }
    if (error.code === 'INTERNAL_SERVER_ERROR' && error.cause !== undefined && !(error.cause instanceof ZodError)) {
      return toAppError(error.cause);
    }
    return new AppError(byTrpcCode[error.code] ?? 'server.internal', { ...wordsOf(error), cause: error });
  }
  if (error instanceof HasherBusyError) {
    return new AppError('server.busy', { cause: error, retryAfterSeconds: error.retryAfterSeconds });
  }
  if (error instanceof InvalidCursorError) return new AppError('request.cursor_invalid', { cause: error });
  const state = sqlState(error);
  const code =
    (state === undefined ? undefined : sqlStates[state]) ??
    (isDatabaseUnavailable(error) ? 'server.unavailable' : 'server.internal');
  return new AppError(code, {
    cause: error,
    ...(code.startsWith('server.') && code !== 'server.internal' ? { retryAfterSeconds: 1 } : {}),
  });
}

interface Answered<Code> {
  readonly code: Code;
  readonly requestId: string;
  readonly errors: readonly FieldError[];
  /** As in Retry-After, which an answer that has begun, or that has several calls, cannot say of one. */
  readonly retryAfterSeconds?: number;
}

/** What an error shows of itself, by its code. */
export type PublicError =
  | Answered<Exclude<ErrorCode, keyof ErrorDetails>>
  | { [Code in keyof ErrorDetails]: Answered<Code> & Readonly<ErrorDetails[Code]> }[keyof ErrorDetails];

/** What tRPC carries in `shape.data` and REST in the problem document, beside each one's own members. */
export function publicError(error: AppError, requestId: string): PublicError {
  // Those who threw it gave what its code adds: `detailedError` demands it.
  const wait = retryAfterOf(error, requestId);
  const retryAfterSeconds = wait === null ? {} : { retryAfterSeconds: wait };
  return { code: error.code, requestId, errors: error.errors, ...retryAfterSeconds, ...error.extra } as PublicError;
}

const DEFAULT_WAIT_SECONDS = 1;
/** By which a wait of some seconds is longer for some than for others, at least, and as a share of a long one. */
const LEAST_SPREAD_SECONDS = 2;
const SPREAD_SHARE = 0.1;

/** The whole seconds of Retry-After (RFC 9110); null for an error that no waiting mends. */
export function retryAfterOf({ status, retryAfterSeconds }: AppError, requestId: string): number | null {
  if (retryAfterSeconds === null && status !== 429 && status !== 503) return null;
  return spreadWait(retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, requestId);
}

/**
 * Never fewer than `seconds`, and up to two or a tenth more, so that callers who were refused together do not come back
 * together. Which, the request's id says, which is random.
 */
export function spreadWait(seconds: number, requestId: string): number {
  const least = Math.max(1, Math.ceil(seconds));
  const spread = Math.max(LEAST_SPREAD_SECONDS, Math.ceil(least * SPREAD_SHARE));
  return least + (hash('sha256', requestId, 'buffer').readUInt32BE(0) % (spread + 1));
}
