import type { ListedPrompt } from '@promptory/client';
import type { PromptLabel } from '../prompt/labels/calls.ts';
import { PRODUCTION } from '../prompt/labels/move-at.ts';

/** A prompt of the matrix; its labels are undefined until they are there. */
export interface MatrixRow {
  readonly prompt: ListedPrompt;
  readonly labels: readonly PromptLabel[] | undefined;
}

/** Columns that are shown. */
const MOST = 8;
const ALWAYS = [PRODUCTION, 'staging'];

/** The labels that any of the prompts has: those of every deployment first, then by name. */
export function columnsOf(rows: readonly MatrixRow[]): readonly string[] {
  const held = rows.flatMap(({ labels = [] }) => labels.filter(({ version }) => version !== null));
  const others = [...new Set(held.map(({ label }) => label))].filter((label) => !ALWAYS.includes(label));
  return [...ALWAYS, ...others.sort()].slice(0, MOST);
}

export const versionAt = ({ labels = [] }: MatrixRow, label: string): number | null =>
  labels.find((one) => one.label === label)?.version ?? null;

/** How many versions a label is behind the latest; 0 where it points nowhere, too. */
export function behind(row: MatrixRow, label: string): number {
  const version = versionAt(row, label);
  return version === null ? 0 : row.prompt.version - version;
}

export const isDrifting = (row: MatrixRow): boolean => (row.labels ?? []).some(({ label }) => behind(row, label) > 0);

/** What is to be released of a prompt. */
export interface Picked {
  readonly prompt: Pick<ListedPrompt, 'id' | 'title' | 'version'>;
  readonly version: number;
  /** Where the label points now. */
  readonly from: number | null;
}

/**
 * The version of each prompt that is released to `label`: what another label points at, or the latest.
 *
 * @param source a label; null for the latest version of each
 */
export const pickedFrom = (rows: readonly MatrixRow[], label: string, source: string | null): readonly Picked[] =>
  rows.flatMap((row) => {
    const version = source === null ? row.prompt.version : versionAt(row, source);
    return version === null ? [] : [{ prompt: row.prompt, version, from: versionAt(row, label) }];
  });
