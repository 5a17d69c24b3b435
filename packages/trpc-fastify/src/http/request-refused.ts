import { TRPCError } from '@trpc/server';

/** Why a transport refused a request before (or around) the procedure. */
export type RefusalReason =
  | 'media_type'
  | 'not_acceptable'
  | 'too_large'
  | 'malformed_json'
  | 'unkept_json'
  | 'too_deep'
  | 'malformed_url'
  | 'method'
  | 'batch_too_large'
  | 'batch_refused'
  | 'field_conflict'
  | 'query_not_allowed'
  | 'precondition'
  | 'needs_stream'
  | 'answer_too_large'
  | 'batch_full'
  | 'not_begun'
  | 'unavailable';

interface Kind {
  code: TRPCError['code'];
  status: number;
}

const badRequest: Kind = { code: 'BAD_REQUEST', status: 400 };

const KINDS: Readonly<Record<RefusalReason, Kind>> = {
  media_type: { code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 },
  // tRPC has no code for it.
  not_acceptable: { code: 'BAD_REQUEST', status: 406 },
  too_large: { code: 'PAYLOAD_TOO_LARGE', status: 413 },
  malformed_json: badRequest,
  // It is JSON, and what it says cannot be kept: thrown by a host's own parser.
  unkept_json: badRequest,
  too_deep: badRequest,
  malformed_url: badRequest,
  method: { code: 'METHOD_NOT_SUPPORTED', status: 405 },
  batch_too_large: badRequest,
  batch_refused: badRequest,
  field_conflict: badRequest,
  query_not_allowed: badRequest,
  precondition: { code: 'PRECONDITION_FAILED', status: 412 },
  // A stream, asked for without a link that reads one.
  needs_stream: { code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 },
  answer_too_large: { code: 'UNPROCESSABLE_CONTENT', status: 422 },
  batch_full: { code: 'UNPROCESSABLE_CONTENT', status: 422 },
  // Of a batch that took too long: nothing of this call was done.
  not_begun: { code: 'SERVICE_UNAVAILABLE', status: 503 },
  unavailable: { code: 'SERVICE_UNAVAILABLE', status: 503 },
};

export const REASONS = Object.keys(KINDS) as RefusalReason[];

/**
 * The cause of every TRPCError that a transport itself makes, so that the host's error table and error formatter can give
 * it a code of their own: `error.cause instanceof RequestRefused && error.cause.reason`. `status` is its HTTP status; `field` names an input field.
 */
export class RequestRefused extends Error {
  readonly reason: RefusalReason;
  readonly status: number;
  readonly field: string | undefined;

  constructor(reason: RefusalReason, message: string, field?: string) {
    super(message);
    this.name = 'RequestRefused';
    this.reason = reason;
    this.status = KINDS[reason].status;
    this.field = field;
  }
}

/** A TRPCError whose cause is a RequestRefused, and whose message is that of its cause: it is safe to show. */
export function refuse(reason: RefusalReason, message: string, field?: string): TRPCError {
  return new TRPCError({ code: KINDS[reason].code, cause: new RequestRefused(reason, message, field) });
}

/** Whether a hook of the host has thrown a TRPCError, of this copy of @trpc/server or of another. */
export function isTrpcError(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === 'TRPCError';
}

/** Fastify's own body and timeout errors as refusals; undefined for anything else. */
export function refusalFromFastify(error: unknown): TRPCError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refuse('too_large', 'The body is larger than this route takes.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return refuse('media_type', 'The body has a content type that this route does not take.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return refuse('malformed_json', 'The body is not valid JSON.');
    case 'FST_ERR_HANDLER_TIMEOUT':
      return refuse('unavailable', 'The request took too long.');
    default:
      return undefined;
  }
}
