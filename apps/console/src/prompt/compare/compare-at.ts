import type { PromptLabel } from '../labels/calls.ts';
import { LABEL, LATEST, PRODUCTION } from '../labels/move-at.ts';
import { isPromptVersion } from '../read/read-version.ts';

/** One side of a comparison: a version, or a label, which is another one once it moves. */
export type Side = number | string;

/** What an address compares, and how it is shown. */
export interface Compared {
  readonly from: Side | undefined;
  readonly to: Side;
  /** Undefined where nobody has chosen: then it is side by side where there is room. */
  readonly view: 'split' | 'unified' | undefined;
}

/** As it stands in an address, or in a field; undefined for what names nothing. */
export function readSide(text: string | null): Side | undefined {
  if (text === null) return undefined;
  if (isPromptVersion(Number(text))) return Number(text);
  return LABEL.test(text) ? text : undefined;
}

export function readCompared(query: string): Compared {
  const given = new URLSearchParams(query);
  return {
    from: readSide(given.get('from')),
    to: readSide(given.get('to')) ?? LATEST,
    view: (['split', 'unified'] as const).find((view) => view === given.get('view')),
  };
}

/** The version that a side is now; null where its label points nowhere. */
export function versionOfSide(side: Side, latest: number, labels: readonly PromptLabel[]): number | null {
  if (typeof side === 'number') return side <= latest ? side : null;
  return side === LATEST ? latest : (labels.find(({ label }) => label === side)?.version ?? null);
}

/** What stands on the left where an address names nothing: what production is, or the version before. */
export function sideBefore(to: number, labels: readonly PromptLabel[]): Side {
  const production = labels.find(({ label }) => label === PRODUCTION)?.version ?? null;
  return production === null || production === to ? Math.max(1, to - 1) : PRODUCTION;
}
