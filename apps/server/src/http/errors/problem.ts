import { STATUS_CODES } from 'node:http';
import { AppError, errorKinds, publicError, retryAfterOf, toAppError } from '@promptory/api/server';
import type { ErrorCode, PlainErrorCode } from '@promptory/schemas';
import type { Problem } from '@promptory/trpc-fastify';

const fastifyErrors: Readonly<Record<string, PlainErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported_media_type',
  FST_ERR_CTP_EMPTY_TYPE: 'request.unsupported_media_type',
  FST_ERR_HANDLER_TIMEOUT: 'server.unavailable',
  FST_ERR_NOT_FOUND: 'route.not_found',
};

/** Of an address that no route is asked for. */
const fastifyWords: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL:
    'The address cannot be read: behind each "%" in it stand two hexadecimal digits, which are UTF-8 together.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is longer than any that means something here.',
};

/** The one table of errors, for what Fastify itself throws as for what the rules do. */
export function appErrorOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const fastify = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof fastify === 'string' && fastify.startsWith('FST_')) {
    const status: unknown = Reflect.get(Object(error), 'statusCode');
    const isClientError = typeof status === 'number' && status >= 400 && status < 500;
    const message = fastifyWords[fastify];
    return new AppError(fastifyErrors[fastify] ?? (isClientError ? 'request.malformed' : 'server.internal'), {
      cause: error,
      ...(message === undefined ? {} : { message }),
    });
  }
  return toAppError(error);
}

/**
 * What was thrown, where the log needs a failure's stack; null for all others. Of a full disk one line says everything, and each
 * call would repeat it.
 */
export const unforeseen = (error: AppError): { readonly err: unknown } | null =>
  error.status >= 500 && error.code !== 'server.storage_full' ? { err: error.cause ?? error } : null;

/** Where a person reads what a code means. */
export const errorPage = (publicUrl: string, code: ErrorCode): string => `${publicUrl}/docs/errors#${code}`;

/** What RFC 6750 and RFC 9470 call it. */
const bearerErrors: Partial<Record<ErrorCode, string>> = {
  'auth.invalid_token': 'invalid_token',
  'auth.session_ended': 'invalid_token',
  'auth.second_factor_required': 'insufficient_user_authentication',
};

/** Headers that go with an error over every transport. */
export function errorHeaders(error: AppError, requestId: string): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.status === 401) {
    const reason = bearerErrors[error.code];
    headers['www-authenticate'] = `Bearer realm="promptory"${reason === undefined ? '' : `, error="${reason}"`}`;
  }
  const wait = retryAfterOf(error, requestId);
  if (wait !== null) headers['retry-after'] = String(wait);
  return headers;
}

/** An error as a problem document (RFC 9457). */
export function problemOf(error: AppError, at: { requestId: string; publicUrl: string }): Problem {
  const { status } = error;
  return {
    status,
    headers: errorHeaders(error, at.requestId),
    body: {
      type: errorPage(at.publicUrl, error.code),
      title: STATUS_CODES[status] ?? errorKinds[error.code].trpc,
      status,
      detail: error.message,
      ...publicError(error, at.requestId),
    },
  };
}
