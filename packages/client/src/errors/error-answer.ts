import { TRPCClientError } from '@trpc/client';
import type { ErrorCode, FieldError } from '../contract/contract.ts';
import { type ErrorShape, PromptoryError } from './promptory-error.ts';

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One fault of the input; a server older than this client names no code of it. */
function fieldErrorsOf(value: unknown): FieldError[] {
  if (!isObject(value) || typeof value.path !== 'string' || typeof value.message !== 'string') return [];
  return [{ code: 'invalid', params: {}, ...value } as FieldError];
}

const stringOr = <Other>(value: unknown, other: Other) => (typeof value === 'string' ? value : other);
const numberOr = <Other>(value: unknown, other: Other) => (typeof value === 'number' ? value : other);

/** What the fetch of this package answers to tRPC: the parts of a Response that an error needs, beside its JSON. */
export interface ReadAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly retryAfterSeconds: number | null;
  readonly body: ReadableStream<Uint8Array> | null;
  json(): Promise<unknown>;
}

interface Answered {
  readonly message?: string;
  readonly status?: number | null;
  readonly retryAfterSeconds?: number | null;
  /** Of what tRPC answered. */
  readonly shape?: ErrorShape;
  /** The procedure that was called, where the answer does not say. */
  readonly path?: string;
  readonly cause?: unknown;
}

/** A tRPC error's `data`, or problem details, as an error; undefined for what is neither. */
export function errorOf(members: unknown, answer: Answered): PromptoryError | undefined {
  if (!isObject(members) || typeof members.code !== 'string' || typeof members.requestId !== 'string') return undefined;
  const { code, requestId, errors, httpStatus, status, retryAfterSeconds, ...rest } = members;
  const { path: _path, stack: _stack, type: _type, title, detail, ...details } = rest;
  const ownStatus = numberOr(httpStatus, numberOr(status, answer.status ?? null));
  // The header is the whole answer's; in a batch it may speak of another call.
  const isPutOff = ownStatus === 429 || ownStatus === 503 || code === 'request.in_progress';
  return new PromptoryError({
    // A newer server may have codes that this version has no name for; they pass through as they are.
    code: code as ErrorCode,
    message: answer.message ?? stringOr(detail, stringOr(title, code)),
    status: ownStatus,
    requestId: requestId === '' ? null : requestId,
    errors: Array.isArray(errors) ? errors.flatMap(fieldErrorsOf) : [],
    details,
    retryAfterSeconds: isPutOff ? numberOr(retryAfterSeconds, answer.retryAfterSeconds ?? null) : null,
    ...(answer.shape === undefined ? {} : { shape: answer.shape }),
    ...(answer.path === undefined ? {} : { path: answer.path }),
    cause: answer.cause,
  });
}

/** Whatever a link or a stream threw, as a PromptoryError. */
export function toPromptoryError(thrown: unknown): PromptoryError {
  if (thrown instanceof PromptoryError) return thrown;
  if (thrown instanceof TRPCClientError) {
    if (thrown.cause instanceof PromptoryError) return thrown.cause;
    const answer = thrown.meta?.response as Partial<ReadAnswer> | undefined;
    const parts = {
      status: answer?.status ?? null,
      retryAfterSeconds: answer?.retryAfterSeconds ?? null,
    };
    // What the server says is no consequence of how tRPC says it, which would repeat all of it as the cause.
    const known =
      errorOf(thrown.data, {
        ...parts,
        message: thrown.message,
        ...(isObject(thrown.shape) ? { shape: thrown.shape as unknown as ErrorShape } : {}),
      }) ?? errorOf(thrown.meta?.responseJSON, parts);
    if (known !== undefined) return known;
    if (answer !== undefined || isObject(thrown.shape)) {
      return new PromptoryError({
        ...parts,
        code: 'client.unreadable',
        message: 'The answer is not one of Promptory.',
        cause: thrown,
      });
    }
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PromptoryError({ code: 'client.unsendable', message, cause: thrown });
}

/** The error of an aborted signal. */
export const abortedError = (cause?: unknown): PromptoryError =>
  new PromptoryError({ code: 'client.aborted', message: 'The call was aborted.', cause });
