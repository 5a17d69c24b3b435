import { addresses } from '../addresses.ts';

/** Which prompts the matrix shows, as its address says it. */
export interface MatrixSearch {
  readonly q: string;
  /** Undefined for one's own prompts. */
  readonly group: string | undefined;
  /** Only those of which a label points at another version than the latest. */
  readonly drift: boolean;
}

const MAX_LENGTH = 200;

export function readMatrixSearch(query: string): MatrixSearch {
  const given = new URLSearchParams(query);
  return {
    q: (given.get('q') ?? '').slice(0, MAX_LENGTH),
    group: given.get('group')?.slice(0, MAX_LENGTH) || undefined,
    drift: given.get('drift') === 'yes',
  };
}

export function matrixAt({ q, group, drift }: MatrixSearch): string {
  const written = new URLSearchParams();
  if (q !== '') written.set('q', q);
  if (group !== undefined) written.set('group', group);
  if (drift) written.set('drift', 'yes');
  return written.size === 0 ? addresses.releases : `${addresses.releases}?${written}`;
}
