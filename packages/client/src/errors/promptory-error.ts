import { TRPCClientError } from '@trpc/client';
import type { AppRouter, ErrorCode, ErrorDetails, FieldError } from '../contract/contract.ts';

/** What can go wrong on this side of the wire. */
export type ClientErrorCode =
  /** No answer arrived, or not the whole of it. What became of a mutation is not known. */
  | 'client.network'
  /** The call's signal was aborted, or the client was closed. */
  | 'client.aborted'
  /** Something answered that is no Promptory server: a proxy's page, a redirect. */
  | 'client.unreadable'
  /** The call was never sent: its input is no JSON, or larger than a URL may be. */
  | 'client.unsendable'
  /** A model's answer is not what the prompt's output schema promises; `errors` has every fault. */
  | 'client.answer_invalid'
  /** A part, message or tool of a prompt has no counterpart with the maker of the model; `errors` says which. */
  | 'client.not_expressible'
  /** A bundle of prompts was changed, is signed by a key that is not trusted, or is none. */
  | 'client.bundle_invalid';

type AnyCode = ErrorCode | ClientErrorCode;

/** What an error of that code says beside what every error says; most say nothing. */
export type DetailsOf<Code extends AnyCode> = Code extends keyof ErrorDetails
  ? Readonly<ErrorDetails[Code]>
  : NoDetails;

type NoDetails = Readonly<Record<never, never>>;

/** What tRPC carries of an error: `shape`, whose `data` has the code, the status, the path, and what the code adds. */
export type ErrorShape = NonNullable<TRPCClientError<AppRouter>['shape']>;

interface ErrorParts {
  readonly code: AnyCode;
  readonly message: string;
  readonly status?: number | null;
  readonly requestId?: string | null;
  readonly errors?: readonly FieldError[];
  readonly details?: object;
  readonly retryAfterSeconds?: number | null;
  /** As the server sent it; without one, and with a code of the server's, it is made of the other parts. */
  readonly shape?: ErrorShape;
  /** The procedure that was called. */
  readonly path?: string;
  readonly cause?: unknown;
}

const isOfServer = (code: AnyCode): code is ErrorCode => !code.startsWith('client.');

/** JSON-RPC 2.0's number for a status, as tRPC gives it. */
function rpcCode(status: number): number {
  if (status === 400) return -32_600;
  return status >= 500 ? -32_603 : -32_000 - (status - 400);
}

/** What tRPC would have carried of an error that came otherwise; undefined where no server speaks. */
function shapeOf({ code, message, status, requestId, errors, details, path }: ErrorParts): ErrorShape | undefined {
  if (!isOfServer(code)) return undefined;
  const httpStatus = status ?? 500;
  const data = { code, requestId: requestId ?? '', errors: errors ?? [], ...details, httpStatus, path };
  // Which details come with which code is the server's promise.
  return { message, code: rpcCode(httpStatus), data } as ErrorShape;
}

class CallError extends TRPCClientError<AppRouter> {
  /** Why, for programs: `prompt.version_conflict`. The server's codes, and seven of the client. */
  readonly code: AnyCode;
  /** HTTP status of the answer, or of the refusal that was foreseen and not asked for; null where there was none. */
  readonly status: number | null;
  /** Finds the call in the server's log. */
  readonly requestId: string | null;
  /** The faults of the input, by path. */
  readonly errors: readonly FieldError[];
  /** What else the code brings along, typed once `code` is known: `latest` of `prompt.version_conflict`. */
  readonly details: unknown;
  /** Seconds after which the server said to try again. */
  readonly retryAfterSeconds: number | null;

  constructor(parts: ErrorParts) {
    const shape = parts.shape ?? shapeOf(parts);
    super(parts.message, {
      ...(parts.cause instanceof Error ? { cause: parts.cause } : {}),
      ...(shape === undefined ? {} : { result: { error: shape } }),
    });
    // tRPC's constructor resets the prototype to its own class.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = 'PromptoryError';
    this.code = parts.code;
    this.status = parts.status ?? null;
    this.requestId = parts.requestId ?? null;
    this.errors = parts.errors ?? [];
    this.details = parts.details ?? {};
    this.retryAfterSeconds = parts.retryAfterSeconds ?? null;
    // What is printed of an error says each thing once: these are tRPC's names for what stands above.
    for (const name of ['data', 'shape', 'meta'] as const) Object.defineProperty(this, name, { enumerable: false });
    if (this.cause === undefined) Reflect.deleteProperty(this, 'cause');
    else Object.defineProperty(this, 'cause', { enumerable: false });
  }

  /** For logs: all that the error says, once, and the message of what caused it. */
  toJSON(): object {
    const { name, message, code, status, requestId, errors, details, retryAfterSeconds, cause } = this;
    const because = cause === undefined ? {} : { cause: cause.message };
    return { name, message, code, status, requestId, errors, details, retryAfterSeconds, ...because };
  }

  /** The messages of `errors` by path: `{ 'tags.0': ['…'] }`. */
  get fieldErrors(): Readonly<Record<string, readonly string[]>> {
    const byPath: Record<string, string[]> = Object.create(null);
    for (const { path, message } of this.errors) {
      const messages = byPath[path];
      if (messages === undefined) byPath[path] = [message];
      else messages.push(message);
    }
    return byPath;
  }
}

type Known<Code extends AnyCode> = CallError & { readonly code: Code; readonly details: DetailsOf<Code> };

/**
 * The one error that calls throw, whether the server refused, or no answer came: once its `code` is compared, its `details`
 * have a type. `data` and `shape` are tRPC's: `data?.code` is the same code, `data?.httpStatus` the status, `data?.path` the
 * procedure, and what the code adds stands beside them; both are empty where no server answered.
 */
export type PromptoryError =
  | { [Code in keyof ErrorDetails]: Known<Code> }[keyof ErrorDetails]
  | Known<Exclude<AnyCode, keyof ErrorDetails>>;

interface PromptoryErrorConstructor {
  new (parts: ErrorParts): PromptoryError;
  readonly prototype: PromptoryError;
}

// A class has one type of instance; which details come with which code is the server's promise.
/** The class of what calls throw, for `instanceof`; see the type of the same name. */
export const PromptoryError = CallError as unknown as PromptoryErrorConstructor;

/** A PromptoryError of that code. */
export type PromptoryErrorOf<Code extends AnyCode> = Code extends AnyCode ? Known<Code> : never;

/** Whether a caught value is a PromptoryError, and has `code` where one is given. */
export function isPromptoryError(value: unknown): value is PromptoryError;
export function isPromptoryError<Code extends AnyCode>(value: unknown, code: Code): value is PromptoryErrorOf<Code>;
export function isPromptoryError(value: unknown, code?: AnyCode): boolean {
  return value instanceof PromptoryError && (code === undefined || value.code === code);
}
