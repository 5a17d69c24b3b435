import { TRPCError } from '@trpc/server';

/** Why a door refused a request before (or around) the procedure. */
export type RefusalReason =
  | 'media_type'
  | 'too_large'
  | 'malformed_json'
  | 'too_deep'
  | 'malformed_url'
  | 'method'
  | 'batch_too_large'
  | 'batch_refused'
  | 'field_conflict'
  | 'query_not_allowed'
  | 'precondition'
  | 'unavailable';

const CODES = {
  media_type: 'UNSUPPORTED_MEDIA_TYPE',
  too_large: 'PAYLOAD_TOO_LARGE',
  malformed_json: 'BAD_REQUEST',
  too_deep: 'BAD_REQUEST',
  malformed_url: 'BAD_REQUEST',
  method: 'METHOD_NOT_SUPPORTED',
  batch_too_large: 'BAD_REQUEST',
  batch_refused: 'BAD_REQUEST',
  field_conflict: 'BAD_REQUEST',
  query_not_allowed: 'BAD_REQUEST',
  precondition: 'PRECONDITION_FAILED',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<RefusalReason, TRPCError['code']>;

/**
 * The cause of every TRPCError that a door itself makes, so that the host's error table and error formatter can give
 * it a code of their own: `error.cause instanceof RequestRefused && error.cause.reason`. `field` names an input field.
 */
export class RequestRefused extends Error {
  readonly reason: RefusalReason;
  readonly field: string | undefined;

  constructor(reason: RefusalReason, message: string, field?: string) {
    super(message);
    this.name = 'RequestRefused';
    this.reason = reason;
    this.field = field;
  }
}

/** A TRPCError whose cause is a RequestRefused; `message` is safe to show. */
export function refuse(reason: RefusalReason, message: string, field?: string): TRPCError {
  return new TRPCError({ code: CODES[reason], message, cause: new RequestRefused(reason, message, field) });
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
