import { z } from 'zod';

const MAX_DEPTH = 32;

/** Whether a JSON value stays within `maxBytes` as text and 32 levels, without recursion. */
export function fitsJson(value: unknown, maxBytes: number): boolean {
  const open: Array<{ value: unknown; depth: number }> = [{ value, depth: 1 }];
  let bytes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > MAX_DEPTH) return false;
    const inner = next.value;
    if (typeof inner === 'string') {
      if (inner.includes('\0') || !inner.isWellFormed()) return false;
      bytes += inner.length + 2;
    } else if (inner !== null && typeof inner === 'object') {
      bytes += 2;
      for (const [key, child] of Object.entries(inner)) {
        if (key.includes('\0') || !key.isWellFormed()) return false;
        bytes += Array.isArray(inner) ? 1 : key.length + 4;
        open.push({ value: child, depth: next.depth + 1 });
      }
    } else if (typeof inner === 'number' && !Number.isFinite(inner)) {
      return false;
    } else {
      bytes += 5;
    }
    if (bytes > maxBytes) return false;
  }
  return true;
}

/** A JSON object of at most `maxBytes` characters and 32 levels. */
export const jsonObject = (maxBytes: number) =>
  z
    .record(z.string().max(200), z.unknown())
    .refine((value) => fitsJson(value, maxBytes), `Must be JSON of at most ${maxBytes} characters and 32 levels`);
