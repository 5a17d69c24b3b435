import { randomInt } from 'node:crypto';
import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { cutSlug, textToSlug } from '../slugs/text-to-slug.ts';

/** Leaves room for a number within the 39 characters of a handle. */
export const MAX_HANDLE_BASE = 30;
const NUMBERED = 9;

/** Handles that mean something else where a handle is expected (`owner=me`), or would speak for those who run the server. */
const reserved: ReadonlySet<string> = new Set(['me', 'admin', 'administrator', 'promptory', 'security', 'support']);

export const isReservedHandle = (handle: string): boolean => reserved.has(handle);

/** What a handle is made from: the name; where that has no Latin letter or digit, the address before its `@`. */
export function handleBase(name: string, email: string): string {
  const given = textToSlug(name) || textToSlug(email.slice(0, email.lastIndexOf('@'))) || 'user';
  const base = cutSlug(given, MAX_HANDLE_BASE);
  return isReservedHandle(base) ? `${base}-1` : base;
}

/**
 * A handle that nobody has at this moment: `base`, `base-2` to `base-9`, then a random number. Other transactions pass
 * over it while this one lasts, so that many people of one name do not wait for each other. Who names a handle may still
 * take it before it is written; `attempt` counts how often that happened, and from the third time on leaves it to chance.
 */
export async function findFreeHandle(trx: Transaction<Database>, base: string, attempt: number): Promise<string> {
  if (attempt < 3) {
    const candidates = [base, ...Array.from({ length: NUMBERED - 1 }, (_, index) => `${base}-${index + 2}`)];
    // By CASE they are tried one after another: a join would take them, and their locks, in any order.
    const { rows } = await sql<{ handle: string }>`
      SELECT candidate.handle FROM unnest(${candidates}::text[]) AS candidate (handle)
      WHERE CASE WHEN EXISTS (SELECT FROM users WHERE users.handle = candidate.handle) THEN false
        ELSE pg_try_advisory_xact_lock(hashtextextended(candidate.handle, 7)) END
      LIMIT 1`.execute(trx);
    const [free] = rows;
    if (free !== undefined) return free.handle;
  }
  return `${base}-${randomInt(10, 10 ** Math.min(8, 4 + attempt))}`;
}
