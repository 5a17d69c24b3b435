import type { OperationContext } from '@trpc/client';

// What the links of this package tell each other of an operation; the keys are prefixed, since callers have context too.
const SENT_TOKEN = 'promptory.sentToken';
const REPEATABLE = 'promptory.repeatable';

/** Set by the link that sends, so that an answer of 401 can be matched with the token that it refuses. */
export function recordSentToken(context: OperationContext, token: string | null): void {
  context[SENT_TOKEN] = token;
}

/** The token that was sent; null without one. */
export function sentTokenOf(context: OperationContext): string | null {
  const token = context[SENT_TOKEN];
  return typeof token === 'string' ? token : null;
}

/** The context of a mutation that may be repeated though its answer was lost. */
export const repeatable = (): OperationContext => ({ [REPEATABLE]: true });

export const isRepeatable = (context: OperationContext): boolean => context[REPEATABLE] === true;
