import { isPromptVersion } from '../read/read-version.ts';

/** Which move of a label an address asks for, so that it can be sent to who is to look at it. */
export interface AskedMove {
  readonly label: string;
  /** Undefined for the latest version; null for none, which takes the label away. */
  readonly to: number | null | undefined;
}

/** In an address, and where one is chosen. */
export const NO_VERSION = 'none';

/** The form of a label, which numbers have too. */
export const LABEL = /^[a-z0-9][a-z0-9_.-]{0,35}$/;

/** The latest version by itself: no label is called so. */
export const LATEST = 'latest';

/** Where most programs fetch a prompt: what a reference without a label means. */
export const PRODUCTION = 'production';

/** Why a text is no label; undefined where it is one. */
export function faultOfLabel(text: string): string | undefined {
  if (text === LATEST) return 'Must be another one: latest is the latest version by itself';
  if (/^[0-9]+$/.test(text)) return 'Must not be a number';
  return LABEL.test(text) ? undefined : 'Must be small letters, digits, and . _ - between them, up to 36';
}

/** Where a label points, in a sentence. */
export const namedVersion = (version: number | null): string =>
  version === null ? 'no version' : `version ${version}`;

/** @returns null where the address asks for none */
export function readMove(query: string): AskedMove | null {
  const given = new URLSearchParams(query);
  const label = given.get('move');
  if (label === null) return null;
  return { label: faultOfLabel(label) === undefined ? label : PRODUCTION, to: readTarget(given.get('to')) };
}

function readTarget(to: string | null): AskedMove['to'] {
  if (to === NO_VERSION) return null;
  return isPromptVersion(Number(to)) ? Number(to) : undefined;
}

/** The search of the same address with that move, or without one. */
export function withMove(query: string, move: AskedMove | null): string {
  const written = new URLSearchParams(query);
  written.delete('move');
  written.delete('to');
  if (move !== null) written.set('move', move.label);
  if (move?.to !== undefined) written.set('to', String(move.to ?? NO_VERSION));
  return written.size === 0 ? '' : `?${written}`;
}
