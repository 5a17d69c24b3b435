import type { TRPCError } from '@trpc/server';
import { refuse } from '../http/request-refused.ts';

/** Bytes of one call's answer, unless the host says otherwise. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Deeper, JSON.stringify decides: what has a circle is an error of its own. */
const MEASURED_DEPTH = 1_000;

export interface JsonText {
  /** Undefined for what JSON does not know, as JSON.stringify answers it. */
  readonly text: string | undefined;
  /** Of the text in UTF-8. */
  readonly bytes: number;
}

/**
 * The JSON of a value, or null where it has more than `limit` bytes. A text is made only of what may fit by the lengths
 * of its strings, so none is longer than six times the limit: that is what escapes can make of a character.
 *
 * @throws whatever JSON.stringify throws
 */
export function jsonWithin(value: unknown, limit: number): JsonText | null {
  if (bytesLeft(value, limit, 0) < 0) return null;
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) return { text, bytes: 0 };
  const bytes = Buffer.byteLength(text);
  return bytes > limit ? null : { text, bytes };
}

/** The refusal of an answer that is too large. A mutation has been made all the same, and the message says so. */
export function answerTooLarge(type: string, limit: number): TRPCError {
  return refuse(
    'answer_too_large',
    type === 'mutation'
      ? `The call was made, and its answer is not sent: it has more than ${limit} bytes.`
      : `The answer would have more than ${limit} bytes: ask for less at once.`,
  );
}

/** What is left of `left` bytes behind a value, at most; negative once there is none, infinite for what is not measured. */
function bytesLeft(value: unknown, left: number, depth: number): number {
  if (typeof value === 'string') return left - value.length - 2;
  if (typeof value !== 'object' || value === null) return left - 1;
  // What it becomes is not known yet.
  if ('toJSON' in value) return left;
  if (depth > MEASURED_DEPTH) return Number.POSITIVE_INFINITY;
  let rest = left - 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && isOpen(rest); index++) rest = bytesLeft(value[index], rest, depth + 1);
    return rest;
  }
  for (const key of Object.keys(value)) {
    const inner: unknown = Reflect.get(value, key);
    if (inner === undefined || typeof inner === 'function' || typeof inner === 'symbol') continue;
    rest = bytesLeft(inner, rest - key.length - 3, depth + 1);
    if (!isOpen(rest)) return rest;
  }
  return rest;
}

const isOpen = (left: number): boolean => left >= 0 && left !== Number.POSITIVE_INFINITY;
