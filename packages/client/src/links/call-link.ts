import type { OperationContext, TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '../contract/contract.ts';
import { factsOf } from '../contract/facts-of.ts';
import { abortedError, toPromptoryError } from '../errors/error-answer.ts';
import type { PromptoryError } from '../errors/promptory-error.ts';
import { isAsyncIterable, withStreamErrors } from '../errors/stream-errors.ts';
import type { Pace } from '../retry/pace.ts';
import { isPutOff, type RetryPolicy, retryDelay } from '../retry/retry-policy.ts';
import { isTokenRefused, type TokenSource } from '../session/token-source.ts';
import { abortable } from './abortable.ts';
import { idempotencyKeyOf, withIdempotencyKey } from './idempotency-key.ts';
import { isRepeatable, sentTokenOf } from './operation-context.ts';

/** What a call waits for before it is sent again. */
export interface Wait {
  /** The procedure: `prompts.create`. */
  readonly path: string;
  /** How long, in milliseconds. */
  readonly ms: number;
  /**
   * `limit`: nothing is left of a limit, which begins anew then; `busy`: the server asks for it; `failure`: no answer
   * came, or none of use.
   */
  readonly reason: 'limit' | 'busy' | 'failure';
  /** Why the call has no answer yet. */
  readonly error: PromptoryError;
}

export interface CallLinkOptions {
  /** Renews a token that the server did not accept; null where calls carry none. */
  readonly tokens: TokenSource | null;
  readonly retry: RetryPolicy;
  readonly pace: Pace | null;
  /** Called before each wait. */
  readonly onWait: ((wait: Wait) => void) | undefined;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
}

type Link = ReturnType<TRPCLink<AppRouter>>;
type Step = Parameters<Link>[0];
type Result = ReturnType<Link>;
type Envelope = Parameters<NonNullable<Parameters<Result['subscribe']>[0]['next']>>[0];

/** One attempt; settles at once when a signal aborts, even while others of its batch go on. */
async function attemptOnce({ op, next }: Step, context: OperationContext, signals: readonly AbortSignal[]) {
  if (signals.some((signal) => signal.aborted)) throw abortedError();
  // A signal for this attempt alone: the links that send listen once for each call, for as long as an answer streams.
  const signal = op.signal ? AbortSignal.any([op.signal]) : op.signal;
  // Nothing unsubscribes: what is sent has the same signals, and ends by them.
  const answer = new Promise<Envelope>((resolve, reject) => {
    next({ ...op, context, signal }).subscribe({ next: resolve, error: reject });
  });
  return abortable(answer, signals);
}

async function wait(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await abortable(passed, signals);
  } finally {
    clearTimeout(timer);
  }
}

/** What creates something is done once, however often it is sent: without a key of its caller's, by one of ours. */
function contextOf(op: Step['op'], { attempts }: RetryPolicy): OperationContext {
  const isRetried = attempts > 1 && factsOf(op.path).creates && idempotencyKeyOf(op) === null;
  return isRetried ? { ...op.context, ...withIdempotencyKey().context } : op.context;
}

const reasonOf = ({ code }: PromptoryError): Wait['reason'] => {
  if (code === 'limit.exceeded') return 'limit';
  return code === 'server.busy' || code === 'request.in_progress' ? 'busy' : 'failure';
};

async function call({ op: given, next }: Step, options: CallLinkOptions): Promise<Envelope> {
  const { retry, pace, onWait } = options;
  const op = { ...given, context: contextOf(given, retry) };
  const signals = [options.closed, ...(op.signal ? [op.signal] : [])];
  const repeatable = op.type === 'query' || isRepeatable(op.context) || idempotencyKeyOf(op) !== null;
  let renewed = false;
  let resent = 0;
  let waitedMs = 0;
  for (let attempt = 1; ; ) {
    const context = { ...op.context };
    try {
      const envelope = await attemptOnce({ op, next }, context, signals);
      return convertStreamErrors(envelope);
    } catch (thrown) {
      const error = toPromptoryError(thrown);
      const sent = sentTokenOf(context);
      if (options.tokens !== null && !renewed && sent !== null && isTokenRefused(error)) {
        renewed = true;
        const token = await abortable(options.tokens.renew(sent), signals);
        if (token === null || token === sent) throw error;
        continue;
      }
      // Each batch has room for one call at least, so that those it leaves over are fewer each time.
      if (isLeftOver(error) && resent < MAX_RESENT) {
        resent++;
        continue;
      }
      const delay = retryDelay(
        { repeatable, isReached: pace?.isReached ?? true, attempt, waitedMs, error },
        retry,
        Math.random(),
      );
      if (delay === null) throw error;
      onWait?.({ path: op.path, ms: Math.ceil(delay), reason: reasonOf(error), error });
      waitedMs += delay;
      await wait(delay, signals);
      if (!isPutOff(error)) attempt++;
    }
  }
}

/** As many calls as the server takes in one batch. */
const MAX_RESENT = 20;

/** Whether the other answers of a batch left no room for this one: the server has not made the call, or it only read. */
const isLeftOver = (error: PromptoryError): boolean => error.code === 'answer.batch_full';

function convertStreamErrors(envelope: Envelope): Envelope {
  const { result } = envelope;
  const isData = result.type === undefined || result.type === 'data';
  return isData && isAsyncIterable(result.data)
    ? { ...envelope, result: { ...result, data: withStreamErrors(result.data) } }
    : envelope;
}

/**
 * The link before those that send: makes every failure a PromptoryError, renews a refused token once for a call, sends
 * again what a batch had no room for, and repeats what is safe to repeat.
 */
export function callLink(options: CallLinkOptions): TRPCLink<AppRouter> {
  return () => (step) =>
    observable((observer) => {
      let unsubscribed = false;
      call(step, options).then(
        (envelope) => {
          if (unsubscribed) return;
          observer.next(envelope);
          observer.complete();
        },
        (cause) => {
          if (!unsubscribed) observer.error(toPromptoryError(cause));
        },
      );
      return () => {
        unsubscribed = true;
      };
    });
}
