import { createHash } from 'node:crypto';
import type { ChangePosition } from './read-changes.ts';

/** A transaction, when it was, in milliseconds by 36, and which database. A number of a transaction has 19 digits at most. */
const PLACE = /^(?<xmin>[0-9]{1,18})-(?<at>[0-9a-z]{1,9})-(?<server>[0-9a-f]{8})$/;

const hashes = new Map<string, string>();

function hashOf(server: string): string {
  const known = hashes.get(server);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(server).digest('hex').slice(0, 8);
  // There is one as long as the database runs.
  hashes.clear();
  hashes.set(server, hash);
  return hash;
}

/**
 * A position as a short text, for whoever comes back to say up to where they were told all. It is as far as no transaction was under
 * way any more, so that some of what comes after it may have been told already.
 */
export function placeOf({ snapshot, readAt, server }: ChangePosition): string {
  const xmin = snapshot.slice(0, snapshot.indexOf(':'));
  return `${xmin}-${Date.parse(readAt).toString(36)}-${hashOf(server)}`;
}

/** The position that such a text says; null where it is none of the database that is read now. */
export function positionAt(place: string, { server }: Pick<ChangePosition, 'server'>): ChangePosition | null {
  const { xmin, at = '', server: hash } = PLACE.exec(place)?.groups ?? {};
  if (xmin === undefined || hash !== hashOf(server)) return null;
  // Nine digits by 36 are a time within all calendars.
  return { snapshot: `${xmin}:${xmin}:`, readAt: new Date(Number.parseInt(at, 36)).toISOString(), server };
}
