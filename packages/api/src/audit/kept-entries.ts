import type { KeptChange, KeptEntries } from '../context.ts';

/** What may be done again and again, and lets nobody in anywhere, though it is about an account. */
const ROUTINE: ReadonlySet<string> = new Set([
  'user.updated',
  'user.preferences_changed',
  'user.second_factor_started',
  'session.refreshed',
]);
/** Who is let in where, and shut out of it; what a protected label may be pointed at, and by whom. */
const SHARING = /^(?:group\.(?:invit|member|left|handed|deleted)|label\.protection)/;
/** Which prompts others get to see, or no longer. */
const SHOWING = /^(?:group\.prompt_|prompt\.(?:imported|restored))/;
/** How one signs in, keys, what administrators do. */
const SECURITY = /^(?:user|session|apiKey|admin|examples)\./;

type Kind = 'security' | 'sharing' | 'showing' | 'content';

export function kindOf({ action, details }: KeptChange): Kind {
  if (ROUTINE.has(action)) return 'content';
  if (SECURITY.test(action)) return 'security';
  if (SHARING.test(action)) return 'sharing';
  return SHOWING.test(action) || changesVisibility(details) ? 'showing' : 'content';
}

/** Of a change its names say so, of what is new its visibility. */
const changesVisibility = ({ changed, visibility }: KeptChange['details'] = {}): boolean =>
  (Array.isArray(changed) && changed.includes('visibility')) || visibility === 'public';

/**
 * Counts what accounts change. Of security all entries are kept; of who is let in where, of what is shown to others, and of contents, so
 * many of each account on a day of UTC, and none uses up another's. Counted by this process: three numbers for each account of
 * the day.
 */
export function createKeptEntries(entriesADay: number): KeptEntries {
  let day = '';
  let counts = new Map<string, number>();
  return (accountId, change, at) => {
    const kind = kindOf(change);
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
