import type { OperationContext } from '@trpc/client';
import { factsOf } from '../contract/facts-of.ts';
import { PromptoryError } from '../errors/promptory-error.ts';

const IDEMPOTENCY_KEY = 'promptory.idempotencyKey';
const KEY_BYTES = 16;

const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Options of a call that creates something: `prompts.create.mutate(input, withIdempotencyKey())`. However often it is
 * sent under its key within a day, it is done once and answered the same, so it is tried again also when its answer was
 * lost.
 *
 * @param key 1 to 255 visible ASCII characters; one of your own lets another process repeat the call. Never one key for
 * two calls.
 */
export const withIdempotencyKey = (key: string = randomKey()): { readonly context: OperationContext } => ({
  context: { [IDEMPOTENCY_KEY]: key },
});

/** The key that a call was given; null without one. @throws PromptoryError client.unsendable */
export function idempotencyKeyOf({ path, context }: { path: string; context: OperationContext }): string | null {
  const key = context[IDEMPOTENCY_KEY];
  if (typeof key !== 'string') return null;
  if (factsOf(path).creates) return key;
  const message = `${path} creates nothing, so it takes no idempotency key.`;
  throw new PromptoryError({ code: 'client.unsendable', message });
}
