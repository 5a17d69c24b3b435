import type { KeptEntries } from '../context.ts';

/** What may be done again and again, and lets nobody in anywhere, though it is about an account. */
const ROUTINE: ReadonlySet<string> = new Set([
  'user.updated',
  'user.preferences_changed',
  'user.second_factor_started',
  'session.refreshed',
]);
/** Who is let in where. */
const SHARING = /^(?:group\.(?:invit|member|left|handed)|label\.protection)/;
/** How one signs in, keys, what administrators do. */
const SECURITY = /^(?:user|session|apiKey|admin|examples)\./;

type Kind = 'security' | 'sharing' | 'content';

export function kindOf(action: string): Kind {
  if (ROUTINE.has(action)) return 'content';
  if (SECURITY.test(action)) return 'security';
  return SHARING.test(action) ? 'sharing' : 'content';
}

/**
 * Counts what accounts change. Of security all entries are kept; of who is let in where, and of contents, so many of each
 * account on a day of UTC, and neither uses up the other's. Counted by this process: two numbers for each account of the day.
 */
export function createKeptEntries(entriesADay: number): KeptEntries {
  let day = '';
  let counts = new Map<string, number>();
  return (accountId, action, at) => {
    const kind = kindOf(action);
    if (kind === 'security') return true;
    const today = at.toISOString().slice(0, 10);
    if (today !== day) {
      day = today;
      counts = new Map();
    }
    const key = `${kind}|${accountId}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= entriesADay;
  };
}
