import type { PromptVersion } from '@promptory/client';
import { diffText } from '@promptory/template';
import { textDiffLines } from '../terminal/diff-text.ts';
import type { Paint } from '../terminal/paint.ts';
import { visible } from '../terminal/visible.ts';
import type { Pair } from './pair.ts';
import { type PromptFields, writePromptFile } from './prompt-file.ts';

/** What a pull or a push did with one prompt, or would do. */
export interface Outcome {
  readonly slug: string;
  readonly outcome:
    | 'created'
    | 'updated'
    | 'moved'
    | 'deleted'
    | 'adopted'
    | 'unchanged'
    | 'kept'
    | 'conflict'
    | 'failed';
  /** Why it was kept or failed, or how it is told to go on. */
  readonly reason: string | null;
}

const SIGNS: Readonly<Record<Outcome['outcome'], string>> = {
  created: '+',
  updated: '~',
  moved: '>',
  deleted: '-',
  adopted: '=',
  unchanged: '=',
  kept: '?',
  conflict: '!',
  failed: 'x',
};

/** A line for each but the unchanged, and what the counts are. */
export function outcomeLines(outcomes: readonly Outcome[], paint: Paint): string[] {
  const shown = outcomes.filter(({ outcome }) => outcome !== 'unchanged');
  const lines = shown.map(({ slug, outcome, reason }) => {
    const isBad = outcome === 'conflict' || outcome === 'failed';
    const head = `${SIGNS[outcome]} ${slug} ${outcome}`;
    return `${isBad ? paint('red', head) : head}${reason === null ? '' : `: ${reason}`}`;
  });
  const unchanged = outcomes.length - shown.length;
  return unchanged === 0 && shown.length > 0 ? lines : [...lines, `${unchanged} unchanged.`];
}

const SHOWN_BYTES = 8000;

/** What a conflict is about: what either side has changed since both were the same. */
export function conflictLines({ slug: name, file, prompt }: Pair, base: PromptVersion | null, paint: Paint): string[] {
  const slug = visible(name);
  const text = (fields: PromptFields | null) => (fields === null ? '' : writePromptFile(fields));
  const before =
    base === null || prompt === null
      ? null
      : text({ ...prompt, ...base, kind: base.messages === null ? 'text' : 'chat' });
  const change = (from: string, to: string) =>
    textDiffLines(diffText(from, to, { maxBytes: SHOWN_BYTES }), paint).map((line) => `  ${line}`);
  if (before === null)
    return [`${paint('bold', slug)}: the server's, and how the file differs`, ...change(text(prompt), text(file))];
  return [
    `${paint('bold', slug)}: changed in the file since version ${base?.version}`,
    ...change(before, text(file)),
    `${paint('bold', slug)}: changed on the server since`,
    ...change(before, text(prompt)),
  ];
}
